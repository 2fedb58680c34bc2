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
export type StackFrame = Schemas['StackFrame']
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

/** A search that cannot be read, besides what every failure tells; positions in Unicode characters of the search. */
export type InvalidSearch = Schemas['SearchPlace']
export type SearchChip = Schemas['SearchChip']
export type ParsedSearch = Schemas['ParsedSearch']
export type CompletionItem = Schemas['CompletionItem']
export type Completions = Schemas['Completions']
export type HistogramBucket = Schemas['HistogramBucket']
export type SessionHistogram = Schemas['SessionHistogram']
export type ExplainedClause = Schemas['ExplainedClause']
export type SearchExplanation = Schemas['SearchExplanation']
export type MatchedEvent = Schemas['TimelineMark']
export type MatchedClause = Schemas['MatchedClause']
export type SessionExplanation = Schemas['SessionExplanation']
export type SavedFilter = Schemas['SavedFilter']
export type SavedFilters = Schemas['FilterList']
export type ErrorGroup = Schemas['ErrorGroup']
export type ErrorGroups = Schemas['ErrorGroupList']
export type Labelled = Schemas['CountedLabel']
export type UserSummary = Schemas['UserSummary']
export type Erasure = Schemas['Erasure']
export type Receipt = Schemas['Receipt']

export type ReplayManifest = Schemas['ReplayManifest']
export type ReplayTab = Schemas['ReplayTab']
export type ReplayChunk = Schemas['ReplayChunk']
export type ReplayGap = Schemas['ReplayGap']
export type ReplayStyle = Schemas['ReplayStyle']

export type SiteRules = Schemas['SiteRules']
export type Retention = Schemas['Retention']
/** As they were and are: settings of some version. */
export type SettingsChange = Omit<Schemas['SettingsChange'], 'before' | 'after'> & { before: unknown; after: unknown }
