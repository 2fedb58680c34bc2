/**
 * The addresses of the app. The whole state of a screen is in its address, so every door opens in a new tab as well.
 *
 *   /                              the first site's overview
 *   /sites/$site/overview          how it goes; the filter, as everywhere (`?last`, `?from&to`, `?q`, `?bots`,
 *                                  `?selection`: only the sessions behind a number)
 *   /sites/$site/sessions          the list; its filter (`?last`, `?from&to`, `?q`, `?filter`, `?bots`, `?selection`), `?sort`,
 *                                  `?order`, `?columns`, `?row` (the row that is open)
 *   /sites/$site/sessions/$id      one session; the list's filter and order, so that `[` and `]` know their list, and
 *                                  `?show` (categories), `?find`, `?open` (the row that is open). $site may be `-`.
 *   /sites/$site/errors            the errors, grouped; the filter, `?sort`, `?group` (the one that is open)
 *   /sites/$site/journeys          paths, drop-off, error impact, funnels; `?view` and what each asks (journeysSearch.ts)
 *   /sites/$site/pages             pages, endpoints, web vitals; `?view` … (pagesSearch.ts)
 *   /sites/$site/metrics           over time, by segment, side by side; `?view` … (metricsSearch.ts)
 *   /sites/$site/settings          what may be recorded, how long it is kept, who changed that
 *   /sites/$site/users/$user       one user; `?view=timeline`, `?row`
 */

import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router'
import { errorGroupsQuery, sessionQuery, sitesQuery, timelineQuery, userQuery } from './api/queries'
import { reportQuery } from './api/reportQueries'
import { errorsParams, parseErrorsSearch } from './errors/errorsSearch'
import { parseJourneysSearch } from './journeys/journeysSearch'
import { parseMetricsSearch } from './metrics/metricsSearch'
import { parseOverviewSearch } from './overview/overviewSearch'
import { parsePagesSearch } from './pages/pagesSearch'
import { filterParams } from './search/filter'
import type { RangeSearch } from './search/range'
import { parseSessionSearch } from './session/search'
import { parseSessionsSearch } from './sessions/listSearch'
import { SessionsPage } from './sessions/SessionsPage'
import { NotFound } from './shell/NotFound'
import { RouteFailed } from './shell/RouteFailed'
import { Shell } from './shell/Shell'
import { Welcome } from './shell/Welcome'
import { parseUserSearch } from './user/userSearch'

interface RouterContext {
  client: QueryClient
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: RouteFailed,
})

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  loader: async ({ context }) => {
    const [first] = await context.client.ensureQueryData(sitesQuery)
    if (first)
      throw redirect({
        to: '/sites/$site/overview',
        params: { site: first.id },
        replace: true,
      })
  },
  component: Welcome,
  errorComponent: RouteFailed,
})

const siteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sites/$site',
  beforeLoad: ({ params, location }) => {
    if (location.pathname.replace(/\/$/, '') === `/sites/${params.site}`) {
      throw redirect({ to: '/sites/$site/overview', params, replace: true })
    }
  },
})

export const sessionsRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'sessions',
  validateSearch: parseSessionsSearch,
  component: SessionsPage,
})

export const sessionRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'sessions/$id',
  validateSearch: parseSessionSearch,
  // Begun when a link is pointed at, so that the page is mostly there when it is clicked.
  loader: ({ context, params }) => {
    void context.client.prefetchQuery(sessionQuery(params.site, params.id))
    void context.client.prefetchInfiniteQuery(timelineQuery(params.site, params.id))
  },
  component: lazyRouteComponent(() => import('./session/SessionPage'), 'SessionPage'),
})

export const errorsRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'errors',
  validateSearch: parseErrorsSearch,
  loaderDeps: ({ search }) => errorsParams(search),
  loader: ({ context, params, deps }) => {
    void context.client.prefetchQuery(errorGroupsQuery(params.site, deps))
  },
  component: lazyRouteComponent(() => import('./errors/ErrorsPage'), 'ErrorsPage'),
})

export const overviewRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'overview',
  validateSearch: parseOverviewSearch,
  loaderDeps: ({ search }) => filterParams(search),
  loader: ({ context, params, deps }) => {
    void context.client.prefetchQuery(reportQuery(params.site, 'overview', deps))
  },
  component: lazyRouteComponent(() => import('./overview/OverviewPage'), 'OverviewPage'),
})

export const journeysRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'journeys',
  validateSearch: parseJourneysSearch,
  component: lazyRouteComponent(() => import('./journeys/JourneysPage'), 'JourneysPage'),
})

export const pagesRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'pages',
  validateSearch: parsePagesSearch,
  component: lazyRouteComponent(() => import('./pages/PagesPage'), 'PagesPage'),
})

export const metricsRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'metrics',
  validateSearch: parseMetricsSearch,
  component: lazyRouteComponent(() => import('./metrics/MetricsPage'), 'MetricsPage'),
})

export const userRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'users/$user',
  validateSearch: parseUserSearch,
  loader: ({ context, params }) => {
    void context.client.prefetchQuery(userQuery(params.site, params.user))
  },
  component: lazyRouteComponent(() => import('./user/UserPage'), 'UserPage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: 'settings',
  component: lazyRouteComponent(() => import('./settings/SettingsPage'), 'SettingsPage'),
})

const routeTree = rootRoute.addChildren([
  homeRoute,
  siteRoute.addChildren([
    overviewRoute,
    sessionsRoute,
    sessionRoute,
    journeysRoute,
    errorsRoute,
    pagesRoute,
    metricsRoute,
    userRoute,
    settingsRoute,
  ]),
])

export interface AppRouterOptions extends RouterContext {
  /** Of the browser by default. */
  history?: RouterHistory
}

export function createAppRouter({ client, history }: AppRouterOptions) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadDelay: 60,
    // The query layer decides what is fresh.
    defaultPreloadStaleTime: 0,
    // The list and the session place themselves: what is remembered here is from before their rows were there.
    scrollRestoration: () => false,
    // What a screen does not know is not in its address either, so that no link carries it further.
    search: { strict: true },
    // Plain words in the address (`?last=24h`), instead of JSON.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const params = new URLSearchParams()
      for (const [name, value] of Object.entries(search)) {
        if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
      }
      const query = params.toString()
      return query === '' ? '' : `?${query}`
    },
    ...(history && { history }),
  })
}

export type AppRouter = ReturnType<typeof createAppRouter>

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter
  }
}

declare module '@tanstack/history' {
  interface HistoryState {
    /** Opened from the list, which is one step back. */
    fromList?: boolean
    /** The range that a part was drawn in. */
    drawnFrom?: RangeSearch
  }
}
