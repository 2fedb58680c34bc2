/** What the list is sorted by: the URL's words, the API's words, and people's. */

import type { QueryParams } from '../api/client'
import type { Session } from '../api/types'

export const SORT_KEYS = [
  'start',
  'duration',
  'active',
  'pages',
  'events',
  'clicks',
  'requests',
  'failed_requests',
  'errors',
  'rage_clicks',
  'dead_clicks',
  'load',
] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface Order {
  sort: SortKey
  ascending: boolean
}

export const DEFAULT_ORDER: Order = { sort: 'start', ascending: false }

/** In the URL: `?sort=duration&order=asc`; nothing where it is the default. */
export interface OrderSearch {
  sort?: SortKey
  order?: 'asc'
}

export function parseOrder(raw: Record<string, unknown>): OrderSearch {
  const sort = SORT_KEYS.find((key) => key === raw.sort)
  return {
    ...(sort && sort !== DEFAULT_ORDER.sort && { sort }),
    ...(raw.order === 'asc' && { order: 'asc' as const }),
  }
}

export function orderOf({ sort, order }: OrderSearch): Order {
  return { sort: sort ?? DEFAULT_ORDER.sort, ascending: order === 'asc' }
}

export function orderSearch({ sort, ascending }: Order): OrderSearch {
  return { ...(sort !== DEFAULT_ORDER.sort && { sort }), ...(ascending && { order: 'asc' as const }) }
}

/** The same screen in another order. */
export function withOrder<Search extends OrderSearch>(search: Search, order: Order): Search {
  const { sort: _, order: __, ...rest } = search
  // What is left of the screen's search, and the order in its words.
  return { ...rest, ...orderSearch(order) } as Search
}

/** A key chosen: the greatest first, and the other way round where it was chosen already. */
export function chosenOrder(before: Order, sort: SortKey): Order {
  return { sort, ascending: before.sort === sort ? !before.ascending : false }
}

export function orderParams(search: OrderSearch): QueryParams {
  return { ...(search.sort && { sort: search.sort }), ...(search.order && { order: search.order }) }
}

export function isDefaultOrder({ sort, order }: OrderSearch): boolean {
  return sort === undefined && order === undefined
}

/** As a choice: the greatest first, the smallest first. */
export const ORDER_WORDS: Record<SortKey, { descending: string; ascending: string }> = {
  start: { descending: 'Most recent', ascending: 'Oldest' },
  duration: { descending: 'Longest', ascending: 'Shortest' },
  active: { descending: 'Most active time', ascending: 'Least active time' },
  pages: { descending: 'Most pages', ascending: 'Fewest pages' },
  events: { descending: 'Most events', ascending: 'Fewest events' },
  clicks: { descending: 'Most clicks', ascending: 'Fewest clicks' },
  requests: { descending: 'Most requests', ascending: 'Fewest requests' },
  failed_requests: { descending: 'Most failed requests', ascending: 'Fewest failed requests' },
  errors: { descending: 'Most errors', ascending: 'Fewest errors' },
  rage_clicks: { descending: 'Most rage clicks', ascending: 'Fewest rage clicks' },
  dead_clicks: { descending: 'Most dead clicks', ascending: 'Fewest dead clicks' },
  load: { descending: 'Slowest load', ascending: 'Fastest load' },
}

export function orderWords({ sort, ascending }: Order): string {
  const words = ORDER_WORDS[sort]
  return ascending ? words.ascending : words.descending
}

/** Newest first, as the list is when nothing else is asked for: by start, then id, both falling. */
export function newestFirst(a: Session, b: Session): number {
  return b.start - a.start || (b.id > a.id ? 1 : -1)
}
