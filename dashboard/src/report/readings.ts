/** Metrics as people read them: their names, their values in their units, how they changed. Pure. */

import type { Measure, MetricInfo } from '../api/reportTypes'
import type { VitalName, VitalRating } from '../api/types'
import { duration, latency } from '../format/durations'
import { count, NOTHING } from '../format/numbers'

const NAMES: Record<string, string> = {
  sessions: 'Sessions',
  visitors: 'Visitors',
  page_views: 'Page views',
  duration_average: 'Average duration',
  duration_median: 'Median duration',
  duration_p75: 'Duration, p75',
  active_average: 'Average active time',
  active_median: 'Median active time',
  pages_average: 'Pages per session',
  bounce_rate: 'Bounce rate',
  single_page_rate: 'Single-page sessions',
  return_rate: 'Return rate',
  load_average: 'Average load time',
  load_median: 'Median load time',
  load_p75: 'Load time, p75',
  interaction_median: 'Interaction time',
  interaction_p75: 'Interaction time, p75',
  error_rate: 'Error rate',
}

const STATS: Record<string, string> = {
  p75: 'p75',
  good: 'good',
  needs_improvement: 'needs improvement',
  poor: 'poor',
}

/** `Bounce rate`, `LCP, p75`; of a metric that is newer than this page its own name, made readable. */
export function metricName(name: string): string {
  const known = NAMES[name]
  if (known) return known
  const vital = /^(lcp|inp|cls|fcp|ttfb)_(.+)$/.exec(name)
  if (vital) return `${vital[1]?.toUpperCase()}, ${STATS[vital[2] ?? ''] ?? vital[2]}`
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const oneTenth = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const hundredths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** A part of 1 as a percentage; what is there is never rounded to nothing. */
export function percent(part: number | null | undefined): string {
  if (part === null || part === undefined || !Number.isFinite(part)) return NOTHING
  if (part > 0 && part < 0.0005) return `<\u00a00.1\u00a0%`
  return `${tenths.format(100 * part)}\u00a0%`
}

/** People's time is told in whole seconds, machines' in milliseconds. */
function isOfPeople(metric: string): boolean {
  return metric.startsWith('duration') || metric.startsWith('active')
}

/** A value in its unit: `4m 32s`, `431 ms`, `12.5 %`, `0.08`. */
export function valueText(value: number | null | undefined, { name, unit }: Pick<MetricInfo, 'name' | 'unit'>): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING
  switch (unit) {
    case 'ms':
      return isOfPeople(name) ? duration(value) : latency(value)
    case 'ratio':
      return percent(value)
    case 'score':
      return hundredths.format(value)
    case 'sessions':
    case 'visitors':
    case 'events':
      return name.endsWith('average') ? oneTenth.format(value) : count(value)
  }
}

/** A measure in words; what cannot be measured says so, and about quantiles of many values, that they are near. */
export function measureText(measure: Measure, metric: Pick<MetricInfo, 'name' | 'unit'>): string {
  if (measure.state === 'not_measurable') return 'Not measurable'
  return valueText(measure.state === 'nothing' ? null : measure.value, metric)
}

/** `31 of 120 sessions`: what the value is made of. */
export function madeOf(measure: Measure, { made_of, unit }: Pick<MetricInfo, 'made_of' | 'unit'>): string | null {
  if (measure.state !== 'number' || unit === made_of) return null
  const things = made_of === 'sessions' || made_of === 'visitors' ? made_of : 'page loads'
  const noun = measure.of === 1 ? things.slice(0, -1) : things
  return `of ${count(measure.of)} ${noun}`
}

/** What a unit counts, for a chart's head. */
export function unitWords({ name, unit }: Pick<MetricInfo, 'name' | 'unit'>): string {
  if (name === 'page_views') return 'page views'
  if (name === 'pages_average') return 'page views a session'
  switch (unit) {
    case 'ms':
      return 'time'
    case 'ratio':
      return 'share'
    case 'score':
      return 'score'
    case 'sessions':
    case 'visitors':
    case 'events':
      return unit
  }
}

export interface Change {
  text: string
  /** In full, for whoever cannot see the arrow. */
  spoken: string
  direction: 'up' | 'down' | 'same'
  tone: 'better' | 'worse' | 'neither'
}

/** A change against the period before, or something else; nothing where that cannot be said. */
export function changeOf(
  change: number | null,
  better: MetricInfo['better'],
  against = 'the period before',
): Change | null {
  if (change === null || !Number.isFinite(change)) return null
  const size = Math.abs(change)
  // Below half a tenth of a percent it would read as 0 %.
  if (size < 0.0005) return { text: 'same', spoken: `the same as ${against}`, direction: 'same', tone: 'neither' }
  const isUp = change > 0
  const text = change >= 9 ? `×\u00a0${tenths.format(change + 1)}` : percent(size).replace('<\u00a0', '<')
  const isGood = better === 'neither' ? null : (better === 'higher') === isUp
  return {
    text,
    spoken: `${change >= 9 ? `${tenths.format(change + 1)} times` : `${percent(size)} ${isUp ? 'more' : 'less'} than`} ${against}`,
    direction: isUp ? 'up' : 'down',
    tone: isGood === null ? 'neither' : isGood ? 'better' : 'worse',
  }
}

const THRESHOLDS: Record<VitalName, readonly [number, number]> = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
}

/** Google's rating of a value; a threshold belongs to the better side. */
export function ratingOf(
  value: number | null | undefined,
  thresholds: { good: number; poor: number } | VitalName,
): VitalRating | null {
  if (value === null || value === undefined) return null
  const [good, poor] = typeof thresholds === 'string' ? THRESHOLDS[thresholds] : [thresholds.good, thresholds.poor]
  return value <= good ? 'good' : value <= poor ? 'needs_improvement' : 'poor'
}
