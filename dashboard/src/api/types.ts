/**
 * What the API answers, by the names used here: the types generated from docs/openapi.json, which is generated from
 * the server's. Times are Unix milliseconds, spans milliseconds.
 */

import type { components } from './schema.gen'

type Schemas = components['schemas']

export type Site = Schemas['Site']
export type SitesAnswer = Schemas['SiteList']

export type Session = Schemas['Session']
export type SessionPage = Schemas['SessionPage']
export type Counts = Schemas['Counts']
export type Page = Schemas['Page']
export type Channel = Schemas['Channel']
export type DeviceClass = Schemas['DeviceClass']
export type BoundaryReason = Schemas['BoundaryReason']
export type BotReason = Schemas['BotReason']

export type Category = Schemas['Category']
export type TimelineRow = Schemas['TimelineRow']
export type TimelineEvent = Schemas['Event']
export type TimelinePage = Schemas['TimelinePage']
export type ErrorInContext = Schemas['ErrorInContext']
export type ErrorsAnswer = Schemas['ErrorList']

/** An object with one key, the kind's name. */
export type EventKind = Schemas['EventKind']
type KindName = EventKind extends infer Kind ? (Kind extends unknown ? keyof Kind : never) : never
/** The kinds of event with their fields, as in docs/wire.md. */
export type EventKinds = { [Name in KindName]: Extract<EventKind, Record<Name, unknown>>[Name] }

export type Props = Record<string, string | number | boolean>
export type Navigation = Schemas['Navigation']
export type RequestFailure = Schemas['RequestFailure']
export type VitalName = Schemas['VitalName']
export type VitalRating = Schemas['VitalRating']

// The answers of search. Written by hand until the generated schema has them, under the same names.

/** A search that cannot be read, besides what every failure tells; positions in Unicode characters of the search. */
export interface InvalidSearch {
  start: number
  end: number
  suggestion: { start: number; end: number; text: string } | null
}

export interface SearchChip {
  /** Canonical text; of a negated one with its sign. */
  text: string
  negated: boolean
}

export interface ParsedSearch {
  /** Canonical text. */
  q: string
  chips: SearchChip[]
}

export interface CompletionItem {
  kind: 'field' | 'value'
  text: string
  doc: string
  /** Sessions of the range that have the value, where that is known. */
  sessions: number | null
}

export interface Completions {
  /** What the chosen text takes the place of, in Unicode characters. */
  start: number
  end: number
  items: CompletionItem[]
}

export interface HistogramBucket {
  from: number
  to: number
  sessions: number
  with_errors: number
}

export interface SessionHistogram {
  range: Schemas['ResolvedRange']
  buckets: HistogramBucket[]
}

export interface ExplainedClause {
  text: string
  negated: boolean
  /** Sessions that it alone finds; of a negated one, those that have what it forbids. */
  sessions: number
  /** Sessions that the search would find without it. */
  without: number
}

export interface SearchExplanation {
  total: number
  clauses: ExplainedClause[]
}

export interface MatchedEvent {
  tab_id: string
  seq: number
  at: number
  line: string
}

export interface MatchedClause {
  text: string
  negated: boolean
  matched: boolean
  events: MatchedEvent[]
}

export interface SessionExplanation {
  matched: boolean
  clauses: MatchedClause[]
}

export interface SavedFilter {
  id: string
  name: string
  q: string
  updated_at: number
}

export interface SavedFilters {
  filters: SavedFilter[]
}

export interface ErrorGroup {
  id: string
  name: string
  message: string
  frame: string | null
  events: number
  sessions: number
  users: number
  first_seen: number
  last_seen: number
  releases: string[]
  /** Events over the range, oldest first. */
  trend: number[]
}

export interface ErrorGroups {
  groups: ErrorGroup[]
  total_groups: number
  range: Schemas['ResolvedRange']
}

export interface Labelled {
  label: string
  sessions: number
}

export interface UserSummary {
  user_id: string
  email: string | null
  traits: Props
  first_seen: number
  last_seen: number
  sessions: number
  errors: number
  page_views: number
  duration_ms: number
  devices: Labelled[]
  places: Labelled[]
}

export type Receipt = Schemas['Receipt']
