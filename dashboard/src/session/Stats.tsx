/** What the session adds up to: each number with its unit and, on its name, its definition. */

import { IconAlertTriangle, IconExclamationCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Session } from '../api/types'
import { duration, latency } from '../format/durations'
import { count, counted, NOTHING } from '../format/numbers'
import { type DefinedTerm, frustrations } from '../format/words'
import { Definition } from '../shell/Definition'
import classes from './Stats.module.css'

export function Stats({ session }: { session: Session }) {
  const { counts } = session
  const nFrustrations = frustrations(session)
  const signs = [
    counts.rage_clicks > 0 && `${count(counts.rage_clicks)} rage`,
    counts.dead_clicks > 0 && `${count(counts.dead_clicks)} dead`,
    counts.error_clicks > 0 && `${count(counts.error_clicks)} error`,
  ].filter(Boolean)
  return (
    <dl className={classes.stats}>
      <Stat term="duration" name="Duration" value={duration(session.duration_ms)} />
      <Stat
        term="active"
        name="Active time"
        value={duration(session.active_ms)}
        note={share(session.active_ms, session.duration_ms)}
      />
      <Stat term="pages" name="Pages" value={count(counts.page_views)} />
      <Stat
        term="events"
        name="Events"
        value={count(counts.events)}
        note={counts.clicks > 0 ? counted(counts.clicks, 'click') : undefined}
      />
      <Stat
        term="errors"
        name="Errors"
        value={count(counts.errors)}
        tone={counts.errors > 0 ? 'error' : undefined}
        icon={counts.errors > 0 && <IconExclamationCircle size={16} stroke={1.8} aria-hidden="true" />}
        note={counts.failed_requests > 0 ? counted(counts.failed_requests, 'failed request') : undefined}
      />
      <Stat
        term="frustration"
        name="Frustration"
        value={count(nFrustrations)}
        tone={nFrustrations > 0 ? 'warn' : undefined}
        icon={nFrustrations > 0 && <IconAlertTriangle size={16} stroke={1.8} aria-hidden="true" />}
        note={signs.length > 0 ? `${signs.join(', ')} click${nFrustrations === 1 ? '' : 's'}` : undefined}
      />
      <Stat term="load" name="Load time" value={latency(session.load_ms)} />
    </dl>
  )
}

function share(part: number, whole: number): string | undefined {
  return whole > 0 ? `${Math.min(100, Math.round((100 * part) / whole))}\u00a0%` : undefined
}

interface StatProps {
  term: DefinedTerm
  name: string
  value: string
  note?: string | undefined
  tone?: 'error' | 'warn' | undefined
  icon?: ReactNode
}

function Stat({ term, name, value, note, tone, icon }: StatProps) {
  return (
    <div className={classes.stat} data-tone={tone} data-zero={value === '0' || value === NOTHING || undefined}>
      <dt>
        <Definition term={term}>{name}</Definition>
      </dt>
      <dd>
        {icon}
        <span className={classes.value}>{value}</span>
        {note && <span className={classes.note}>{note}</span>}
      </dd>
    </div>
  )
}
