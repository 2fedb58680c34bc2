/**
 * The filter of the screen that is shown, and the way to change it. A screen that has none of its own, such as a
 * session's, shows the one it was opened with; changing it there leads to the list.
 */

import { useMatches, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { parseSessionsSearch } from '../sessions/listSearch'
import { type FilterSearch, filterOf, parseFilter } from './filter'

export interface ScreenFilter {
  filter: FilterSearch
  setFilter: (next: FilterSearch) => void
}

/** Screens that have a filter of their own, besides the list. */
const REPORTS = [
  '/sites/$site/overview',
  '/sites/$site/journeys',
  '/sites/$site/errors',
  '/sites/$site/pages',
  '/sites/$site/metrics',
] as const

/** What of a report's address is about rows that another filter may not have. */
const OF_ROWS = ['group', 'row']

export function useFilter(site: string): ScreenFilter {
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const report = useMatches({ select: (all) => REPORTS.find((one) => all.some((match) => match.routeId === one)) })
  const filter = useMemo(() => filterOf(parseFilter(raw)), [raw])
  const setFilter = (next: FilterSearch) => {
    if (report) {
      const ofFilter = Object.keys(filter)
      const own = Object.entries(raw).filter(([name]) => !ofFilter.includes(name) && !OF_ROWS.includes(name))
      void navigate({ to: report, params: { site }, search: { ...Object.fromEntries(own), ...next } as FilterSearch })
      return
    }
    const { sort, order, columns } = parseSessionsSearch(raw)
    void navigate({
      to: '/sites/$site/sessions',
      params: { site },
      search: { ...next, ...(sort && { sort }), ...(order && { order }), ...(columns && { columns }) },
    })
  }
  return { filter, setFilter }
}
