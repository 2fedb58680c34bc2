/**
 * The sessions of the range over time, with those that had errors in red at the foot of each bar. A part of it is
 * chosen by dragging, or with the arrow keys; the list then has that part.
 */

import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import type { QueryParams } from '../api/client'
import { histogramQuery } from '../api/queries'
import type { HistogramBucket } from '../api/types'
import { count, counted } from '../format/numbers'
import { clock, day, dayKey } from '../format/times'
import { type Brush, type BrushKey, barAt, barsOf, moveBrush, type Span, spanOf } from './brush'
import classes from './Histogram.module.css'

/** Units of the drawing; it is stretched to the width there is. */
const BAR = 10
const GAP = 1.6
const HEIGHT = 100
/** So much of a bar at least, that one session is seen beside a thousand. */
const LEAST = 2.5
/** Days, or hours, named below. */
const MAX_TICKS = 8

const KEYS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'Home', 'End'] satisfies BrushKey[]

export interface HistogramProps {
  site: string
  /** The list's, without its order. */
  params: QueryParams
  timeZone: string
  onRange: (from: number, to: number) => void
}

export function Histogram({ site, params, timeZone, onRange }: HistogramProps) {
  const { data, isError, isPlaceholderData } = useQuery(histogramQuery(site, params))
  const [brush, setBrush] = useState<Brush | null>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const isDragging = useRef(false)
  const plot = useRef<HTMLDivElement>(null)
  const buckets = data?.buckets ?? []
  const n = buckets.length
  const most = Math.max(1, ...buckets.map((bucket) => bucket.sessions))

  const barUnder = (event: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect()
    return box ? barAt(event.clientX - box.left, box.width, n) : 0
  }
  const choose = (chosen: Brush) => {
    const span = spanOf(buckets, chosen)
    setBrush(null)
    setPointed(null)
    if (span) onRange(span.from, span.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (KEYS.includes(event.key)) {
      event.preventDefault()
      setBrush(moveBrush(brush, event.key as BrushKey, { extend: event.shiftKey, n }))
    } else if ((event.key === 'Enter' || event.key === ' ') && brush) {
      event.preventDefault()
      choose(brush)
    } else if (event.key === 'Escape' && brush) {
      event.preventDefault()
      event.stopPropagation()
      setBrush(null)
    }
  }
  const shown = brush ?? (pointed === null ? null : { anchor: pointed, head: pointed })
  const span = shown && spanOf(buckets, shown)
  const sessions = buckets.reduce((sum, bucket) => sum + bucket.sessions, 0)
  const withErrors = buckets.reduce((sum, bucket) => sum + bucket.with_errors, 0)

  if (isError) return <p className={classes.failed}>The sessions over time could not be read.</p>
  return (
    <figure className={classes.figure} data-stale={isPlaceholderData || undefined}>
      <div className={classes.most} aria-hidden="true">
        {n > 0 && count(most)}
      </div>
      <div
        ref={plot}
        className={classes.plot}
        role="slider"
        tabIndex={n > 0 ? 0 : -1}
        aria-label="Sessions over time. Arrow keys choose a part, with Shift a longer one, Enter shows it."
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, n - 1)}
        aria-valuenow={brush?.head ?? Math.max(0, n - 1)}
        aria-valuetext={
          span
            ? `${spanWords(span, timeZone)}: ${spanCounts(span)}`
            : `${counted(sessions, 'session')}, ${count(withErrors)} with errors`
        }
        onKeyDown={onKeyDown}
        onBlur={() => setBrush(null)}
        onPointerDown={(event) => {
          if (event.button !== 0 || n === 0) return
          isDragging.current = true
          event.currentTarget.setPointerCapture?.(event.pointerId)
          const bar = barUnder(event)
          setBrush({ anchor: bar, head: bar })
        }}
        onPointerMove={(event) => {
          const bar = barUnder(event)
          setPointed(bar)
          if (isDragging.current) setBrush((before) => before && { ...before, head: bar })
        }}
        onPointerUp={() => {
          if (isDragging.current && brush) choose(brush)
          isDragging.current = false
        }}
        onPointerCancel={() => {
          isDragging.current = false
          setBrush(null)
        }}
        onPointerLeave={() => setPointed(null)}
      >
        <svg
          viewBox={`0 0 ${Math.max(1, n) * BAR} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          className={classes.bars}
        >
          {shown && <Chosen brush={shown} isBrush={brush !== null} />}
          {buckets.map((bucket, index) => (
            <Bar
              key={bucket.from}
              bucket={bucket}
              index={index}
              most={most}
              isOut={brush !== null && (index < barsOf(brush).first || index > barsOf(brush).last)}
            />
          ))}
        </svg>
        {span && shown && (
          <div
            className={classes.tip}
            style={{ left: `${((barsOf(shown).first + barsOf(shown).last + 1) / 2 / n) * 100}%` }}
          >
            <strong>{spanWords(span, timeZone)}</strong>
            <span>{counted(span.sessions, 'session')}</span>
            {span.with_errors > 0 && <span className={classes.errors}>{count(span.with_errors)} with errors</span>}
          </div>
        )}
      </div>
      <div className={classes.ticks} aria-hidden="true">
        {ticksOf(buckets, timeZone).map((tick) => (
          <span key={tick.at} style={{ left: `${tick.at * 100}%` }}>
            {tick.text}
          </span>
        ))}
      </div>
    </figure>
  )
}

function Bar({ bucket, index, most, isOut }: { bucket: HistogramBucket; index: number; most: number; isOut: boolean }) {
  const heightOf = (n: number) => (n === 0 ? 0 : Math.max(LEAST, (n / most) * HEIGHT))
  const height = heightOf(bucket.sessions)
  const red = Math.min(height, heightOf(bucket.with_errors))
  const x = index * BAR + GAP / 2
  return (
    <g data-out={isOut || undefined}>
      <rect className={classes.bar} x={x} y={HEIGHT - height} width={BAR - GAP} height={height - red} />
      <rect className={classes.red} x={x} y={HEIGHT - red} width={BAR - GAP} height={red} />
    </g>
  )
}

function Chosen({ brush, isBrush }: { brush: Brush; isBrush: boolean }) {
  const { first, last } = barsOf(brush)
  return (
    <rect
      className={classes.chosen}
      data-brush={isBrush || undefined}
      x={first * BAR}
      y={0}
      width={(last - first + 1) * BAR}
      height={HEIGHT}
    />
  )
}

function spanCounts({ sessions, with_errors }: Span): string {
  return `${counted(sessions, 'session')}${with_errors > 0 ? `, ${count(with_errors)} with errors` : ''}`
}

/** `Mon, 23 Nov 2026, 10:00 – 11:00`; whole days without their clocks. */
function spanWords({ from, to }: Span, timeZone: string): string {
  const minute = (at: number) => clock(at, timeZone).slice(0, 5)
  const isMidnight = (at: number) => minute(at) === '00:00'
  if (isMidnight(from) && isMidnight(to)) {
    const last = day(to - 1, timeZone)
    const first = day(from, timeZone)
    return first === last ? first : `${first} – ${last}`
  }
  const isSameDay = dayKey(from, timeZone) === dayKey(to - 1, timeZone)
  return isSameDay
    ? `${day(from, timeZone)}, ${minute(from)} – ${minute(to)}`
    : `${day(from, timeZone)}, ${minute(from)} – ${day(to, timeZone)}, ${minute(to)}`
}

/** Where a day begins, or where no day does an hour; as many as have room. `at` is a share of the width. */
export function ticksOf(buckets: readonly HistogramBucket[], timeZone: string): { at: number; text: string }[] {
  const n = buckets.length
  const minute = (at: number) => clock(at, timeZone).slice(0, 5)
  const short = new Intl.DateTimeFormat(undefined, { timeZone, day: 'numeric', month: 'short' })
  const days = buckets.flatMap(({ from }, index) =>
    index > 0 && dayKey(from, timeZone) !== dayKey(buckets[index - 1]?.from ?? from, timeZone)
      ? [{ at: index / n, text: short.format(from) }]
      : [],
  )
  const hours = buckets.flatMap(({ from }, index) =>
    minute(from).endsWith(':00') ? [{ at: index / n, text: minute(from) }] : [],
  )
  const ticks = days.length >= 3 ? days : [...hours, ...days].sort((a, b) => a.at - b.at).filter(uniquePlace)
  const every = Math.ceil(ticks.length / MAX_TICKS)
  // Not so near the edge that its text would stick out.
  return ticks.filter((_, index) => index % every === 0).filter(({ at }) => at <= 0.95)
}

function uniquePlace(tick: { at: number }, index: number, all: { at: number }[]): boolean {
  return all[index + 1]?.at !== tick.at
}
