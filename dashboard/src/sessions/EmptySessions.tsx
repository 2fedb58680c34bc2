/** No sessions: because the site has none yet, because the range has none, or because all of them are bots'. */

import { IconCalendarOff, IconCode, IconRobot } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { newestSessionQuery } from '../api/queries'
import type { Session, Site } from '../api/types'
import { longAgo } from '../format/times'
import { presetReaching, rangeLabel, rangePhrase, withRange } from '../search/range'
import { Button } from '../shell/Button'
import { Notice } from '../shell/Notice'
import { useNow } from '../shell/useNow'
import classes from './EmptySessions.module.css'
import type { SessionsSearch } from './listSearch'
import { Snippet } from './Snippet'

export interface EmptySessionsProps {
  siteId: string
  site: Site | undefined
  search: SessionsSearch
  timeZone: string
  onChange: (search: SessionsSearch) => void
}

export function EmptySessions({ siteId, site, search, timeZone, onChange }: EmptySessionsProps) {
  const { data: newest, isPending } = useQuery(newestSessionQuery(siteId))
  if (isPending) return <div className={classes.pending} />
  if (newest === undefined || newest === null) return <EmptySite site={site} />
  return <EmptyRange newest={newest} search={search} timeZone={timeZone} onChange={onChange} />
}

function EmptySite({ site }: { site: Site | undefined }) {
  return (
    <Notice
      icon={<IconCode size={20} stroke={1.6} />}
      title="No data yet: paste this snippet"
      foot={
        <span className={classes.waiting} role="status">
          <span className={classes.pulse} aria-hidden="true" />
          Waiting for the first session. It appears here by itself.
        </span>
      }
    >
      <p>
        Into the <code>&lt;head&gt;</code> of every page of {site?.name ?? 'the site'}, then open one of them.
      </p>
      {site && <Snippet siteKey={site.key} />}
    </Notice>
  )
}

interface EmptyRangeProps {
  newest: Session
  search: SessionsSearch
  timeZone: string
  onChange: (search: SessionsSearch) => void
}

function EmptyRange({ newest, search, timeZone, onChange }: EmptyRangeProps) {
  const now = useNow(30_000)
  const wider = presetReaching(newest.start, now, search)
  const botsHidden = newest.bot && search.bots !== 'include'
  const day = new Date(newest.start).toISOString().slice(0, 10)
  const widen = wider ? { last: wider } : { from: day, to: new Date(now).toISOString().slice(0, 10) }
  const label = wider ? rangeLabel({ last: wider }).toLowerCase() : 'everything since then'
  return (
    <Notice
      icon={botsHidden ? <IconRobot size={20} stroke={1.6} /> : <IconCalendarOff size={20} stroke={1.6} />}
      title={`No sessions ${rangePhrase(search, timeZone)}`}
      actions={
        <>
          <Button kind="primary" onClick={() => onChange(withRange(search, widen))}>
            Show {wider ? 'the ' : ''}
            {label}
          </Button>
          {botsHidden && <Button onClick={() => onChange({ ...search, bots: 'include' })}>Include bots</Button>}
        </>
      }
    >
      <p>
        The latest session{botsHidden ? ', of a bot,' : ''} was {longAgo(newest.start, now)}.
      </p>
    </Notice>
  )
}
