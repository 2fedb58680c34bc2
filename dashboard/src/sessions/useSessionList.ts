/**
 * The list as it is read and as it changes: pages on demand, rows renewed in place, new sessions held back until the
 * reader is at the top and looking elsewhere, so that nothing moves under the pointer.
 *
 * Where a new session's place cannot be told here (another order, or a search, which only the server understands), the
 * list is never put together in the browser: the server is asked how many have come, and the list is read again.
 */

import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLive } from '../api/live'
import { countSessions, newestSessionQuery, sessionQuery, sessionsKey, sessionsQuery } from '../api/queries'
import type { Session, SessionPage } from '../api/types'
import { isDrawn } from '../search/range'
import { listParams, type SessionsSearch } from './listSearch'
import { belongs, insertRows, replaceRow, rowsOf } from './livePages'
import { isDefaultOrder, newestFirst } from './order'

/** The server is asked for the number of a list at most this often. */
const COUNT_EVERY_MS = 4_000

type Pages = InfiniteData<SessionPage, string | null>

export interface SessionListOptions {
  site: string
  search: SessionsSearch
  /** Whether rows may be put on top right now. */
  mayInsert: () => boolean
}

export function useSessionList({ site, search, mayInsert }: SessionListOptions) {
  const client = useQueryClient()
  const options = sessionsQuery(site, listParams(search))
  const listKey = JSON.stringify(options.queryKey)
  const query = useInfiniteQuery(options)
  const { data, isPlaceholderData } = query
  const rows = useMemo(() => rowsOf(data), [data])

  const [waiting, setWaiting] = useState<{
    listKey: string
    sessions: Session[]
  }>({ listKey, sessions: [] })
  const held = waiting.listKey === listKey ? waiting.sessions : []

  const insert = useCallback(
    (sessions: readonly Session[]) => {
      client.setQueryData<Pages>(options.queryKey, (pages) => pages && insertRows(pages, sessions))
    },
    [client, options.queryKey],
  )

  const canInsert = isDefaultOrder(search) && search.q === undefined && search.selection === undefined
  const total = data?.pages[0]?.total
  const more = useMore({ site, search, listKey, total })

  const showHeld = useCallback(() => {
    if (!canInsert) {
      // From the top, and the first page alone: what is read further down is of the old order.
      void client.resetQueries({ queryKey: options.queryKey })
      return
    }
    insert(held)
    setWaiting({ listKey, sessions: [] })
  }, [canInsert, client, options.queryKey, held, insert, listKey])

  const isNew = (session: Session): boolean => {
    const first = data?.pages[0]
    if (!first || isPlaceholderData || rows.some((row) => row.id === session.id)) return false
    const { from, to } = first.range
    if (
      !belongs(session, {
        from,
        to,
        endsNow: !search.to,
        bots: search.bots === 'include',
      })
    )
      return false
    if (!canInsert) return true
    // Older than the last row read: it may be on a page that is not read yet, so it is not news.
    const last = rows.at(-1)
    return !query.hasNextPage || last === undefined || session.start > last.start
  }

  useLive(site, {
    onSession: (session) => {
      client.setQueryData(sessionQuery(site, session.id).queryKey, session)
      client.setQueriesData<Pages>({ queryKey: sessionsKey(site) }, (pages) => pages && replaceRow(pages, session))
      // The first session of a site ends the empty state.
      client.setQueryData(newestSessionQuery(site).queryKey, (newest) => newest ?? session)
      if (!isNew(session)) return
      if (!canInsert) {
        more.ask()
        return
      }
      if (held.length === 0 && mayInsert()) {
        insert([session])
        return
      }
      // Several may come before the next render: each adds to what the one before it left.
      setWaiting((before) => {
        const others = before.listKey === listKey ? before.sessions.filter((other) => other.id !== session.id) : []
        return { listKey, sessions: [...others, session].sort(newestFirst) }
      })
    },
    onResync: () => void client.invalidateQueries({ queryKey: sessionsKey(site) }),
  })

  // A session held back that has come with a page read meanwhile is no longer news.
  useEffect(() => {
    if (held.some((session) => rows.some((row) => row.id === session.id))) {
      setWaiting({
        listKey,
        sessions: held.filter((session) => !rows.some((row) => row.id === session.id)),
      })
    }
  }, [held, rows, listKey])

  return {
    query,
    rows,
    total,
    /** What the range was when it was read, Unix ms. */
    range: data?.pages[0]?.range,
    withErrors: data?.pages[0]?.with_errors ?? 0,
    nHeld: canInsert ? held.length : more.n,
    showHeld,
    listKey,
  }
}

interface MoreOptions {
  site: string
  search: SessionsSearch
  listKey: string
  total: number | undefined
}

/** How many sessions more than were read the list has by now, as the server counts them. */
function useMore({ site, search, listKey, total }: MoreOptions) {
  const [counted, setCounted] = useState({ listKey, total: 0 })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  // A timer belongs to the list it was started for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: ended with the list.
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
      timer.current = null
    },
    [listKey],
  )
  const ask = () => {
    // A range that was drawn is over; its numbers no longer grow.
    if (timer.current || (isDrawn(search) && search.to)) return
    timer.current = setTimeout(() => {
      timer.current = null
      countSessions(site, listParams(search)).then(
        (now) => setCounted({ listKey, total: now }),
        // Not known this time; the next change asks again.
        () => undefined,
      )
    }, COUNT_EVERY_MS)
  }
  const n = counted.listKey === listKey && total !== undefined ? Math.max(0, counted.total - total) : 0
  return { n, ask }
}
