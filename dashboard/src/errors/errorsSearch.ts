/** The errors page's part of the URL: what it is about (search/filter.ts), its order, the group that is open. */

import type { QueryParams } from '../api/client'
import { type FilterSearch, filterParams, parseFilter } from '../search/filter'

export const GROUP_SORTS = ['sessions', 'events', 'users', 'last_seen', 'first_seen'] as const
export type GroupSort = (typeof GROUP_SORTS)[number]

export interface ErrorsSearch extends FilterSearch {
  /** `sessions` where it is left out; the greatest, or newest, first. */
  sort?: GroupSort
  /** Id of the group that is open. */
  group?: string
}

export function parseErrorsSearch(raw: Record<string, unknown>): ErrorsSearch {
  const sort = GROUP_SORTS.find((one) => one === raw.sort)
  return {
    ...parseFilter(raw),
    ...(sort && sort !== 'sessions' && { sort }),
    ...(typeof raw.group === 'string' && raw.group !== '' && { group: raw.group }),
  }
}

/** In the API's words. */
export function errorsParams(search: ErrorsSearch): QueryParams {
  return { ...filterParams(search), ...(search.sort && { sort: search.sort }) }
}

/** The search for the sessions with an error of a group. */
export function groupSearch(groupId: string): string {
  return `error.group:${groupId}`
}
