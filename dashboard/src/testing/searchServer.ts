/**
 * Answers of search for tests. It reads the least of the language that tests need: parts between spaces, `user:`,
 * `has:errors`, `duration:>…m` and their negations. What a search means is tested where it is implemented.
 */

import type { Completions, ErrorGroup, SavedFilter, SearchChip, Session } from '../api/types'

export interface SearchAnswers {
  filters: SavedFilter[]
  groups: ErrorGroup[]
  /** Completions by what is typed before the caret; nothing where it is not here. */
  completions: Record<string, Completions>
}

export interface Answer {
  status: number
  body: unknown
}

const ok = (body: unknown): Answer => ({ status: 200, body })

const FIELDS: readonly string[] = ['user', 'has', 'is', 'duration', 'page', 'error.group', 'session']

/** Parts that are bound by AND, as they are written. */
export function partsOf(q: string): string[] {
  return q.match(/-?[\w.]+:\([^)]*\)|\S+/g) ?? []
}

function finds(part: string, session: Session): boolean {
  if (part.startsWith('-')) return !finds(part.slice(1), session)
  if (part === 'has:errors') return session.counts.errors > 0
  const [, field, value = ''] = /^([\w.]+):(.*)$/.exec(part) ?? []
  if (field === 'user') return session.user?.id === value.replaceAll('"', '')
  if (field === 'duration') return session.duration_ms > Number.parseInt(value.replace('>', ''), 10) * 60_000
  return field !== 'page'
}

export function matching(sessions: readonly Session[], q: string): Session[] {
  const parts = partsOf(q)
  return sessions.filter((session) => parts.every((part) => finds(part, session)))
}

/** What is said of a search with a field that does not exist; nothing of others. */
export function invalid(q: string): Answer | null {
  const wrong = /(?:^|\s)-?([\w.]+):/g
  for (const match of q.matchAll(wrong)) {
    const field = match[1] ?? ''
    if (FIELDS.includes(field)) continue
    const start = Array.from(q.slice(0, (match.index ?? 0) + match[0].indexOf(field))).length
    const end = start + field.length
    return {
      status: 400,
      body: {
        code: 'invalid_search',
        message: `there is no field ${field}`,
        hint: 'see the fields',
        request_id: 'req-400',
        start,
        end,
        suggestion: { start, end, text: 'duration' },
      },
    }
  }
  return null
}

const chip = (text: string): SearchChip => ({ text, negated: text.startsWith('-') })

/** `GET /search/…`. */
export function searchAnswer(
  what: string,
  params: URLSearchParams,
  sessions: Session[],
  answers: SearchAnswers,
): Answer {
  const q = params.get('q') ?? ''
  if (what === 'complete') {
    const before = Array.from(params.get('text') ?? '')
      .slice(0, Number(params.get('at')))
      .join('')
    return ok(answers.completions[before] ?? { start: 0, end: 0, items: [] })
  }
  const wrong = invalid(q)
  if (wrong) return wrong
  const parts = partsOf(q).filter((part) => part !== 'AND')
  if (what === 'parse') return ok({ q: parts.join(' '), chips: parts.map(chip) })
  return ok({
    total: matching(sessions, q).length,
    clauses: parts.map((text, index) => ({
      ...chip(text),
      sessions: matching(sessions, text.replace(/^-/, '')).length,
      without: matching(sessions, parts.filter((_, place) => place !== index).join(' ')).length,
    })),
  })
}

/** Four bars of an hour, from the first session on. */
export function histogramAnswer(sessions: readonly Session[]): Answer {
  const hour = 3_600_000
  const first = Math.floor(Math.min(Date.now(), ...sessions.map((session) => session.start)) / hour) * hour
  const buckets = [0, 1, 2, 3].map((index) => {
    const from = first + index * hour
    const inIt = sessions.filter((session) => session.start >= from && session.start < from + hour)
    return {
      from,
      to: from + hour,
      sessions: inIt.length,
      with_errors: inIt.filter((session) => session.counts.errors > 0).length,
    }
  })
  return ok({ range: { from: first, to: first + 4 * hour, time_zone: 'Europe/Berlin' }, buckets })
}

const SORTS: Record<string, (session: Session) => number> = {
  start: (session) => session.start,
  duration: (session) => session.duration_ms,
  pages: (session) => session.counts.page_views,
  errors: (session) => session.counts.errors,
}

export function sorted(sessions: readonly Session[], params: URLSearchParams): Session[] {
  const key = SORTS[params.get('sort') ?? 'start'] ?? (() => 0)
  const sign = params.get('order') === 'asc' ? 1 : -1
  return [...sessions].sort((a, b) => sign * (key(a) - key(b)))
}
