/** What a site's pages may record, how long it is kept, and who changed that when. */

import { Switch } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import {
  privacyQuery,
  retentionQuery,
  setPrivacy,
  setRetention,
  settingsChangesKey,
  settingsChangesQuery,
} from '../api/queries'
import type { Retention, SiteRules } from '../api/types'
import { absolute } from '../format/times'
import { SaveBar } from '../goals/SaveBar'
import { Bones } from '../report/Answer'
import { Panel } from '../report/ReportPage'
import { Failed } from '../shell/Failed'
import { useSite } from '../shell/useSite'
import { differences, isOn, KINDS, mistakeIn, SELECTORS, SWITCHES, withSwitch } from './rules'
import classes from './Settings.module.css'

export function SettingsPage() {
  const { site } = useParams({ from: '/sites/$site/settings' })
  const privacy = useQuery(privacyQuery(site))
  const retention = useQuery(retentionQuery(site))
  const failed = [privacy, retention].find((query) => query.isError)
  return (
    <div className={classes.page}>
      <h1>Privacy and retention</h1>
      <p className={classes.intro}>
        Browsers hear of a change within five minutes, and the server applies it at once to what arrives. What is stored
        already stays as it is, but for what retention deletes.
      </p>
      {failed ? (
        <Failed
          error={failed.error}
          title="The settings could not be read"
          onRetry={() => void failed.refetch()}
          isRetrying={failed.isFetching}
        />
      ) : (
        <>
          <Panel title="What is recorded">
            {privacy.data ? <Rules site={site} saved={privacy.data} /> : <Bones rows={6} />}
          </Panel>
          <Panel title="How long it is kept">
            {retention.data ? <Kept site={site} saved={retention.data} /> : <Bones rows={3} />}
          </Panel>
        </>
      )}
      <Changes site={site} />
    </div>
  )
}

function Rules({ site, saved }: { site: string; saved: SiteRules }) {
  const client = useQueryClient()
  // Nothing while it is as it was saved, so that what is saved meanwhile is shown.
  const [edited, setEdited] = useState<SiteRules | null>(null)
  const rules = edited ?? saved
  const save = async () => {
    client.setQueryData(privacyQuery(site).queryKey, await setPrivacy(site, rules))
    setEdited(null)
    await client.invalidateQueries({ queryKey: settingsChangesKey(site) })
  }
  const changes = differences(saved, rules)
  return (
    <>
      <ul className={classes.rows}>
        {SWITCHES.map(({ key, name, does }) => (
          <li key={key}>
            <Switch
              label={name}
              description={does}
              checked={isOn(rules, key)}
              onChange={(event) => setEdited(withSwitch(rules, key, event.currentTarget.checked))}
            />
          </li>
        ))}
        <li>
          <label className={classes.field}>
            <span>Sampled from the start</span>
            <input
              type="number"
              min={0}
              max={100}
              value={Math.round(rules.replay.sample_rate * 1000) / 10}
              onChange={(event) => {
                const sample_rate = Math.min(1, Math.max(0, Number(event.currentTarget.value) / 100))
                setEdited({ ...rules, replay: { ...rules.replay, sample_rate } })
              }}
            />
            <span>% of the sessions</span>
          </label>
        </li>
        <li>
          <label className={classes.field}>
            <span>Shorter replays are not sent</span>
            <input
              type="number"
              min={0}
              max={60}
              value={rules.replay.min_duration_ms / 1000}
              onChange={(event) => {
                const seconds = Math.min(60, Math.max(0, Number(event.currentTarget.value)))
                const min_duration_ms = Math.round(seconds * 1000)
                setEdited({ ...rules, replay: { ...rules.replay, min_duration_ms } })
              }}
            />
            <span>seconds</span>
          </label>
        </li>
      </ul>
      {rules.replay.enabled && rules.replay.sample_rate === 0 && !rules.replay.on_error && (
        <p className={classes.note}>
          Nothing is recorded by itself like this: sample some of the sessions, record what leads to errors, or have the
          site ask for it.
        </p>
      )}
      <h3>Parts of pages, by selector, one a line</h3>
      <div className={classes.selectors}>
        {SELECTORS.map(({ key, name, does }) => (
          <label key={key}>
            <b>{name}</b> <span>{does}</span>
            <textarea
              rows={3}
              spellCheck={false}
              placeholder=".card-number"
              value={rules[key].join('\n')}
              onChange={(event) => setEdited({ ...rules, [key]: event.currentTarget.value.split('\n') })}
              onBlur={() => setEdited({ ...rules, [key]: rules[key].map((line) => line.trim()).filter(Boolean) })}
            />
          </label>
        ))}
      </div>
      <WhatChanges lines={changes} />
      <SaveBar
        what="rules"
        isChanged={changes.length > 0}
        mistake={null}
        saved="Saved. Browsers hear of it within five minutes."
        onSave={save}
        onDiscard={() => setEdited(null)}
      />
    </>
  )
}

function Kept({ site, saved }: { site: string; saved: Retention }) {
  const client = useQueryClient()
  const [edited, setEdited] = useState<Retention | null>(null)
  const kept = edited ?? saved
  const save = async () => {
    client.setQueryData(retentionQuery(site).queryKey, await setRetention(site, kept))
    setEdited(null)
    await client.invalidateQueries({ queryKey: settingsChangesKey(site) })
  }
  const changes = differences(saved, kept)
  return (
    <>
      <ul className={classes.rows}>
        {KINDS.map(({ key, name, does }) => {
          const days = kept[key] ?? null
          return (
            <li key={key} className={classes.kept}>
              <span>
                <b>{name}</b> <span>{does}</span>
              </span>
              <fieldset aria-label={`Keep ${name.toLowerCase()}`}>
                {[7, 30, 90].map((choice) => (
                  <button
                    key={choice}
                    type="button"
                    aria-pressed={days === choice}
                    onClick={() => setEdited({ ...kept, [key]: choice })}
                  >
                    {choice} days
                  </button>
                ))}
                <button type="button" aria-pressed={days === null} onClick={() => setEdited({ ...kept, [key]: null })}>
                  For ever
                </button>
                <input
                  type="number"
                  min={7}
                  max={3650}
                  aria-label={`Days that ${name.toLowerCase()} are kept`}
                  placeholder="days"
                  value={days ?? ''}
                  onChange={(event) => {
                    const text = event.currentTarget.value
                    setEdited({ ...kept, [key]: text === '' ? null : Number(text) })
                  }}
                />
              </fieldset>
            </li>
          )
        })}
      </ul>
      <WhatChanges lines={changes} />
      <SaveBar
        what="retention"
        isChanged={changes.length > 0}
        mistake={mistakeIn(kept)}
        saved="Saved. What is older is deleted within the hour."
        onSave={save}
        onDiscard={() => setEdited(null)}
      />
    </>
  )
}

function WhatChanges({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <ul className={classes.changes} aria-label="What changes">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}

function Changes({ site }: { site: string }) {
  const { timeZone } = useSite(site)
  const query = useQuery(settingsChangesQuery(site))
  return (
    <Panel title="Changes" note="of these settings, the newest first">
      {query.isError ? (
        <Failed
          error={query.error}
          title="The changes could not be read"
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      ) : query.data ? (
        query.data.length === 0 ? (
          <p className={classes.intro}>Nothing was changed yet.</p>
        ) : (
          <ol className={classes.log}>
            {query.data.map(({ id, at, what, before, after }) => (
              <li key={id}>
                <time dateTime={new Date(at).toISOString()}>{absolute(at, timeZone)}</time> <b>{what}</b>
                <ul>
                  {differences(before, after).map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </li>
            ))}
          </ol>
        )
      ) : (
        <Bones rows={2} />
      )}
    </Panel>
  )
}
