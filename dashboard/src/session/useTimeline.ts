/**
 * A session's whole timeline, read page by page, and its growth while the session is live.
 */

import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { errorsQuery, fetchTimelinePage, timelineQuery } from '../api/queries'
import { countsOf, isIncomplete, replaceTail, rowsOf, type TimelinePages, totalOf } from './timeline'

/** Pages read by themselves: 20,000 rows. Past them a button reads on, so that no session can fill the memory unasked. */
const AUTO_PAGES = 20

export function useTimeline(site: string, id: string) {
  const client = useQueryClient()
  const options = timelineQuery(site, id)
  const query = useInfiniteQuery({ ...options, staleTime: 60_000 })
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query

  const nPages = data?.pages.length ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && nPages < AUTO_PAGES) void fetchNextPage()
  }, [hasNextPage, isFetching, isError, nPages, fetchNextPage])

  // One reading of the tail at a time; a change that comes meanwhile asks for one more after it.
  const reading = useRef<{ again: boolean } | null>(null)
  const refreshTail = useCallback(async () => {
    const key = timelineQuery(site, id).queryKey
    if (reading.current) {
      reading.current.again = true
      return
    }
    const state = { again: false }
    reading.current = state
    try {
      do {
        state.again = false
        const pages = client.getQueryData<TimelinePages>(key)
        if (!pages) return
        const tail = await fetchTimelinePage(site, id, pages.pageParams.at(-1) ?? null)
        const grown = client.setQueryData<TimelinePages>(key, (old) => old && replaceTail(old, tail))
        if (grown && isIncomplete(grown)) await client.invalidateQueries({ queryKey: key })
      } while (state.again)
      await client.invalidateQueries({
        queryKey: errorsQuery(site, id).queryKey,
      })
    } catch {
      // What is shown stays; the next change, or the next resync, reads it again.
    } finally {
      reading.current = null
    }
  }, [client, site, id])

  const rows = useMemo(() => rowsOf(data), [data])
  return {
    query,
    rows,
    counts: countsOf(data),
    total: totalOf(data),
    refreshTail,
  }
}
