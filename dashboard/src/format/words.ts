/** The glossary's words for what the API names in code, and the definitions shown beside numbers (docs/sessions.md). */

import type {
  BotReason,
  BoundaryReason,
  Category,
  Channel,
  EventKinds,
  Navigation,
  RequestFailure,
  Session,
  VitalName,
  VitalRating,
} from '../api/types'

export const START_REASON: Record<BoundaryReason, string> = {
  first_visit: 'First session of this visitor',
  idle: 'Back after a pause',
  cap: 'The one before reached 24 hours',
  user_switch: 'Another user took over',
  logout: 'The user had logged out',
  consent: 'Consent changed',
  api: 'The site asked for it',
}

export const END_REASON: Record<BoundaryReason, string> = {
  first_visit: 'First session of this visitor',
  idle: 'Idle',
  cap: 'Reached 24 hours',
  user_switch: 'Another user took over',
  logout: 'The user logged out',
  consent: 'Consent changed',
  api: 'The site asked for it',
}

export const CHANNEL: Record<Channel, string> = {
  direct: 'Direct',
  search: 'Search',
  social: 'Social',
  email: 'Email',
  paid: 'Paid',
  referral: 'Referral',
  campaign: 'Campaign',
}

export const BOT_REASON: Record<BotReason, string> = {
  known_crawler: 'a known crawler',
  headless: 'a headless or scripted browser',
  automated: 'a browser driven by automation',
  no_user_agent: 'no user agent was sent',
}

/** In the order they are offered in. */
export const CATEGORIES: readonly Category[] = [
  'page',
  'click',
  'form',
  'request',
  'error',
  'vital',
  'custom',
  'attention',
]

export const CATEGORY: Record<Category, string> = {
  page: 'Pages',
  click: 'Clicks',
  form: 'Forms',
  request: 'Requests',
  error: 'Errors',
  vital: 'Vitals',
  custom: 'Custom',
  attention: 'Attention',
}

export const CATEGORY_DEFINITION: Record<Category, string> = {
  page: 'Page views: loads, route changes, restores from the back/forward cache',
  click: 'Clicks, and rage, dead and error clicks',
  form: 'Inputs and submissions; never values',
  request: 'HTTP calls made by the page',
  error: 'Uncaught errors, unhandled rejections, errors the site captured',
  vital: 'Web vitals, navigation timing, resources',
  custom: 'The site’s own events, identification',
  attention: 'Scrolling, tab shown and hidden',
}

export const NAVIGATION: Record<Navigation, string> = {
  load: 'Document loaded',
  push: 'Route change (pushState)',
  pop: 'Back or forward within the page',
  replace: 'Route change (replaceState)',
  hash: 'Hash change',
  bfcache: 'Restored from the back/forward cache',
  manual: 'Told by the site (page())',
}

export const REQUEST_FAILURE: Record<RequestFailure, string> = {
  network: 'Network error: DNS, TLS, CORS or no connection',
  abort: 'Aborted by the page',
  timeout: 'Timed out',
}

export const ERROR_SOURCE: Record<EventKinds['error']['source'], string> = {
  uncaught: 'Uncaught',
  rejection: 'Unhandled rejection',
  captured: 'Captured by the site',
}

export const VITAL: Record<VitalName, string> = {
  LCP: 'Largest contentful paint',
  INP: 'Interaction to next paint',
  CLS: 'Cumulative layout shift',
  FCP: 'First contentful paint',
  TTFB: 'Time to first byte',
}

export const VITAL_RATING: Record<VitalRating, string> = {
  good: 'Good',
  needs_improvement: 'Needs improvement',
  poor: 'Poor',
}

export const FRUSTRATION: Record<EventKinds['frustration']['kind'], { name: string; definition: string }> = {
  rage: {
    name: 'Rage click',
    definition: 'At least 4 clicks within 1 s and 30 px on the same target',
  },
  dead: {
    name: 'Dead click',
    definition: 'A click on an interactive element that changed nothing within 2.5 s',
  },
  error: {
    name: 'Error click',
    definition: 'An error at most 1 s after the click',
  },
}

/** What each number means, shown where it is shown. */
export const DEFINITION = {
  session:
    'A run of activity by one visitor with no gap over 30 minutes (unless the site says otherwise), at most 24 hours long.',
  duration: 'Last activity − first activity. Activity is an interaction, a navigation or a custom event.',
  active: 'Visible time with gaps between interactions of at most 30 s.',
  pages: 'Page views: loads, route changes, restores from the back/forward cache.',
  events: 'Everything that was recorded, measurements included.',
  clicks: 'Clicks that a person made.',
  requests: 'HTTP calls made by the page.',
  failed: 'HTTP calls without a response that the page did not give up, or with a status of 400 and over.',
  rage: 'Rage clicks: at least 4 within 1 s and 30 px on the same target.',
  dead: 'Dead clicks: on an interactive element, and nothing changed within 2.5 s.',
  errors: 'Uncaught errors, unhandled rejections and errors the site captured.',
  frustration:
    'Rage clicks (≥ 4 within 1 s and 30 px), dead clicks (nothing changed within 2.5 s) and error clicks (an error within 1 s).',
  load: 'From navigation start to the end of the load event, of the first full page load.',
  bounce: 'Exactly one page view, no interaction but scrolling, and under 10 s of active time.',
  entry: 'First page view of the session.',
  exit: 'Last page view of the session.',
  live: 'The last activity is not longer ago than the site’s timeout; the session can still grow.',
  bots: 'Crawlers, headless browsers and automation. They are kept, and left out unless asked for.',
  skew: 'The device’s clock was off; all times of the session were corrected by this much.',
  clamped: 'These events claimed times in the future and were set to the time of receipt + 5 min.',
} as const

export type DefinedTerm = keyof typeof DEFINITION

/** Signs of frustration of a session, together. */
export function frustrations(session: Session): number {
  const { rage_clicks, dead_clicks, error_clicks } = session.counts
  return rage_clicks + dead_clicks + error_clicks
}

/** Who it was, in one word: the user, or a visitor told apart by the end of the id. */
export function whoOf(session: Session): {
  name: string
  isUser: boolean
  tag: string
} {
  if (session.user) return { name: session.user.id, isUser: true, tag: '' }
  return {
    name: 'Anonymous',
    isUser: false,
    tag: session.visitor_id.replaceAll('-', '').slice(-4),
  }
}

/** `Chrome 120 · Windows 10`; what is not known is left out. */
export function browserAndSystem(session: Session): string {
  const parts = [session.device.browser, session.device.os]
    .filter((part) => part !== null && part !== undefined)
    .map((part) => (part.version ? `${part.name} ${part.version}` : part.name))
  return parts.length > 0 ? parts.join(' · ') : session.device.label
}

/** `San Francisco, US`, or nothing. */
export function placeOf(session: Session): string | null {
  const { label, city, country } = session.place
  return label || [city, country].filter(Boolean).join(', ') || null
}

/** `United States` of `US`; the code where the browser has no name. */
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code
  } catch {
    // Not a region code at all: shown as it came.
    return code
  }
}
