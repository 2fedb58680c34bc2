/**
 * The bar: where the playhead is, what was recorded in which tab, where nothing happened, and what happened when. The
 * slider is the browser's own; marks lie above it.
 */

import { useElementSize } from '@mantine/hooks'
import { IconAlertTriangle, IconExclamationCircle, IconServer } from '@tabler/icons-react'
import { memo, useMemo } from 'react'
import type { ReplayTab, Session, TimelineRow } from '../api/types'
import { spokenDuration } from '../format/durations'
import { counted } from '../format/numbers'
import { clock as clockTime } from '../format/times'
import { Hint } from '../shell/Definition'
import { flaggedSpans, gapSpans, recordedSpans, type Span } from './manifest'
import { grouped, lane, type MarkerGroup, markersOf } from './markers'
import type { Player } from './player'
import classes from './ScrubBar.module.css'
import { usePlayerState } from './usePlayer'

/** Marks nearer to each other than this are one. */
const MARK_PX = 9

export interface ScrubBarProps {
  player: Player
  rows: readonly TimelineRow[]
  session: Session
  timeZone: string
  onOpenRow: (key: string) => void
}

export function ScrubBar({ player, rows, session, timeZone, onOpenRow }: ScrubBarProps) {
  const whole = usePlayerState(player, (state) => state.whole)
  const at = usePlayerState(player, (state) => Math.round(state.clock.at / 50) * 50)
  const { ref, width } = useElementSize()
  const msPerMark = ((whole.end - whole.start) / Math.max(60, width)) * MARK_PX
  const groups = useMemo(() => grouped(markersOf(rows), msPerMark), [rows, msPerMark])
  const place = (moment: number) => `${percent(moment, whole)}%`
  return (
    <div className={classes.bar}>
      <div ref={ref} className={classes.inner}>
        <Marks groups={groups} whole={whole} timeZone={timeZone} player={player} onOpenRow={onOpenRow} />
        <div className={classes.track}>
          <Lanes player={player} whole={whole} />
          <div className={classes.played} style={{ width: place(at) }} />
          <div className={classes.head} style={{ left: place(at) }} />
          <input
            type="range"
            className={classes.slider}
            aria-label="Moment"
            aria-valuetext={`${spokenDuration(at - session.start)}, at ${clockTime(at, timeZone)}`}
            min={whole.start}
            max={whole.end}
            step={50}
            value={at}
            onChange={(event) => player.seek(Number(event.currentTarget.value))}
          />
        </div>
      </div>
    </div>
  )
}

const percent = (moment: number, { start, end }: Span): number =>
  end > start ? Math.min(100, Math.max(0, (100 * (moment - start)) / (end - start))) : 0

function Lanes({ player, whole }: { player: Player; whole: Span }) {
  const tabs = usePlayerState(player, (state) => state.tabs)
  const shownTab = usePlayerState(player, (state) => state.tab?.tab_id ?? null)
  const idle = usePlayerState(player, (state) => (state.skipIdle ? state.idle : NONE))
  return (
    <div className={classes.lanes}>
      {tabs.map((tab) => (
        <Lane key={tab.tab_id} tab={tab} whole={whole} isShown={tab.tab_id === shownTab} />
      ))}
      {idle.map((span) => (
        <Part
          key={span.start}
          span={span}
          whole={whole}
          className={classes.idle}
          title="Nothing happened here: skipped"
        />
      ))}
    </div>
  )
}

const NONE: Span[] = []

const Lane = memo(function Lane({ tab, whole, isShown }: { tab: ReplayTab; whole: Span; isShown: boolean }) {
  return (
    <div className={classes.lane} data-shown={isShown || undefined}>
      {recordedSpans(tab).map((span) => (
        <Part key={span.start} span={span} whole={whole} className={classes.recorded} />
      ))}
      {flaggedSpans(tab, 'degraded').map((span) => (
        <Part key={span.start} span={span} whole={whole} className={classes.degraded} title="Structure only in parts" />
      ))}
      {gapSpans(tab).map((span) => (
        <Part key={span.start} span={span} whole={whole} className={classes.gap} title="Missing" />
      ))}
    </div>
  )
})

interface PartProps {
  span: Span
  whole: Span
  className: string | undefined
  title?: string
}

function Part({ span, whole, className, title }: PartProps) {
  const left = percent(span.start, whole)
  const width = Math.max(0.15, percent(span.end, whole) - left)
  return <i className={className} style={{ left: `${left}%`, width: `${width}%` }} title={title} />
}

interface MarksProps {
  groups: MarkerGroup[]
  whole: Span
  timeZone: string
  player: Player
  onOpenRow: (key: string) => void
}

const ICON = {
  error: IconExclamationCircle,
  frustration: IconAlertTriangle,
  request: IconServer,
  vital: IconAlertTriangle,
  page: null,
  click: null,
} as const

const Marks = memo(function Marks({ groups, whole, timeZone, player, onOpenRow }: MarksProps) {
  return (
    <ol className={classes.marks} aria-label="What happened">
      {groups.map(({ first, all }) => {
        const Icon = ICON[first.kind]
        const more = all.length - 1
        return (
          <li
            key={first.key}
            className={classes.mark}
            data-kind={first.kind}
            data-bad={first.bad || undefined}
            data-lane={lane(first)}
            style={{ left: `${percent(first.at, whole)}%` }}
          >
            <Hint
              label={`${clockTime(first.at, timeZone)}  ${first.line}${more > 0 ? `, and ${counted(more, 'more event')}` : ''}`}
            >
              <button
                type="button"
                tabIndex={lane(first) === 'above' ? 0 : -1}
                aria-label={`${first.line} at ${clockTime(first.at, timeZone)}`}
                onClick={() => {
                  player.seek(first.at)
                  onOpenRow(first.key)
                }}
              >
                {Icon && lane(first) === 'above' ? <Icon size={14} stroke={2} aria-hidden="true" /> : null}
              </button>
            </Hint>
          </li>
        )
      })}
    </ol>
  )
})
