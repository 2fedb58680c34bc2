/**
 * The list as it is read and as it changes: pages on demand, rows renewed in place, new sessions held back until the
 * reader is at the top and looking elsewhere, so that nothing moves under the pointer.
 */

import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useLive } from '../api/live'
import { newestSessionQuery, sessionQuery, sessionsKey, sessionsQuery } from '../api/queries'
import type { Session, SessionPage } from '../api/types'
import { belongs, insertRows, newestFirst, replaceRow, rowsOf } from './livePages'
import { type SessionsSearch, toParams } from './range'

type Pages = InfiniteData<SessionPage, string | null>

export interface SessionListOptions {
  site: string
  search: SessionsSearch
  /** Whether rows may be put on top right now. */
  mayInsert: () => boolean
}

export function useSessionList({ site, search, mayInsert }: SessionListOptions) {
  const client = useQueryClient()
  const options = sessionsQuery(site, toParams(search))
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

  const showHeld = useCallback(() => {
    insert(held)
    setWaiting({ listKey, sessions: [] })
  }, [held, insert, listKey])

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
    total: data?.pages[0]?.total,
    withErrors: data?.pages[0]?.with_errors ?? 0,
    nHeld: held.length,
    showHeld,
    listKey,
  }
}
