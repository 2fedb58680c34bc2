/**
 * The server at the edge of the app: answers `fetch` and live updates, so that tests go through the real client, the
 * real queries and the real routes.
 */

import { vi } from 'vitest'
import type { Reports } from '../api/reportQueries'
import type { EndingEvidence } from '../api/reportTypes'
import type { ErrorInContext, Session, Site, TimelineRow } from '../api/types'

export interface FakeServer {
  sites: Site[]
  sessions: Session[]
  rows: TimelineRow[]
  errors: ErrorInContext[]
  /** What decided the sessions' endings, in a list that is narrowed to one. */
  evidence: EndingEvidence[]
  /** Answers of reports, by the name in their address. */
  reports: Partial<Reports>
  /** Answers every read of the list with this failure, while set. */
  failure: { status: number; body: unknown } | null
  /** Requests made so far, path and query. */
  asked: string[]
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

export function startServer(given: Partial<FakeServer> = {}): FakeServer {
  const sources = new Set<EventTarget>()
  const server: FakeServer = {
    sites: [SHOP],
    sessions: [],
    rows: [],
    errors: [],
    evidence: [],
    reports: {},
    failure: null,
    asked: [],
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
  vi.stubGlobal('fetch', async (input: string) => {
    server.asked.push(input)
    const { status, body } = answer(server, new URL(input, 'http://localhost'))
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  })
  return server
}

function answer(server: FakeServer, { pathname, searchParams }: URL): { status: number; body: unknown } {
  const ok = (body: unknown) => ({ status: 200, body })
  const [, , , , , what, id, part] = pathname.split('/')
  if (pathname === '/api/v1/sites') return ok({ sites: server.sites })
  if (what === 'reports') {
    if (server.failure) return server.failure
    const report = (server.reports as Record<string, unknown>)[[id, part].filter(Boolean).join('/')]
    return report === undefined ? notFound('unknown_path') : ok(report)
  }
  if (what !== 'sessions') return notFound('unknown_path')
  if (id === undefined) {
    if (server.failure) return server.failure
    // A range is empty where a test says so by `last=1h`; of all time there is everything.
    const sessions = searchParams.get('last') === '1h' ? [] : server.sessions
    const range = { from: 0, to: Date.now(), time_zone: 'Europe/Berlin', base_path: '', session_timeout_minutes: 30 }
    const with_errors = sessions.filter((one) => one.counts.errors > 0).length
    const selection = searchParams.has('selection') ? { text: 'Sessions that dropped at /checkout' } : null
    const evidence = selection ? server.evidence : []
    return ok({ sessions, total: sessions.length, with_errors, range, selection, evidence, next_cursor: null })
  }
  const session = server.sessions.find((one) => one.id === id)
  if (!session) return notFound('unknown_session')
  if (part === 'errors') return ok({ errors: server.errors })
  if (part === 'events')
    return ok({
      rows: server.rows,
      by_category: byCategory(server.rows),
      next_cursor: null,
    })
  return ok(session)
}

function byCategory(rows: TimelineRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { event, category } of rows) if (event) counts[category] = (counts[category] ?? 0) + 1
  return counts
}

function notFound(code: string) {
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
