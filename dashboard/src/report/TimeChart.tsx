/**
 * Metrics over time: one line, or several to compare, the period before as a dashed one behind it. Pointing at it, or
 * the arrow keys, tell a bucket's numbers; the table below has them all, and their doors.
 */

import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react'
import type { Bucket, Interval, MetricInfo } from '../api/reportTypes'
import { useWindowWidth } from '../sessions/useWindowWidth'
import { bucketWords, tickWords } from './buckets'
import classes from './charts.module.css'
import { valueText } from './readings'
import { areaPath, linePath, niceTop, niceTopMs, runsOf } from './scale'

/** Windows under this have room for fewer names below the chart. */
const NARROW_PX = 768

const WIDTH = 1000
const HEIGHT = 100

export interface Line {
  name: string
  values: readonly (number | null)[]
  kind: 'now' | 'before' | 'other'
}

export interface TimeChartProps {
  metric: Pick<MetricInfo, 'name' | 'unit'>
  title: string
  lines: readonly Line[]
  buckets: readonly Bucket[]
  interval: Interval
  timeZone: string
}

export function TimeChart({ metric, title, lines, buckets, interval, timeZone }: TimeChartProps) {
  const [pointed, setPointed] = useState<number | null>(null)
  const plot = useRef<HTMLDivElement>(null)
  const width = useWindowWidth()
  const n = buckets.length
  const top = useMemo(() => {
    const known = lines.flatMap((line) => line.values.filter((value) => value !== null))
    const most = Math.max(0, ...known)
    if (metric.unit === 'ms') return niceTopMs(most)
    return metric.unit === 'ratio' ? Math.min(1, niceTop(Math.max(0.01, most))) : niceTop(most)
  }, [lines, metric.unit])
  const x = (index: number) => (n < 2 ? WIDTH / 2 : (index / (n - 1)) * WIDTH)
  const runs = (values: readonly (number | null)[]) =>
    runsOf(values, (value, index) => ({ x: x(index), y: HEIGHT - (value / top) * HEIGHT }))
  const bucketAt = (event: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect()
    if (!box || n === 0) return null
    return Math.min(n - 1, Math.max(0, Math.round(((event.clientX - box.left) / box.width) * (n - 1))))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -n, End: n }[event.key]
    if (step === undefined) return
    event.preventDefault()
    setPointed((before) => Math.min(n - 1, Math.max(0, (before ?? (step > 0 ? -1 : n)) + step)))
  }
  const told = (index: number) =>
    lines.map((line) => `${line.name} ${valueText(line.values[index] ?? null, metric)}`).join(', ')
  const bucket = pointed === null ? undefined : buckets[pointed]
  const main = lines.find((line) => line.kind === 'now')
  const value = pointed === null ? null : (main?.values[pointed] ?? null)
  const left = pointed === null ? 0 : (x(pointed) / WIDTH) * 100
  return (
    <div
      ref={plot}
      className={classes.chart}
      role="slider"
      tabIndex={n > 0 ? 0 : -1}
      aria-label={`${title} over time. Arrow keys tell each ${interval}.`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, n - 1)}
      aria-valuenow={pointed ?? Math.max(0, n - 1)}
      aria-valuetext={
        bucket && pointed !== null ? `${bucketWords(bucket, interval, timeZone)}: ${told(pointed)}` : title
      }
      onPointerMove={(event) => setPointed(bucketAt(event))}
      onPointerLeave={() => setPointed(null)}
      onKeyDown={onKeyDown}
      onBlur={() => setPointed(null)}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {[0, 0.5, 1].map((part) => (
          <line key={part} className={classes.grid} x1={0} x2={WIDTH} y1={HEIGHT * part} y2={HEIGHT * part} />
        ))}
        {main && <path className={classes.area} d={areaPath(runs(main.values), HEIGHT)} />}
        {[...lines].reverse().map((line) => (
          <path
            key={line.name}
            className={{ now: classes.line, before: classes.lineBefore, other: classes.lineOther }[line.kind]}
            d={linePath(runs(line.values))}
          />
        ))}
      </svg>
      {[1, 0.5].map((part) => (
        <span key={part} className={classes.gridWord} style={{ top: `${100 * (1 - part)}%` }} aria-hidden="true">
          {valueText(top * part, { ...metric, name: metric.name.replace('average', '') })}
        </span>
      ))}
      {tickWords(buckets, interval, timeZone, width < NARROW_PX ? 4 : 8).map(({ index, text }) => (
        <span
          key={index}
          className={classes.tick}
          data-edge={index === 0 ? 'start' : index === n - 1 ? 'end' : undefined}
          style={{ left: `${(x(index) / WIDTH) * 100}%` }}
          aria-hidden="true"
        >
          {text}
        </span>
      ))}
      {bucket && pointed !== null && (
        <>
          <span className={classes.rule} style={{ left: `${left}%` }} />
          {value !== null && (
            <span className={classes.dot} style={{ left: `${left}%`, top: `${100 - (value / top) * 100}%` }} />
          )}
          <span className={classes.tip} data-left={left > 60 || undefined} style={{ left: `${left}%` }}>
            <span className={classes.tipHead}>{bucketWords(bucket, interval, timeZone)}</span>
            {lines.map((line) => (
              <span key={line.name} className={classes.tipRow} data-kind={line.kind}>
                <i /> {line.name} <strong>{valueText(line.values[pointed] ?? null, metric)}</strong>
              </span>
            ))}
          </span>
        </>
      )}
    </div>
  )
}

/** What the lines of a chart are. */
export function Legend({ lines }: { lines: readonly Pick<Line, 'name' | 'kind'>[] }) {
  return (
    <ul className={classes.legend}>
      {lines.map((line) => (
        <li key={line.name} data-kind={line.kind}>
          <i aria-hidden="true" /> <bdi>{line.name}</bdi>
        </li>
      ))}
    </ul>
  )
}
