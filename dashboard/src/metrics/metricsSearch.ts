/**
 * The metrics' part of the URL.
 *
 *   ?view=segments          the tab; the metrics over time where it is left out
 *   ?metric=bounce_rate     the one that is drawn
 *   ?interval=day           where it is not chosen from the range
 *   ?compare=none           without the period before
 *   ?by=device,country      what segments are told apart by, one or two
 *   ?metrics=a,b            columns of segments
 *   ?sort=error_rate        their order, where not by sessions
 *   ?a=…&b=…                two sets of sessions side by side (beside/sides.ts)
 */

import type { QueryParams } from '../api/client'
import type { Interval } from '../api/reportTypes'
import { type BesideSearch, parseBeside } from '../beside/sides'
import { type FilterSearch, filterParams, parseFilter } from '../search/filter'

export const INTERVALS: readonly Interval[] = ['hour', 'day', 'week', 'month']

export const METRIC_GROUPS: readonly { name: string; metrics: readonly string[] }[] = [
  { name: 'Traffic', metrics: ['sessions', 'visitors', 'page_views'] },
  {
    name: 'Engagement',
    metrics: [
      'duration_average',
      'duration_median',
      'duration_p75',
      'active_median',
      'pages_average',
      'bounce_rate',
      'single_page_rate',
      'return_rate',
    ],
  },
  {
    name: 'Performance',
    metrics: [
      'load_average',
      'load_median',
      'load_p75',
      'lcp_p75',
      'inp_p75',
      'cls_p75',
      'interaction_median',
      'error_rate',
    ],
  },
]

export const ALL_METRICS = METRIC_GROUPS.flatMap((group) => group.metrics)
export const SEGMENT_METRICS: readonly string[] = ['sessions', 'duration_average', 'error_rate']

export interface MetricsSearch extends FilterSearch, BesideSearch {
  view?: 'segments'
  metric?: string
  interval?: Interval
  compare?: 'none'
  by?: string
  metrics?: string
  sort?: string
}

const NAME = /^[a-z][a-z0-9_]*$/

function name(value: unknown): string | null {
  return typeof value === 'string' && NAME.test(value) ? value : null
}

/** Names separated by commas, each once; nothing where there is none. */
export function parseNames(value: unknown, most: number): string[] | null {
  if (typeof value !== 'string') return null
  const names = [...new Set(value.split(',').map((one) => one.trim()))].filter((one) => NAME.test(one))
  return names.length === 0 ? null : names.slice(0, most)
}

export function parseMetricsSearch(raw: Record<string, unknown>): MetricsSearch {
  const metric = name(raw.metric)
  const interval = INTERVALS.find((one) => one === raw.interval)
  const by = parseNames(raw.by, 2)
  const metrics = parseNames(raw.metrics, 12)
  const sort = name(raw.sort)
  return {
    ...parseFilter(raw),
    ...parseBeside(raw),
    ...(raw.view === 'segments' && { view: 'segments' as const }),
    ...(metric && { metric }),
    ...(interval && { interval }),
    ...(raw.compare === 'none' && { compare: 'none' as const }),
    ...(by && by.join() !== 'user_type' && { by: by.join() }),
    ...(metrics && metrics.join() !== SEGMENT_METRICS.join() && { metrics: metrics.join() }),
    ...(sort && sort !== 'sessions' && { sort }),
  }
}

export const dimensionsOf = (search: MetricsSearch): string[] => parseNames(search.by, 2) ?? ['user_type']
export const columnsOf = (search: MetricsSearch): string[] => parseNames(search.metrics, 12) ?? [...SEGMENT_METRICS]

/** Metrics over time in the API's words. */
export function overTimeParams(search: MetricsSearch): QueryParams {
  const { interval, compare } = search
  return {
    ...filterParams(search),
    metrics: ALL_METRICS.join(),
    ...(interval && { interval }),
    ...(compare && { compare }),
  }
}

/** One of two sides in the API's words: they are compared with each other, not with the period before. */
export const besideParams = (search: MetricsSearch): QueryParams => overTimeParams({ ...search, compare: 'none' })

/** Segments in the API's words. */
export function segmentParams(search: MetricsSearch, limit: number): QueryParams {
  return {
    ...filterParams(search),
    dimensions: dimensionsOf(search).join(),
    metrics: columnsOf(search).join(),
    limit,
  }
}
