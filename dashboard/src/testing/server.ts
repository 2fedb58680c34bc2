/**
 * The server at the edge of the app: answers `fetch` and live updates, so that tests go through the real client, the
 * real queries and the real routes.
 */

import { vi } from 'vitest'
import type { Reports } from '../api/reportQueries'
import type { EndingEvidence, EndingRule, Goal, SavedFunnel } from '../api/reportTypes'
import type {
  ErrorInContext,
  Retention,
  Session,
  SettingsChange,
  Site,
  SiteRules,
  TimelineRow,
  UserSummary,
} from '../api/types'
import {
  type Answer,
  histogramAnswer,
  invalid,
  matching,
  partsOf,
  type SearchAnswers,
  searchAnswer,
  sorted,
} from './searchServer'

export interface FakeServer extends SearchAnswers {
  sites: Site[]
  sessions: Session[]
  rows: TimelineRow[]
  errors: ErrorInContext[]
  user: UserSummary | null
  /** What decided the sessions' endings, in a list that is narrowed to one. */
  evidence: EndingEvidence[]
  /** Answers of reports, by the name in their address. */
  reports: Partial<Reports>
  /** What the site says of its reports, under the names in their addresses. */
  settings: { goals: Goal[]; 'ending-rules': EndingRule[]; funnels: SavedFunnel[] }
  /** What its pages may record, how long that is kept, and what was changed of both. */
  privacy: { privacy: SiteRules; retention: Retention; audit: SettingsChange[] }
  /** Answers every read of the list with this failure, while set. */
  failure: { status: number; body: unknown } | null
  /** Answers of requests in place of the true ones, by method and path below the site: `PUT privacy`. */
  failures: Record<string, Answer>
  /** Requests made so far, path and query. */
  asked: string[]
  /** What was written so far: method, path, body. */
  written: { method: string; path: string; body: unknown }[]
  /** Tells listeners of a session. */
  tell: (session: Session) => void
}

export const SHOP: Site = {
  id: 'shop',
  name: 'Shop',
  key: 'pk_shop',
  time_zone: 'Europe/Berlin',
  base_path: '',
  session_timeout_minutes: 30,
}

export const aSitesRules = (): SiteRules => ({
  replay: {
    enabled: false,
    sample_rate: 0.1,
    on_error: true,
    min_duration_ms: 3000,
    mask_inputs: true,
    mask_all_text: true,
    block_media: false,
    canvas: false,
  },
  anonymise_users: false,
  consent_required: false,
  honour_gpc: true,
  honour_dnt: false,
  mask: [],
  unmask: [],
  block: ['.card'],
  ignore: [],
})

export function startServer(given: Partial<FakeServer> = {}): FakeServer {
  const sources = new Set<EventTarget>()
  const server: FakeServer = {
    sites: [SHOP],
    sessions: [],
    rows: [],
    errors: [],
    filters: [],
    groups: [],
    completions: {},
    user: null,
    evidence: [],
    reports: {},
    settings: { goals: [], 'ending-rules': [{ name: 'Left', when: 'idle' }], funnels: [] },
    privacy: {
      privacy: aSitesRules(),
      retention: { sessions_days: null, events_days: 90, replay_days: 30 },
      audit: [],
    },
    failure: null,
    failures: {},
    asked: [],
    written: [],
    tell: (session) => {
      for (const source of sources) {
        source.dispatchEvent(new MessageEvent('session', { data: JSON.stringify(session) }))
      }
    },
    ...given,
  }
  class Source extends EventTarget {
    constructor() {
      super()
      sources.add(this)
    }
    close() {
      sources.delete(this)
    }
  }
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('fetch', async (input: string, { method = 'GET', body: sent }: RequestInit = {}) => {
    const url = new URL(input, 'http://localhost')
    if (method === 'GET') server.asked.push(input)
    const given = typeof sent === 'string' ? JSON.parse(sent) : null
    if (method !== 'GET') server.written.push({ method, path: url.pathname, body: given })
    const failure = server.failures[`${method} ${url.pathname.split('/').slice(5).join('/')}`]
    const { status, body } = failure ?? (method === 'GET' ? answer(server, url) : written(server, url, method, given))
    if (status === 204) return new Response(null, { status })
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  })
  return server
}

const ok = (body: unknown): Answer => ({ status: 200, body })

type Setting = keyof FakeServer['settings']
const SETTING_FIELD = { goals: 'goals', 'ending-rules': 'rules', funnels: 'funnels' } as const
const isSetting = (what: string | undefined): what is Setting => what !== undefined && what in SETTING_FIELD

function answer(server: FakeServer, { pathname, searchParams }: URL): Answer {
  const [, , , , , what, id, part] = pathname.split('/')
  if (pathname === '/api/v1/sites') return ok({ sites: server.sites })
  if (what === 'reports') {
    if (server.failure) return server.failure
    const report = (server.reports as Record<string, unknown>)[[id, part].filter(Boolean).join('/')]
    return report === undefined ? notFound('unknown_path') : ok(report)
  }
  if (isSetting(what)) return ok({ [SETTING_FIELD[what]]: server.settings[what] })
  if (what === 'privacy' || what === 'retention') return ok(server.privacy[what])
  if (what === 'audit') return ok({ changes: server.privacy.audit })
  const q = searchParams.get('q') ?? ''
  const range = { from: 0, to: Date.now(), time_zone: 'Europe/Berlin' }
  if (what === 'search' && id) return searchAnswer(id, searchParams, server.sessions, server)
  if (what === 'filters') return ok({ filters: server.filters })
  if (what === 'error-groups') return ok({ groups: server.groups, total_groups: server.groups.length, range })
  if (what === 'users') return server.user ? ok(server.user) : notFound('unknown_user')
  if (what !== 'sessions') return notFound('unknown_path')
  if (id === 'histogram') return histogramAnswer(matching(server.sessions, q))
  if (id === undefined) {
    if (server.failure) return server.failure
    const wrong = invalid(q)
    if (wrong) return wrong
    // A range is empty where a test says so by `last=1h`; of all time there is everything.
    const found = searchParams.get('last') === '1h' ? [] : matching(server.sessions, q)
    const sessions = sorted(found, searchParams)
    const with_errors = sessions.filter((one) => one.counts.errors > 0).length
    const selection = searchParams.has('selection') ? { text: 'Sessions that dropped at /checkout' } : null
    const evidence = selection ? server.evidence : []
    return ok({ sessions, total: sessions.length, with_errors, range, selection, evidence, next_cursor: null, q })
  }
  const session = server.sessions.find((one) => one.id === id)
  if (!session) return notFound('unknown_session')
  if (part === 'errors') return ok({ errors: server.errors })
  if (part === 'explain') {
    const row = server.rows.find((one) => one.category === 'error')
    const events = row?.event ? [{ tab_id: row.event.tab_id, seq: row.event.seq, at: row.at, line: row.line }] : []
    const clauses = partsOf(q).map((text) => {
      const negated = text.startsWith('-')
      return { text, negated, matched: true, events: negated ? [] : events }
    })
    return ok({ matched: true, clauses })
  }
  if (part === 'events')
    return ok({
      rows: server.rows,
      by_category: byCategory(server.rows),
      next_cursor: null,
    })
  return ok(session)
}

function written(server: FakeServer, { pathname }: URL, method: string, body: unknown): Answer {
  const setting = pathname.split('/')[5]
  if (setting === 'privacy' || setting === 'retention') {
    Object.assign(server.privacy, { [setting]: body })
    return ok(body)
  }
  const [, , , , , what, id] = pathname.split('/')
  if (what === 'filters') {
    const given = body as { name: string; q: string }
    if (method === 'DELETE') {
      server.filters = server.filters.filter((one) => one.id !== id)
      return { status: 204, body: null }
    }
    const filter = { id: id ?? `f${server.filters.length + 1}`, updated_at: 0, ...given }
    server.filters = [...server.filters.filter((one) => one.id !== filter.id), filter]
    return { status: method === 'POST' ? 201 : 200, body: filter }
  }
  if (isSetting(what) && method === 'PUT') {
    Object.assign(server.settings, { [what]: (body as Record<string, unknown>)[SETTING_FIELD[what]] })
    return ok(body)
  }
  if (what === 'erasures') {
    const { session_ids, dry_run } = body as { session_ids?: string[]; dry_run: boolean }
    // A search finds all that it holds.
    const gone = session_ids ?? server.sessions.map((one) => one.id)
    if (!dry_run) server.sessions = server.sessions.filter((one) => !gone.includes(one.id))
    return ok({ sessions: gone.length, events: 12, bytes: 48_213, files: 1, files_still_read: 0, dry_run })
  }
  return { status: 204, body: null }
}

function byCategory(rows: TimelineRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { event, category } of rows) if (event) counts[category] = (counts[category] ?? 0) + 1
  return counts
}

function notFound(code: string): Answer {
  return {
    status: 404,
    body: {
      code,
      message: 'there is no such session',
      hint: 'it may have been deleted',
      request_id: 'req-404',
    },
  }
}
