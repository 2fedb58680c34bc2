/**
 * The filter of the screen that is shown, and the way to change it. A screen that has none of its own, such as a
 * session's, shows the one it was opened with; changing it there leads to the list.
 */

import { useMatch, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { parseSessionsSearch } from '../sessions/listSearch'
import { type FilterSearch, filterOf, parseFilter } from './filter'

export interface ScreenFilter {
  filter: FilterSearch
  setFilter: (next: FilterSearch) => void
}

export function useFilter(site: string): ScreenFilter {
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const onErrors = useMatch({ from: '/sites/$site/errors', shouldThrow: false }) !== undefined
  const filter = useMemo(() => filterOf(parseFilter(raw)), [raw])
  const setFilter = (next: FilterSearch) => {
    if (onErrors) {
      const { sort } = raw
      const search = { ...next, ...(typeof sort === 'string' && { sort }) }
      void navigate({ to: '/sites/$site/errors', params: { site }, search: search as FilterSearch })
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
