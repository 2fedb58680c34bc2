/** Events of a sort, as a table that follows the clock: what is past, what is now, what is still to come. */

import { useEffect, useMemo, useRef } from 'react'
import type { Session, TimelineRow } from '../../api/types'
import { latency, offset } from '../../format/durations'
import { bytes, NOTHING } from '../../format/numbers'
import { absolute } from '../../format/times'
import { VITAL_RATING } from '../../format/words'
import { looksOf } from '../../session/kinds'
import { rowKey } from '../../session/search'
import { namedKind, splitLine } from '../../session/timeline'
import type { Player } from '../player'
import { usePlayerState } from '../usePlayer'
import classes from './Panels.module.css'

export interface EventTableProps {
  player: Player
  rows: readonly TimelineRow[]
  session: Session
  timeZone: string
  nothing: string
  onOpenRow: (key: string) => void
}

export function EventTable({ player, rows, session, timeZone, nothing, onOpenRow }: EventTableProps) {
  const keys = useMemo(() => rows.map(rowKey), [rows])
  const now = usePlayerState(player, (state) => rows.findLastIndex((row) => row.at <= state.clock.at))
  const current = useRef<HTMLTableRowElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the row that is now.
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest' })
  }, [now])
  if (rows.length === 0) return <p className={classes.nothing}>{nothing}</p>
  return (
    <table className={classes.table}>
      <tbody>
        {rows.map((row, index) => {
          const { tone, Icon } = looksOf(row)
          const key = keys[index] ?? ''
          const { head, rest } = splitLine(row.line)
          return (
            <tr
              key={key}
              ref={index === now ? current : undefined}
              data-tone={tone}
              data-now={index === now || undefined}
              data-later={index > now || undefined}
            >
              <td title={absolute(row.at, timeZone)}>{offset(row.at - session.start)}</td>
              <td className={classes.what}>
                <button
                  type="button"
                  onClick={() => {
                    player.seek(row.at)
                    onOpenRow(key)
                  }}
                >
                  <Icon size={14} stroke={1.7} aria-hidden="true" />
                  <span>{rest || head}</span>
                </button>
              </td>
              <td className={classes.more}>{moreOf(row)}</td>
              <td className={classes.figure}>{figureOf(row)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function moreOf(row: TimelineRow): string {
  if (!row.event) return ''
  const kind = namedKind(row.event.kind)
  if (kind.name === 'error') return kind.fields.message
  if (kind.name === 'custom') return JSON.stringify(kind.fields.props ?? {})
  if (kind.name === 'vital') return VITAL_RATING[kind.fields.rating]
  if (kind.name === 'request') return kind.fields.failure ?? ''
  return ''
}

function figureOf(row: TimelineRow): string {
  if (!row.event) return ''
  const kind = namedKind(row.event.kind)
  if (kind.name === 'request') {
    const { duration_ms, size_bytes } = kind.fields
    return [latency(duration_ms), size_bytes ? bytes(size_bytes) : ''].filter(Boolean).join('  ')
  }
  if (kind.name === 'vital')
    return kind.fields.name === 'CLS' ? kind.fields.value.toFixed(2) : latency(kind.fields.value)
  if (kind.name === 'page_load') return latency(kind.fields.load_ms)
  return kind.name === 'error' || kind.name === 'custom' ? '' : NOTHING
}
