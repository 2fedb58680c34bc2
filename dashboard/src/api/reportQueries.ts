/** The reports, each under its name and what it is asked with; the answer before stays while the next one comes. */

import { queryOptions } from '@tanstack/react-query'
import { apiUrl, getJson, type QueryParams, segment, sendJson } from './client'
import type {
  Definitions,
  DropOffReport,
  EndingRule,
  EndingsPreview,
  EndingsReport,
  EndpointsReport,
  FunnelReport,
  Goal,
  ImpactReport,
  MetricsReport,
  OverviewReport,
  PagesReport,
  PathsReport,
  SavedFunnel,
  SegmentsReport,
  Step,
  VitalsReport,
} from './reportTypes'
import type { SessionPage } from './types'

/** Every report, by the name in its address. */
export interface Reports {
  overview: OverviewReport
  metrics: MetricsReport
  segments: SegmentsReport
  paths: PathsReport
  'drop-off': DropOffReport
  'drop-off/endings': EndingsReport
  'error-impact': ImpactReport
  funnel: FunnelReport
  pages: PagesReport
  endpoints: EndpointsReport
  vitals: VitalsReport
}

export type ReportName = keyof Reports

const reportPath = (site: string, name: string) => `/sites/${segment(site)}/reports/${name}`

/** A report. Not asked again by itself for a while: it may be a question about years. */
export const reportQuery = <Name extends ReportName>(site: string, name: Name, params: QueryParams) =>
  queryOptions({
    queryKey: ['report', site, name, params],
    queryFn: ({ signal }) => getJson<Reports[Name]>(reportPath(site, name), { params, signal }),
    staleTime: 60_000,
    // Another site's or report's numbers would be a lie.
    placeholderData: (previous, query) => (query?.queryKey[1] === site ? previous : undefined),
  })

/** Where a report is had as a file. */
export const reportFile = (site: string, name: ReportName, params: QueryParams, format: 'csv' | 'json') =>
  apiUrl(reportPath(site, name), { ...params, format })

/** What metrics and dimensions there are, and what they mean. */
export const definitionsQuery = (site: string) =>
  queryOptions({
    queryKey: ['report-definitions', site],
    queryFn: ({ signal }) => getJson<Definitions>(reportPath(site, 'definitions'), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What a selection selects, in words. That does not change. */
export const selectionTextQuery = (site: string, selection: string) =>
  queryOptions({
    queryKey: ['selection-text', site, selection],
    queryFn: ({ signal }) =>
      getJson<SessionPage>(`/sites/${segment(site)}/sessions`, {
        params: { selection, limit: 1, last: '1h' },
        signal,
      }).then((page) => page.selection?.text ?? null),
    staleTime: Number.POSITIVE_INFINITY,
  })

const goalsPath = (site: string) => `/sites/${segment(site)}/goals`
const endingRulesPath = (site: string) => `/sites/${segment(site)}/ending-rules`

/** Key of all reports of a site. */
export const reportsKey = (site: string) => ['report', site] as const

/** What counts as success. */
export const goalsQuery = (site: string) =>
  queryOptions({
    queryKey: ['goals', site],
    queryFn: ({ signal }) => getJson<{ goals: Goal[] }>(goalsPath(site), { signal }).then((answer) => answer.goals),
  })

export const setGoals = (site: string, goals: readonly Goal[]) =>
  sendJson<{ goals: Goal[] }>('PUT', goalsPath(site), { goals }).then((answer) => answer.goals)

/** How sessions are told to have ended. */
export const endingRulesQuery = (site: string) =>
  queryOptions({
    queryKey: ['ending-rules', site],
    queryFn: ({ signal }) =>
      getJson<{ rules: EndingRule[] }>(endingRulesPath(site), { signal }).then((answer) => answer.rules),
  })

export const setEndingRules = (site: string, rules: readonly EndingRule[]) =>
  sendJson<{ rules: EndingRule[] }>('PUT', endingRulesPath(site), { rules }).then((answer) => answer.rules)

/** What rules would say of the last week, beside what those that are kept say. */
export const endingsPreviewQuery = (site: string, rules: readonly EndingRule[], step: Step) =>
  queryOptions({
    queryKey: ['endings-preview', site, step, rules],
    queryFn: () => sendJson<EndingsPreview>('POST', `${endingRulesPath(site)}/preview`, { rules, step }),
    staleTime: 60_000,
    placeholderData: (previous, query) => (query?.queryKey[1] === site ? previous : undefined),
  })

const funnelsPath = (site: string) => `/sites/${segment(site)}/funnels`

/** Funnels with a name. */
export const funnelsQuery = (site: string) =>
  queryOptions({
    queryKey: ['funnels', site],
    queryFn: ({ signal }) =>
      getJson<{ funnels: SavedFunnel[] }>(funnelsPath(site), { signal }).then((answer) => answer.funnels),
  })

export const setFunnels = (site: string, funnels: readonly SavedFunnel[]) =>
  sendJson<{ funnels: SavedFunnel[] }>('PUT', funnelsPath(site), { funnels }).then((answer) => answer.funnels)
