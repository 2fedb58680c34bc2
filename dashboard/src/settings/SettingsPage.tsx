/** What a site's pages may record, how long it is kept, and who changed that when. */

import { Switch } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
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
import { Panel } from '../report/ReportPage'
import { Read } from '../shell/Read'
import { SaveBar } from '../shell/SaveBar'
import { useEdited } from '../shell/useEdited'
import { useSite } from '../shell/useSite'
import { NumberBox } from './NumberBox'
import {
  differences,
  isOn,
  KINDS,
  mistakesInRetention,
  mistakesInRules,
  PRIVACY_KEYS,
  RETENTION_KEYS,
  refusalOf,
  SAMPLED,
  SELECTORS,
  SHORTEST,
  SWITCHES,
  TITLE,
  withSwitch,
} from './rules'
import classes from './Settings.module.css'

/** Said where the button is; the fields say what is wrong. */
const MARKED = 'What is marked above cannot be saved.'

export function SettingsPage() {
  const { site } = useParams({ from: '/sites/$site/settings' })
  const privacy = useQuery(privacyQuery(site))
  const retention = useQuery(retentionQuery(site))
  return (
    <div className={classes.page}>
      <h1>Privacy and retention</h1>
      <p className={classes.intro}>
        Browsers hear of a change within five minutes, and the server applies it at once to what arrives. What is stored
        already stays as it is, but for what retention deletes.
      </p>
      <Panel title={TITLE.privacy}>
        <Read query={privacy} what="The rules" rows={6}>
          {(saved) => <Rules site={site} saved={saved} />}
        </Read>
      </Panel>
      <Panel title={TITLE.retention}>
        <Read query={retention} what="The days" rows={3}>
          {(saved) => <Kept site={site} saved={saved} />}
        </Read>
      </Panel>
      <Changes site={site} />
    </div>
  )
}

function Rules({ site, saved }: { site: string; saved: SiteRules }) {
  const client = useQueryClient()
  const edited = useEdited(saved, async (rules) => {
    client.setQueryData(privacyQuery(site).queryKey, await setPrivacy(site, rules))
    await client.invalidateQueries({ queryKey: settingsChangesKey(site) })
  })
  const { value: rules, edit } = edited
  const changes = differences('privacy', saved, rules)
  const mistakes = mistakesInRules(rules)
  const wrong = { ...refusalOf(edited.failure, PRIVACY_KEYS), ...mistakes }
  return (
    <>
      <ul className={classes.rows}>
        {SWITCHES.map(({ key, name, does }) => (
          <li key={key}>
            <Switch
              label={name}
              description={does}
              error={wrong[key]}
              checked={isOn(rules, key)}
              onChange={(event) => edit(withSwitch(rules, key, event.currentTarget.checked))}
            />
          </li>
        ))}
        <NumberRow
          field={SAMPLED}
          mistake={wrong[SAMPLED.key]}
          value={rules.replay.sample_rate}
          onChange={(sample_rate) => edit({ ...rules, replay: { ...rules.replay, sample_rate } })}
        />
        <NumberRow
          field={SHORTEST}
          mistake={wrong[SHORTEST.key]}
          value={rules.replay.min_duration_ms}
          onChange={(min_duration_ms) => edit({ ...rules, replay: { ...rules.replay, min_duration_ms } })}
        />
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
          <WithMistake key={key} mistake={wrong[key]}>
            {(marked) => (
              <label>
                <b>{name}</b> <span>{does}</span>
                <textarea
                  {...marked}
                  rows={3}
                  spellCheck={false}
                  placeholder=".card-number"
                  value={rules[key].join('\n')}
                  onChange={(event) => edit({ ...rules, [key]: event.currentTarget.value.split('\n') })}
                  onBlur={() => {
                    const lines = rules[key].map((line) => line.trim()).filter(Boolean)
                    if (lines.join('\n') !== rules[key].join('\n')) edit({ ...rules, [key]: lines })
                  }}
                />
              </label>
            )}
          </WithMistake>
        ))}
      </div>
      <WhatChanges lines={changes} />
      <SaveBar
        what="rules"
        edited={edited}
        isChanged={changes.length > 0}
        mistake={Object.keys(mistakes).length > 0 ? MARKED : null}
        saved="Saved. Browsers hear of it within five minutes."
      />
    </>
  )
}

function Kept({ site, saved }: { site: string; saved: Retention }) {
  const client = useQueryClient()
  const edited = useEdited(saved, async (kept) => {
    client.setQueryData(retentionQuery(site).queryKey, await setRetention(site, kept))
    await client.invalidateQueries({ queryKey: settingsChangesKey(site) })
  })
  const { value: kept, edit } = edited
  const changes = differences('retention', saved, kept)
  const mistakes = mistakesInRetention(kept)
  const wrong = { ...refusalOf(edited.failure, RETENTION_KEYS), ...mistakes }
  return (
    <>
      <ul className={classes.rows}>
        {KINDS.map(({ key, name, does }) => {
          const days = kept[key] ?? null
          return (
            <li key={key}>
              <WithMistake mistake={wrong[key]}>
                {(marked) => (
                  <div className={classes.kept}>
                    <span>
                      <b>{name}</b> <span>{does}</span>
                    </span>
                    <fieldset aria-label={`Keep ${name.toLowerCase()}`}>
                      {[7, 30, 90].map((choice) => (
                        <button
                          key={choice}
                          type="button"
                          aria-pressed={days === choice}
                          onClick={() => edit({ ...kept, [key]: choice })}
                        >
                          {choice} days
                        </button>
                      ))}
                      <button type="button" aria-pressed={days === null} onClick={() => edit({ ...kept, [key]: null })}>
                        For ever
                      </button>
                      <NumberBox
                        {...marked}
                        min={7}
                        max={3650}
                        aria-label={`Days that ${name.toLowerCase()} are kept`}
                        placeholder="days"
                        value={days}
                        onChange={(next) => edit({ ...kept, [key]: next })}
                      />
                    </fieldset>
                  </div>
                )}
              </WithMistake>
            </li>
          )
        })}
      </ul>
      <WhatChanges lines={changes} />
      <SaveBar
        what="retention"
        edited={edited}
        isChanged={changes.length > 0}
        mistake={Object.keys(mistakes).length > 0 ? MARKED : null}
        saved="Saved. What is older is deleted within the hour."
      />
    </>
  )
}

interface NumberRowProps {
  field: typeof SAMPLED
  mistake: string | undefined
  value: number
  onChange: (value: number) => void
}

function NumberRow({ field: { name, unit, places, most }, mistake, value, onChange }: NumberRowProps) {
  const id = useId()
  return (
    <li>
      <WithMistake mistake={mistake}>
        {(marked) => (
          <label className={classes.field} htmlFor={id}>
            <span>{name}</span>
            <NumberBox {...marked} id={id} min={0} max={most} places={places} value={value} onChange={onChange} />
            <span>{unit}</span>
          </label>
        )}
      </WithMistake>
    </li>
  )
}

interface Marked {
  'aria-invalid'?: true
  'aria-describedby'?: string
}

/** A field with what is wrong with it below. */
function WithMistake({ mistake, children }: { mistake: string | undefined; children: (marked: Marked) => ReactNode }) {
  const id = useId()
  return (
    <div>
      {children(mistake ? { 'aria-invalid': true, 'aria-describedby': id } : {})}
      {mistake && (
        <p id={id} className={classes.mistake}>
          {mistake}
        </p>
      )}
    </div>
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
      <Read query={query} what="The changes" rows={2}>
        {(changes) =>
          changes.length === 0 ? (
            <p className={classes.intro}>Nothing was changed yet.</p>
          ) : (
            <ol className={classes.log}>
              {changes.map(({ id, at, what, by, before, after }) => (
                <li key={id}>
                  <time dateTime={new Date(at).toISOString()}>{absolute(at, timeZone)}</time>{' '}
                  <b>{what in TITLE ? TITLE[what as keyof typeof TITLE] : what}</b>{' '}
                  <span className={classes.by}>{by ? `by ${by}` : 'by whom is not known'}</span>
                  <ul>
                    {differences(what, before, after).map((line) => (
                      <li key={line}>{line}</li>
                    ))}
                  </ul>
                </li>
              ))}
            </ol>
          )
        }
      </Read>
    </Panel>
  )
}
