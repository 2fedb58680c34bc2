/** One line of the timeline, on the path that joins them; it opens to its details. */

import { IconChevronRight } from '@tabler/icons-react'
import { memo, type Ref } from 'react'
import type { ErrorInContext, TimelineRow as Row } from '../api/types'
import { duration, latency, offset } from '../format/durations'
import { bytes } from '../format/numbers'
import { absolute, clock, day } from '../format/times'
import { VITAL_RATING } from '../format/words'
import { ErrorContext } from './ErrorContext'
import { ErrorLinks } from './ErrorLinks'
import { looksOf } from './kinds'
import { RowDetails } from './RowDetails'
import classes from './Timeline.module.css'
import { namedKind, type ShownRow, splitLine } from './timeline'

export interface TimelineRowProps {
  ref: Ref<HTMLLIElement>
  index: number
  nRows: number
  /** From the top of the list, px. */
  top: number
  shown: ShownRow
  siteId: string
  /** Of the session. */
  start: number
  timeZone: string
  /** Number of the tab, where there is more than one. */
  tab: number | undefined
  isLast: boolean
  isOpen: boolean
  /** Where the replay's clock is; nothing where the session is not being watched. */
  when: 'past' | 'now' | 'later' | undefined
  context: ErrorInContext | undefined
  onToggle: (key: string) => void
  onJump: (key: string) => void
}

export const TimelineRow = memo(
  function TimelineRow(props: TimelineRowProps) {
    const {
      ref,
      index,
      nRows,
      top,
      shown,
      siteId,
      start,
      timeZone,
      tab,
      isLast,
      isOpen,
      when,
      context,
      onToggle,
      onJump,
    } = props
    const { row, newDay, gapMs, key } = shown
    const { Icon, tone } = looksOf(row)
    const { head, rest } = splitLine(row.line)
    const detailsId = `details-${index}`
    const content = (
      <>
        <time className={classes.clock} dateTime={new Date(row.at).toISOString()} title={absolute(row.at, timeZone)}>
          {clock(row.at, timeZone)}
        </time>
        <span className={classes.offset}>{offset(row.at - start)}</span>
        <span className={classes.node} aria-hidden="true">
          <span>
            <Icon size={15} stroke={1.7} />
          </span>
        </span>
        <span className={classes.line}>
          <span className={classes.text}>
            <span className={classes.head}>{rest ? `${head}:` : head}</span>
            {rest && ` ${rest}`}
          </span>
          <Aside row={row} />
        </span>
        <span className={classes.meta}>
          {tab !== undefined && <span className={classes.tab}>Tab {tab}</span>}
          <Meta row={row} />
        </span>
      </>
    )
    return (
      <li
        ref={ref}
        data-index={index}
        data-key={key}
        data-tone={tone}
        data-last={isLast || undefined}
        data-open={isOpen || undefined}
        data-when={when}
        aria-current={when === 'now' ? 'time' : undefined}
        aria-posinset={index + 1}
        aria-setsize={nRows}
        className={classes.row}
        style={{ transform: `translateY(${top}px)` }}
      >
        {newDay && <div className={classes.day}>{day(row.at, timeZone)}</div>}
        {gapMs > 0 && !newDay && <div className={classes.gap}>{duration(gapMs)} without events</div>}
        {row.event ? (
          <button
            type="button"
            className={classes.button}
            data-row-toggle=""
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailsId : undefined}
            onClick={() => onToggle(key)}
          >
            {content}
            <IconChevronRight size={14} stroke={1.8} className={classes.chevron} aria-hidden="true" />
          </button>
        ) : (
          <div className={classes.button} data-row-toggle="" tabIndex={-1}>
            {content}
          </div>
        )}
        {isOpen && (
          <div id={detailsId} className={classes.details}>
            {row.category === 'error' && (
              <ErrorContext row={row} context={context} start={start} timeZone={timeZone} onJump={onJump} />
            )}
            {context && <ErrorLinks siteId={siteId} group={context.group} />}
            <RowDetails row={row} timeZone={timeZone} />
          </div>
        )}
      </li>
    )
  },
  // What is shown of a row is made anew with the filter; it is the same where its parts are.
  (a, b) =>
    a.index === b.index &&
    a.nRows === b.nRows &&
    a.top === b.top &&
    a.shown.row === b.shown.row &&
    a.shown.gapMs === b.shown.gapMs &&
    a.shown.newDay === b.shown.newDay &&
    a.siteId === b.siteId &&
    a.start === b.start &&
    a.timeZone === b.timeZone &&
    a.tab === b.tab &&
    a.isLast === b.isLast &&
    a.isOpen === b.isOpen &&
    a.when === b.when &&
    a.context === b.context &&
    a.onToggle === b.onToggle &&
    a.onJump === b.onJump,
)

/** What a reader wants beside the line before opening it. */
function Aside({ row }: { row: Row }) {
  const text = asideOf(row)
  return text ? <span className={classes.aside}>{text}</span> : null
}

function asideOf(row: Row): string | null {
  if (!row.event) return null
  const kind = namedKind(row.event.kind)
  if (kind.name === 'error') return kind.fields.message
  if (kind.name === 'page_view') return kind.fields.title ?? null
  if (kind.name === 'custom') {
    return Object.entries(kind.fields.props ?? {})
      .slice(0, 3)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  }
  return null
}

/** Figures at the right edge. */
function Meta({ row }: { row: Row }) {
  if (!row.event) return null
  const kind = namedKind(row.event.kind)
  if (kind.name === 'request') {
    const { duration_ms, size_bytes } = kind.fields
    return (
      <>
        {typeof size_bytes === 'number' && <span className={classes.size}>{bytes(size_bytes)}</span>}
        <span className={classes.latency}>{latency(duration_ms)}</span>
      </>
    )
  }
  if (kind.name === 'vital') return <span>{VITAL_RATING[kind.fields.rating]}</span>
  return null
}
