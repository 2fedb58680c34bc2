/**
 * The pages' part of the URL.
 *
 *   ?view=endpoints|vitals   the tab; pages where it is left out
 *   ?sort=load_p75           order of the rows, where not by views or calls
 *   ?limit=500               more rows
 *   ?route=/checkout         the page whose web vitals are told
 *   ?vital=LCP               the one that is told in full
 *   ?a=…&b=…                 two sets of sessions side by side (beside/sides.ts)
 */

import type { QueryParams } from '../api/client'
import type { VitalName } from '../api/types'
import { type BesideSearch, parseBeside } from '../beside/sides'
import { type FilterSearch, filterParams, parseFilter } from '../search/filter'

export const FIRST_ROWS = 50
export const MOST_ROWS = 500
export const VITALS: readonly VitalName[] = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB']

export interface PagesSearch extends FilterSearch, BesideSearch {
  view?: 'endpoints' | 'vitals'
  sort?: string
  limit?: string
  route?: string
  vital?: VitalName
}

export function parsePagesSearch(raw: Record<string, unknown>): PagesSearch {
  const view = (['endpoints', 'vitals'] as const).find((one) => one === raw.view)
  const vital = VITALS.find((one) => one === raw.vital)
  const sort = typeof raw.sort === 'string' && /^[a-z][a-z0-9_]*$/.test(raw.sort) ? raw.sort : null
  return {
    ...parseFilter(raw),
    ...parseBeside(raw),
    ...(view && { view }),
    ...(sort && { sort }),
    ...(raw.limit === String(MOST_ROWS) && { limit: String(MOST_ROWS) }),
    ...(typeof raw.route === 'string' && raw.route !== '' && { route: raw.route }),
    ...(vital && vital !== 'LCP' && { vital }),
  }
}

export const limitOf = (search: PagesSearch): number => (search.limit ? MOST_ROWS : FIRST_ROWS)

/** Pages and endpoints in the API's words. */
export function rowsParams(search: PagesSearch): QueryParams {
  return { ...filterParams(search), limit: limitOf(search) }
}

/** Web vitals in the API's words. */
export function vitalsParams(search: PagesSearch): QueryParams {
  return { ...filterParams(search), ...(search.route && { route: search.route }) }
}

/** Rows with the greatest first; what has no value comes last. */
export function byValue<Row>(rows: readonly Row[], reading: ((row: Row) => number | null) | undefined): readonly Row[] {
  if (!reading) return rows
  const place = (row: Row) => reading(row) ?? Number.NEGATIVE_INFINITY
  return [...rows].sort((one, other) => place(other) - place(one))
}
