/** What an event carries, field by field, each kind in its own way; the raw JSON as the last resort. */

import { useClipboard } from '@mantine/hooks'
import { IconBraces, IconLink } from '@tabler/icons-react'
import { useState } from 'react'
import type { TimelineEvent, TimelineRow } from '../api/types'
import { latency } from '../format/durations'
import { absolute } from '../format/times'
import { Copyable } from '../shell/Copyable'
import { Field, Fields } from './Fields'
import { KindFields } from './KindFields'
import classes from './RowDetails.module.css'

export function RowDetails({ row, timeZone }: { row: TimelineRow; timeZone: string }) {
  const { event } = row
  const [showsRaw, setShowsRaw] = useState(false)
  const link = useClipboard({ timeout: 1600 })
  if (!event) return null
  return (
    <>
      <Fields>
        <KindFields kind={event.kind} route={event.route ?? null} path={event.path ?? null} />
        <Field name="Time">
          {absolute(row.at, timeZone)} <span className={classes.dim}>{String(row.at % 1000).padStart(3, '0')} ms</span>
          <Clock row={row} event={event} />
        </Field>
        <Field name="Event">
          <Copyable value={`${event.tab_id}.${event.seq}`} name="event id">
            {event.seq} <span className={classes.dim}>of tab {event.tab_id}</span>
          </Copyable>
        </Field>
      </Fields>
      <div className={classes.actions}>
        <button type="button" onClick={() => link.copy(window.location.href)}>
          <IconLink size={14} stroke={1.7} aria-hidden="true" />
          {link.copied ? 'Link copied' : 'Copy link to this event'}
        </button>
        <button type="button" aria-expanded={showsRaw} onClick={() => setShowsRaw(!showsRaw)}>
          <IconBraces size={14} stroke={1.7} aria-hidden="true" />
          {showsRaw ? 'Hide the JSON' : 'Show the JSON'}
        </button>
      </div>
      {showsRaw && <pre className={classes.raw}>{JSON.stringify(row, null, 2)}</pre>}
    </>
  )
}

/** What was done to the client's time, where anything was. */
function Clock({ row, event }: { row: TimelineRow; event: TimelineEvent }) {
  const moved = row.at - event.client_at
  if (moved === 0 && !event.clamped) return null
  return (
    <span className={classes.sub}>
      {event.clamped
        ? 'It claimed a time in the future and was set to that of receipt + 5 min.'
        : `The device said ${latency(Math.abs(moved))} ${moved < 0 ? 'later' : 'earlier'}; corrected.`}
    </span>
  )
}
