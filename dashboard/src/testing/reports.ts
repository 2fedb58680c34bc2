/** Answers of reports for tests, as the API would give them: only what a test speaks of is given. */

import type {
  DropOffReport,
  EndingsReport,
  Measure,
  MetricInfo,
  OverviewReport,
  PathsReport,
  ReportRange,
} from '../api/reportTypes'
import { TEN_O_CLOCK } from './rows'

const DAY = 86_400_000

/** Seven days until 23 November 2026, 10:00:00.250 in Berlin. */
export const RANGE: ReportRange = {
  from: TEN_O_CLOCK + 250 - 7 * DAY,
  to: TEN_O_CLOCK + 250,
  time_zone: 'Europe/Berlin',
}

const OVER_TIME = { range: RANGE, interval: 'day', buckets: [{ from: RANGE.from, to: RANGE.to }] } as const

export function aMetric(given: Partial<MetricInfo> = {}): MetricInfo {
  return {
    name: 'bounce_rate',
    unit: 'ratio',
    made_of: 'sessions',
    better: 'lower',
    definition: 'Bounces ÷ sessions.',
    ...given,
  }
}

export function aMeasure(given: Partial<Measure> = {}): Measure {
  return { metric: 'bounce_rate', value: 0.31, state: 'number', of: 120, exact: true, selection: 'bounced', ...given }
}

export function anOverview(given: Partial<OverviewReport> = {}): OverviewReport {
  return {
    ...OVER_TIME,
    buckets: [...OVER_TIME.buckets],
    previous: { range: { ...RANGE, from: RANGE.from - 7 * DAY, to: RANGE.from }, buckets: [] },
    live: { sessions: 3, selection: 'live' },
    metrics: [],
    insights: [],
    sessions: 120,
    selection: 'all',
    ...given,
  }
}

export function aDropOff(given: Partial<DropOffReport> = {}): DropOffReport {
  return {
    range: RANGE,
    kinds: ['page'],
    goals: ['Order confirmed'],
    steps: [
      {
        step: { kind: 'page', label: '/checkout' },
        reached: 40,
        continued: 10,
        completed: 5,
        dropped: 25,
        open: 0,
        drop_rate: 25 / 40,
        selections: {
          reached: 'reached',
          continued: 'continued',
          completed: 'completed',
          dropped: 'dropped',
          open: 'open',
        },
      },
    ],
    rest: 0,
    rest_dropped: 0,
    dropped: 25,
    out_of: 120,
    selection: 'all',
    ...given,
  }
}

export function someEndings(given: Partial<EndingsReport> = {}): EndingsReport {
  return {
    ...OVER_TIME,
    buckets: [...OVER_TIME.buckets],
    step: { kind: 'page', label: '/checkout' },
    reached: 40,
    selection: 'reached',
    has_form: true,
    endings: [
      {
        rule: 0,
        name: 'Completed purchase',
        when: 'completed',
        share: 0.125,
        sessions: 5,
        trend: [5],
        details: [],
        selection: 'e0',
      },
      {
        rule: 1,
        name: 'Abandoned at payment',
        when: 'abandoned_at',
        sessions: 35,
        share: 0.875,
        trend: [35],
        details: [{ step: { kind: 'input', label: 'checkout: card' }, sessions: 35, share: 1, selection: 'e1-card' }],
        selection: 'e1',
      },
      {
        rule: 2,
        name: 'Left without a sign',
        when: 'idle',
        share: 0,
        sessions: 0,
        trend: [0],
        details: [],
        selection: 'e2',
      },
    ],
    out_of: 120,
    ...given,
  }
}

export function noPaths(given: Partial<PathsReport> = {}): PathsReport {
  return {
    range: RANGE,
    direction: 'forwards',
    kinds: ['page'],
    nodes: [],
    variants: [],
    n_variants: 0,
    with_path: 0,
    out_of: 120,
    selection: 'all',
    ...given,
  }
}
