/**
 * What the dashboard asks, each under one key. Pages of one list share a key, so that a live update finds them all.
 */

import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import { ApiError, getJson, type QueryParams, segment } from './client'
import type { ErrorsAnswer, Session, SessionPage, SitesAnswer, TimelinePage } from './types'

/** Rows of a page of the list: a few screens, so that scrolling seldom waits. */
const SESSIONS_LIMIT = 100
/** Rows of a page of the timeline, the API's most: 5,000 events are five requests. */
const TIMELINE_LIMIT = 1000
/** Failures that a second try may mend. */
const RETRIES = 2

/** A client with the app's habits: a fact of the past stays fresh for a while, and what cannot succeed is not retried. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < RETRIES && mayMend(error),
        retryDelay: (count) => 400 * 2 ** count,
      },
    },
  })
}

function mayMend(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { status } = error.detail
  return status === 0 || status === 429 || status === 502 || status === 503 || status === 504
}

export const sitesQuery = queryOptions({
  queryKey: ['sites'],
  queryFn: ({ signal }) => getJson<SitesAnswer>('/sites', { signal }).then((answer) => answer.sites),
  staleTime: 5 * 60_000,
})

/** Key of every list of a site's sessions. */
export const sessionsKey = (site: string) => ['sessions', site] as const

/** The sessions of a range, newest first, page by page. `params` is the range and the filter in the API's words. */
export const sessionsQuery = (site: string, params: QueryParams) =>
  infiniteQueryOptions({
    queryKey: [...sessionsKey(site), params],
    queryFn: ({ pageParam, signal }) =>
      getJson<SessionPage>(`/sites/${segment(site)}/sessions`, {
        params: { ...params, limit: SESSIONS_LIMIT, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    // The old range stays while the new one loads; another site's rows would be a lie.
    placeholderData: (previous, query) => (query?.queryKey[1] === site ? previous : undefined),
  })

/** The newest session of a site, of all time and bots too: tells an empty range from an empty site. */
export const newestSessionQuery = (site: string) =>
  queryOptions({
    queryKey: ['newest-session', site],
    queryFn: ({ signal }) =>
      getJson<SessionPage>(`/sites/${segment(site)}/sessions`, {
        params: { bots: 'include', limit: 1 },
        signal,
      }).then((page) => page.sessions[0] ?? null),
    staleTime: 0,
  })

const sessionPath = (site: string, id: string) => `/sites/${segment(site)}/sessions/${segment(id)}`

/** One session. `site` may be `-`. */
export const sessionQuery = (site: string, id: string) =>
  queryOptions({
    queryKey: ['session', id],
    queryFn: ({ signal }) => getJson<Session>(sessionPath(site, id), { signal }),
  })

/** A page of a session's timeline. */
export const fetchTimelinePage = (
  site: string,
  id: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<TimelinePage> =>
  getJson<TimelinePage>(`${sessionPath(site, id)}/events`, {
    params: { limit: TIMELINE_LIMIT, cursor },
    signal,
  })

/** A session's timeline, oldest first, page by page. */
export const timelineQuery = (site: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['timeline', id],
    queryFn: ({ pageParam, signal }) => fetchTimelinePage(site, id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
  })

/** A session's errors with what was going on around them. */
export const errorsQuery = (site: string, id: string) =>
  queryOptions({
    queryKey: ['errors', id],
    queryFn: ({ signal }) =>
      getJson<ErrorsAnswer>(`${sessionPath(site, id)}/errors`, { signal }).then((answer) => answer.errors),
  })
