/** Sessions and timeline rows for tests, as the API would answer them: only what a test speaks of is given. */

import type { Category, Counts, EventKind, Session, TimelineRow } from '../api/types'

const COUNTS: Counts = {
  events: 4,
  page_views: 2,
  clicks: 1,
  submits: 0,
  interactions: 1,
  requests: 1,
  failed_requests: 0,
  errors: 0,
  rage_clicks: 0,
  dead_clicks: 0,
  error_clicks: 0,
  custom: 0,
  tabs: 1,
}

/** 23 November 2026, 10:00:00 in Berlin. */
export const TEN_O_CLOCK = Date.UTC(2026, 10, 23, 9, 0, 0)

export const TAB = '019a0f5e-7c00-7000-8000-00000000000a'

export function aSession(given: Partial<Omit<Session, 'counts'>> & { counts?: Partial<Counts> } = {}): Session {
  const { counts, ...rest } = given
  const start = given.start ?? TEN_O_CLOCK
  return {
    id: '019a0f5e-7c00-7000-8000-000000000001',
    site: 'shop',
    visitor_id: '019a0f5e-7c00-7000-8000-00000000beef',
    user: null,
    status: 'settled',
    start,
    end: start + 120_000,
    duration_ms: 120_000,
    active_ms: 61_000,
    start_reason: 'first_visit',
    end_reason: 'idle',
    previous_id: null,
    is_bounce: false,
    entry: { path: '/', route: '/', title: 'Shop' },
    exit: { path: '/checkout', route: '/checkout' },
    acquisition: {
      channel: 'search',
      referrer: 'https://www.google.com/',
      utm: { source: null, medium: null, campaign: null, term: null, content: null },
    },
    load_ms: 431,
    device: {
      class: 'desktop',
      model: null,
      browser: { name: 'Chrome', version: '120' },
      os: { name: 'Windows', version: '10' },
      label: 'Desktop / Chrome 120 / Windows 10',
    },
    place: {
      country: 'US',
      region: 'California',
      city: 'San Francisco',
      label: 'San Francisco, US',
    },
    language: 'en-US',
    screen: [1920, 1080],
    release: '2026.11.3',
    bot: null,
    replay: { chunks: 0, bytes: 0 },
    clock_skew_ms: 0,
    n_clamped: 0,
    ...rest,
    counts: { ...COUNTS, ...counts },
  }
}

export function aRow(seq: number, category: Category, line: string, kind: EventKind, at = seq * 1000): TimelineRow {
  return {
    at: TEN_O_CLOCK + at,
    line,
    category,
    event: {
      tab_id: TAB,
      seq,
      client_at: TEN_O_CLOCK + at,
      clamped: false,
      kind,
      path: null,
      route: null,
    },
  }
}

export const STARTED: TimelineRow = {
  at: TEN_O_CLOCK,
  line: 'Session started',
  category: 'session',
  event: null,
}

export const PAGE = aRow(0, 'page', 'Page: /', {
  page_view: {
    url: 'https://shop.example/',
    title: 'Shop',
    navigation: 'load',
  },
})
export const CLICK = aRow(1, 'click', 'Click: "Checkout" button', {
  click: {
    label: 'Checkout',
    role: 'button',
    selector: '#checkout',
    x: 10,
    y: 20,
  },
})
export const REQUEST = aRow(2, 'request', 'HTTP: POST /api/payments - 402', {
  request: {
    method: 'POST',
    url: 'https://shop.example/api/payments',
    status: 402,
    duration_ms: 84,
    size_bytes: 48_213,
    initiator: 'fetch',
  },
})
export const ERROR = aRow(3, 'error', 'Error: PaymentError', {
  error: {
    name: 'PaymentError',
    message: 'Card declined',
    stack: 'PaymentError: Card declined\n    at pay (https://shop.example/checkout.js:118:23)',
    source: 'uncaught',
  },
})
export const VITAL = aRow(4, 'vital', 'Vital: LCP 2230 ms', {
  vital: { name: 'LCP', value: 2230, rating: 'good' },
})
