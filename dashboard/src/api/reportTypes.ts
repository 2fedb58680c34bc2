/**
 * What reports answer, by the names used here: the types generated from docs/openapi.json. Times are Unix milliseconds,
 * spans milliseconds, shares parts of 1. A selection is the door to the sessions behind the number it stands beside;
 * nothing where the number is not one of sessions.
 *
 * The document says of some fields that they are text; which texts they can be is said here.
 */

import type { components } from './schema.gen'
import type { VitalName } from './types'

type Schemas = components['schemas']

export type Interval = 'hour' | 'day' | 'week' | 'month'
export type Unit = 'sessions' | 'visitors' | 'events' | 'ms' | 'ratio' | 'score'

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

/** Fields that the document calls text. */
interface Words {
  direction: 'forwards' | 'backwards' | 'between'
  interval: Interval
  made_of: Unit
  order: 'loose' | 'strict'
  state: 'no_goals' | 'too_few' | 'matched'
  subject: 'sessions' | 'with_errors' | 'bounced' | 'did' | 'segment'
  unit: Unit
  when: EndingKind
}

/** As the server writes it: all fields are there, one without a value is `null`. */
type Told<T> = T extends readonly (infer One)[]
  ? Told<One>[]
  : T extends object
    ? { [Name in keyof T]-?: ToldField<Name, Exclude<T[Name], undefined>> }
    : T
type ToldField<Name, T> = string extends T ? (Name extends keyof Words ? Words[Name] : T) : Told<T>

export type ReportRange = Schemas['ResolvedRange']
export type Bucket = Schemas['TimeBucket']

export type StepKind = Schemas['StepKind']
export const STEP_KINDS = [
  'page',
  'click',
  'input',
  'submit',
  'request',
  'error',
  'custom',
] as const satisfies readonly StepKind[]
/** A step, or in a question one whose label may have `*` in it. */
export type Step = Schemas['StepName']

export type Timing = Told<Schemas['Timing']>
export type Measure = Told<Schemas['Measure']>
export type MetricInfo = Told<Schemas['MetricInfo']>
export type Definitions = Told<Schemas['Definitions']>

export type Series = Told<Schemas['MetricSeries']>
export type Insight = Told<Schemas['Insight']>
export type MetricsReport = Told<Schemas['MetricsReport']>
export type OverviewReport = Told<Schemas['Overview']>
export type SegmentRow = Told<Schemas['Segment']>
export type SegmentsReport = Told<Schemas['SegmentsReport']>

export type PathNode = Told<Schemas['PathNode']>
export type PathVariant = Told<Schemas['PathVariant']>
export type PathsReport = Told<Schemas['PathsReport']>

export type DropOffStep = Told<Schemas['DropOffPoint']>
export type DropOffReport = Told<Schemas['DropOffReport']>
export type Ending = Told<Schemas['Ending']>
export type EndingsReport = Told<Schemas['EndingsReport']>
/** What decided a session's ending. */
export type EndingEvidence = Schemas['EndingEvidence']

export type Estimate = Schemas['Interval95']
export type ImpactRow = Told<Schemas['ErrorAtPage']>
export type ImpactReport = Told<Schemas['ErrorImpactReport']>
export type FunnelStage = Told<Schemas['FunnelStage']>
export type FunnelReport = Told<Schemas['FunnelReport']>

export type PageRow = Told<Schemas['PageReport']>
export type PagesReport = Told<Schemas['PagesReport']>
export type EndpointRow = Told<Schemas['EndpointReport']>
export type EndpointsReport = Told<Schemas['EndpointsReport']>
export type VitalCause = Told<Schemas['VitalCause']>
export type VitalReport = Told<Schemas['VitalReport']> & { name: VitalName }
export type VitalsReport = Omit<Told<Schemas['VitalsReport']>, 'vitals'> & { vitals: VitalReport[] }

export type Goal = Schemas['Goal']
export type EndingRule = Schemas['EndingRule']
export type EndingCondition = Schemas['EndingCondition']
export type EndingsPreview = Told<Schemas['EndingsPreview']>

/** A funnel with a name, in the words of the report's parameters. */
export interface SavedFunnel {
  name: string
  steps: string
  order?: string | null
  window?: string | null
}
