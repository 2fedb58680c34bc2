/** The sessions above and below in the list that the page was opened from, and the place in it. */

import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { sessionsQuery } from '../api/queries'
import { listParams, type SessionsSearch } from '../sessions/listSearch'
import { rowsOf } from '../sessions/livePages'

/** Read on when this near to the end of what is read. */
const AHEAD = 3

export interface Neighbours {
  newer: string | null
  older: string | null
  /** From 1; `null` where the session is not on the list's pages read so far. */
  position: number | null
  total: number
  listKey: string
}

export function useNeighbours(site: string | null, search: SessionsSearch, id: string): Neighbours {
  const options = sessionsQuery(site ?? '-', listParams(search))
  const query = useInfiniteQuery({
    ...options,
    enabled: site !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { data, hasNextPage, isFetching, fetchNextPage } = query
  const rows = useMemo(() => rowsOf(data), [data])
  const index = rows.findIndex((row) => row.id === id)
  const wantsMore = index >= 0 && index >= rows.length - AHEAD && hasNextPage && !isFetching
  useEffect(() => {
    if (wantsMore) void fetchNextPage()
  }, [wantsMore, fetchNextPage])
  return {
    newer: index > 0 ? (rows[index - 1]?.id ?? null) : null,
    older: index >= 0 ? (rows[index + 1]?.id ?? null) : null,
    position: index >= 0 ? index + 1 : null,
    total: data?.pages[0]?.total ?? 0,
    listKey: JSON.stringify(options.queryKey),
  }
}
