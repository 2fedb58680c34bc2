/**
 * What the dashboard asks, each under one key. Pages of one list share a key, so that a live update finds them all.
 */

import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import { ApiError, getJson, getText, type QueryParams, segment, sendJson } from './client'
import type {
  Completions,
  ErrorGroups,
  ErrorsAnswer,
  ParsedSearch,
  ReplayManifest,
  ReplayStyle,
  Retention,
  SavedFilters,
  SearchExplanation,
  Session,
  SessionExplanation,
  SessionHistogram,
  SessionPage,
  SettingsChange,
  SiteRules,
  SitesAnswer,
  TimelinePage,
  UserSummary,
} from './types'

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

/** The sessions of a list, page by page. `params` is its range, search and order in the API's words. */
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

/** How many bars a histogram is asked for, about. */
const HISTOGRAM_BUCKETS = 80

/** The sessions of a range over time. `params` as of the list, without its order. */
export const histogramQuery = (site: string, params: QueryParams) =>
  queryOptions({
    queryKey: ['histogram', site, params],
    queryFn: ({ signal }) =>
      getJson<SessionHistogram>(`/sites/${segment(site)}/sessions/histogram`, {
        params: { ...params, buckets: HISTOGRAM_BUCKETS },
        signal,
      }),
    placeholderData: (previous, query) => (query?.queryKey[1] === site ? previous : undefined),
  })

/** A search cut into its parts. What a text means does not change. */
export const parsedQuery = (site: string, q: string) =>
  queryOptions({
    queryKey: ['parsed-search', site, q],
    queryFn: ({ signal }) => getJson<ParsedSearch>(`/sites/${segment(site)}/search/parse`, { params: { q }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** A search that is a step of a funnel: its chips are the events that it can be. */
export const parsedStepQuery = (site: string, q: string) =>
  queryOptions({
    queryKey: ['parsed-step', site, q],
    queryFn: ({ signal }) =>
      getJson<ParsedSearch>(`/sites/${segment(site)}/search/parse`, { params: { q, as: 'step' }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What can be written at `at` (Unicode characters from the start). `params` is the range, without a search. */
export const completionsQuery = (site: string, text: string, at: number, params: QueryParams) =>
  queryOptions({
    queryKey: ['completions', site, text, at, params],
    queryFn: ({ signal }) =>
      getJson<Completions>(`/sites/${segment(site)}/search/complete`, { params: { ...params, text, at }, signal }),
    staleTime: 60_000,
    gcTime: 60_000,
  })

/** How many sessions each part of a search finds by itself, and how many would be found without it. */
export const searchExplanationQuery = (site: string, params: QueryParams) =>
  queryOptions({
    queryKey: ['search-explanation', site, params],
    queryFn: ({ signal }) => getJson<SearchExplanation>(`/sites/${segment(site)}/search/explain`, { params, signal }),
  })

/** Why a session matches a search. */
export const sessionExplanationQuery = (site: string, id: string, q: string) =>
  queryOptions({
    queryKey: ['session-explanation', id, q],
    queryFn: ({ signal }) => getJson<SessionExplanation>(`${sessionPath(site, id)}/explain`, { params: { q }, signal }),
  })

/** Rows of a session told in brief. */
const BRIEF_LIMIT = 200

/** The beginning of a session's timeline, of some categories only. */
export const briefTimelineQuery = (site: string, id: string, categories: string) =>
  queryOptions({
    queryKey: ['brief-timeline', id, categories],
    queryFn: ({ signal }) =>
      getJson<TimelinePage>(`${sessionPath(site, id)}/events`, { params: { categories, limit: BRIEF_LIMIT }, signal }),
  })

/** Key of a site's saved filters. */
export const filtersKey = (site: string) => ['filters', site] as const

export const filtersQuery = (site: string) =>
  queryOptions({
    queryKey: filtersKey(site),
    queryFn: ({ signal }) =>
      getJson<SavedFilters>(`/sites/${segment(site)}/filters`, { signal }).then((answer) => answer.filters),
  })

/** The errors of a range, grouped. */
export const errorGroupsQuery = (site: string, params: QueryParams) =>
  queryOptions({
    queryKey: ['error-groups', site, params],
    queryFn: ({ signal }) => getJson<ErrorGroups>(`/sites/${segment(site)}/error-groups`, { params, signal }),
    placeholderData: (previous, query) => (query?.queryKey[1] === site ? previous : undefined),
  })

/** What is known of a user over all sessions. */
export const userQuery = (site: string, userId: string) =>
  queryOptions({
    queryKey: ['user', site, userId],
    queryFn: ({ signal }) => getJson<UserSummary>(`/sites/${segment(site)}/users/${segment(userId)}`, { signal }),
  })

/** The number of sessions of a list right now, without its rows. */
export const countSessions = (site: string, params: QueryParams): Promise<number> =>
  getJson<SessionPage>(`/sites/${segment(site)}/sessions`, { params: { ...params, limit: 1 } }).then(
    (page) => page.total,
  )

/** What there is of a session's replay. */
export const replayQuery = (site: string, id: string) =>
  queryOptions({
    queryKey: ['replay', id],
    queryFn: ({ signal }) => getJson<ReplayManifest>(`${sessionPath(site, id)}/replay`, { signal }),
    staleTime: 60_000,
  })

/** The records of a chunk, a line each. Kept by the player, under a ceiling of its own. */
export const fetchReplayChunk = (site: string, id: string, tab: string, index: number): Promise<string> =>
  getText(`${sessionPath(site, id)}/replay/chunks/${segment(tab)}/${index}`)

/** The text of a style sheet, or the rules of an adopted one. */
export const fetchReplayStyle = (site: string, id: string, hash: string): Promise<unknown> =>
  getJson<ReplayStyle>(`${sessionPath(site, id)}/replay/styles/${segment(hash)}`).then((style) => style.css)

const privacyPath = (site: string) => `/sites/${segment(site)}/privacy`
const retentionPath = (site: string) => `/sites/${segment(site)}/retention`

/** What a site's pages may record. */
export const privacyQuery = (site: string) =>
  queryOptions({
    queryKey: ['privacy', site],
    queryFn: ({ signal }) => getJson<SiteRules>(privacyPath(site), { signal }),
  })

export const setPrivacy = (site: string, rules: SiteRules) => sendJson<SiteRules>('PUT', privacyPath(site), rules)

/** For how long its data is kept. */
export const retentionQuery = (site: string) =>
  queryOptions({
    queryKey: ['retention', site],
    queryFn: ({ signal }) => getJson<Retention>(retentionPath(site), { signal }),
  })

export const setRetention = (site: string, retention: Retention) =>
  sendJson<Retention>('PUT', retentionPath(site), retention)

export const settingsChangesKey = (site: string) => ['settings-changes', site] as const

/** Who changed these when; the newest first. */
export const settingsChangesQuery = (site: string) =>
  queryOptions({
    queryKey: settingsChangesKey(site),
    queryFn: ({ signal }) =>
      getJson<{ changes: SettingsChange[] }>(`/sites/${segment(site)}/audit`, { signal }).then(
        (answer) => answer.changes,
      ),
  })
