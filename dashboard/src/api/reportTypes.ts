/**
 * What reports answer. Written by hand until the generated schema has them, under the same names. Times are Unix
 * milliseconds, spans milliseconds, shares parts of 1. A selection is the door to the sessions behind the number it
 * stands beside; nothing where the number is not one of sessions.
 */

import type { VitalName } from './types'

export interface ReportRange {
  from: number
  /** Excluded. */
  to: number
  time_zone: string
}

export type Interval = 'hour' | 'day' | 'week' | 'month'

export interface Bucket {
  from: number
  to: number
}

export const STEP_KINDS = ['page', 'click', 'input', 'submit', 'request', 'error', 'custom'] as const
export type StepKind = (typeof STEP_KINDS)[number]

export interface Step {
  kind: StepKind
  label: string
}

export interface Timing {
  median_ms: number
  n: number
  exact: boolean
}

export type Unit = 'sessions' | 'visitors' | 'events' | 'ms' | 'ratio' | 'score'

export interface Measure {
  metric: string
  /** In the metric's unit. */
  value: number | null
  state: 'number' | 'nothing' | 'not_measurable'
  /** What it is made of: what a rate is divided by, how many values there were. */
  of: number
  exact: boolean
  selection: string | null
}

export interface MetricInfo {
  name: string
  unit: Unit
  made_of: Unit
  better: 'higher' | 'lower' | 'neither'
  definition: string
}

export interface Definitions {
  metrics: MetricInfo[]
  dimensions: { name: string; definition: string }[]
  step_kinds: StepKind[]
  vitals: { name: VitalName; long_name: string; unit: 'ms' | 'score'; good: number; poor: number }[]
}

export interface Series {
  metric: MetricInfo
  total: Measure
  series: Measure[]
  previous: { total: Measure; series: Measure[] } | null
  /** (now − before) ÷ before. */
  change: number | null
}

export interface Previous {
  range: ReportRange
  buckets: Bucket[]
}

export interface Insight {
  text: string
  subject: 'sessions' | 'with_errors' | 'bounced' | 'did' | 'segment'
  step: Step | null
  dimension: string | null
  value: string | null
  sessions: { before: number; now: number }
  out_of: { before: number; now: number }
  factor: number | null
  standard_errors: number
  mostly: { error: string; page: string | null; sessions: { before: number; now: number } } | null
  selection: string
}

export interface MetricsReport {
  range: ReportRange
  interval: Interval
  buckets: Bucket[]
  previous: Previous | null
  metrics: Series[]
}

export interface OverviewReport extends MetricsReport {
  live: { sessions: number; selection: string }
  insights: Insight[]
  sessions: number
  selection: string
}

export interface SegmentRow {
  /** A value of each dimension; nothing where it is not known. */
  key: (string | null)[]
  sessions: number
  measures: Measure[]
  selection: string
}

export interface SegmentsReport {
  range: ReportRange
  dimensions: string[]
  metrics: MetricInfo[]
  rows: SegmentRow[]
  rest: { segments: number; sessions: number; measures: Measure[]; selection: string } | null
  total: { sessions: number; measures: Measure[]; selection: string }
}

export interface PathNode {
  /** Nothing for the root. */
  step: Step | null
  depth: number
  /** Place of the node before. */
  parent: number | null
  sessions: number
  /** Of the sessions of the node before. */
  share: number | null
  repeats_average: number
  continued: number
  ended: number
  open: number
  time_from_parent: Timing | null
  time_to_next: Timing | null
  rest: { sessions: number; different: number; selection: string } | null
  selection: string
  selections: { continued: string; ended: string; open: string }
}

export interface PathVariant {
  steps: (Step & { repeats_average: number })[]
  sessions: number
  share: number
  continued: number
  ended: number
  open: number
  time: Timing | null
  selection: string
}

export interface PathsReport {
  range: ReportRange
  direction: 'forwards' | 'backwards' | 'between'
  kinds: StepKind[]
  nodes: PathNode[]
  variants: PathVariant[]
  n_variants: number
  with_path: number
  out_of: number
  selection: string
}

export interface DropOffStep {
  step: Step
  reached: number
  continued: number
  completed: number
  dropped: number
  open: number
  drop_rate: number | null
  selections: { reached: string; continued: string; completed: string; dropped: string; open: string }
}

export interface DropOffReport {
  range: ReportRange
  kinds: StepKind[]
  goals: string[]
  steps: DropOffStep[]
  /** Steps that are not shown. */
  rest: number
  rest_dropped: number
  dropped: number
  out_of: number
  selection: string
}

export type EndingKind =
  | 'completed'
  | 'still_open'
  | 'blocked_by_error'
  | 'failed_request'
  | 'validation_loop'
  | 'abandoned_at'
  | 'left_before_details'
  | 'went_elsewhere'
  | 'came_back_and_completed'
  | 'idle'

export interface Ending {
  rule: number
  name: string
  when: EndingKind
  sessions: number
  share: number | null
  trend: number[]
  details: { step: Step; sessions: number; share: number; selection: string }[]
  selection: string
}

export interface EndingsReport {
  range: ReportRange
  step: Step
  interval: Interval
  buckets: Bucket[]
  reached: number
  selection: string
  has_form: boolean
  endings: Ending[]
  out_of: number
}

/** What decided a session's ending. */
export interface EndingEvidence {
  at: number
  /** From the session's start. */
  offset_ms: number
  /** Name of the ending. */
  rule: string
  step: Step
}

export interface Estimate {
  estimate: number
  low: number
  high: number
}

export interface ImpactRow {
  error: string
  page: string | null
  sessions: number
  ended: number
  went_on: number
  open: number
  retried: number
  /** Retries, of which a session can have several. */
  retries: number
  retries_succeeded: number
  alternative: number
  alternatives: { step: Step; sessions: number; selection: string }[]
  completed: number
  comparison: {
    state: 'no_goals' | 'too_few' | 'matched'
    with: number
    without: number
    difference: Estimate | null
    lost: Estimate | null
  }
  selections: {
    sessions: string
    ended: string
    went_on: string
    open: string
    retried: string
    alternative: string
    completed: string
    without: string
  }
}

export interface ImpactReport {
  range: ReportRange
  goals: string[]
  rows: ImpactRow[]
  rest: number
  sessions: number
  selection: string
  out_of: number
}

export interface FunnelStage {
  name: string
  any_of: Step[]
  reached: number
  continued: number
  dropped: number
  open: number
  of_first: number | null
  of_previous: number | null
  time_to_next: Timing | null
  selections: { reached: string; continued: string; dropped: string; open: string }
}

export interface FunnelReport {
  range: ReportRange
  order: 'loose' | 'strict'
  window_ms: number | null
  steps: FunnelStage[]
  conversion: number | null
  out_of: number
  selection: string
}

export interface PageRow {
  route: string
  views: number
  sessions: number
  /** Of all views. */
  share: number
  measures: Measure[]
  dom_ready_p75_ms: number | null
  trend: { views: number; load_p75_ms: number | null; lcp_p75_ms: number | null }[]
  selection: string
}

export interface PagesReport {
  range: ReportRange
  interval: Interval
  buckets: Bucket[]
  rows: PageRow[]
  rest: number
  rest_views: number
  views: number
}

export interface EndpointRow {
  endpoint: string
  calls: number
  sessions: number
  ok: number
  client_errors: number
  server_errors: number
  no_response: number
  average_ms: number | null
  p95_ms: number | null
  trend: { calls: number; failed: number }[]
  selection: string
  selections: { ok: string; client_errors: string; server_errors: string; no_response: string }
}

export interface EndpointsReport {
  range: ReportRange
  interval: Interval
  buckets: Bucket[]
  rows: EndpointRow[]
  rest: number
  rest_calls: number
  calls: number
}

export interface VitalCause {
  target: string | null
  resource: string | null
  good: number
  needs_improvement: number
  poor: number
}

export interface VitalReport {
  name: VitalName
  long_name: string
  unit: 'ms' | 'score'
  /** Good up to this. */
  good: number
  /** Poor over this. */
  poor: number
  /** p75, and the shares good, needs improvement, poor. */
  measures: Measure[]
  /** p75 by bucket; nothing for a single page. */
  series: Measure[] | null
  causes: VitalCause[]
  more_causes: number
  measured: number
}

export interface VitalsReport {
  range: ReportRange
  interval: Interval
  buckets: Bucket[]
  route: string | null
  vitals: VitalReport[]
  resources: {
    types: { initiator_type: string; loads: number; count: number; bytes: number; duration_ms: number }[]
    heaviest: { url: string; initiator_type: string; loads: number; bytes: number; duration_ms: number }[]
    loads: number
  }
  selection: string
}
