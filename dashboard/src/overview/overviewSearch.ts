/** The overview's part of the URL is what it is about, and nothing more. */

import { type FilterSearch, parseFilter } from '../search/filter'

export type OverviewSearch = FilterSearch

export function parseOverviewSearch(raw: Record<string, unknown>): OverviewSearch {
  return parseFilter(raw)
}
