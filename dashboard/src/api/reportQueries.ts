/** The reports, each under its name and what it is asked with; the answer before stays while the next one comes. */

import { queryOptions } from '@tanstack/react-query'
import { apiUrl, getJson, type QueryParams, segment } from './client'
import type {
  Definitions,
  DropOffReport,
  EndingsReport,
  EndpointsReport,
  FunnelReport,
  ImpactReport,
  MetricsReport,
  OverviewReport,
  PagesReport,
  PathsReport,
  SegmentsReport,
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
