/** What the numbers of a report are of: the site, the filter, and the range that was answered. Doors need all three. */

import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { ReportRange } from '../api/reportTypes'
import type { FilterSearch } from '../search/filter'

export interface Scope {
  site: string
  timeZone: string
  filter: FilterSearch
  range: ReportRange
}

const ScopeContext = createContext<Scope | null>(null)

export function ReportScope({ site, timeZone, filter, range, children }: Scope & { children: ReactNode }) {
  const scope = useMemo(() => ({ site, timeZone, filter, range }), [site, timeZone, filter, range])
  return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>
}

export function useScope(): Scope {
  const scope = useContext(ScopeContext)
  if (!scope) throw new Error('a door stands outside of a report')
  return scope
}
