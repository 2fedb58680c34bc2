/** What a live update does to a list that is already read. Pure: pages in, pages out. */

import type { InfiniteData } from '@tanstack/react-query'
import type { Session, SessionPage } from '../api/types'
import { newestFirst } from './order'

export type SessionPages = InfiniteData<SessionPage, string | null>

/** All rows in order. Two pages never share a session, but a page read again may have gained one. */
export function rowsOf(pages: Pick<SessionPages, 'pages'> | undefined): Session[] {
  if (!pages) return []
  const seen = new Set<string>()
  const rows: Session[] = []
  for (const page of pages.pages) {
    for (const session of page.sessions) {
      if (seen.has(session.id)) continue
      seen.add(session.id)
      rows.push(session)
    }
  }
  return rows
}

/** The session's row in its place; the same object where it has none. */
export function replaceRow(pages: SessionPages, session: Session): SessionPages {
  const old = pages.pages.flatMap((page) => page.sessions).find((row) => row.id === session.id)
  if (!old) return pages
  const newErrors = Number(session.counts.errors > 0) - Number(old.counts.errors > 0)
  return {
    ...pages,
    pages: pages.pages.map((page) => {
      const isThere = page.sessions.includes(old)
      if (!isThere && newErrors === 0) return page
      return {
        ...page,
        with_errors: page.with_errors + newErrors,
        sessions: isThere ? page.sessions.map((row) => (row === old ? session : row)) : page.sessions,
      }
    }),
  }
}

/** New sessions on top, newest first; those that are there already are only renewed. */
export function insertRows(pages: SessionPages, sessions: readonly Session[]): SessionPages {
  let next = pages
  const fresh: Session[] = []
  for (const session of sessions) {
    const replaced = replaceRow(next, session)
    if (replaced === next) fresh.push(session)
    next = replaced
  }
  const [first, ...rest] = next.pages
  if (!first || fresh.length === 0) return next
  const merged = [...first.sessions, ...fresh].sort(newestFirst)
  const grown = {
    ...first,
    sessions: merged,
    total: first.total + fresh.length,
    with_errors: first.with_errors + fresh.filter((session) => session.counts.errors > 0).length,
  }
  return { ...next, pages: [grown, ...rest] }
}

/** Whether a session that just appeared belongs to the list: its start in the range, its bots wanted. */
export function belongs(
  session: Session,
  list: { from: number; endsNow: boolean; to: number; bots: boolean },
): boolean {
  if (session.bot && !list.bots) return false
  return session.start >= list.from && (list.endsNow || session.start < list.to)
}
