/** The session page's part of the URL: the list it was opened from, what is shown, what is looked for, what is open. */

import type { Category, TimelineRow } from '../api/types'
import { CATEGORIES } from '../format/words'
import { type FilterSearch, parseFilter } from '../search/filter'
import { listOf } from '../sessions/listSearch'
import { type OrderSearch, parseOrder } from '../sessions/order'

export interface SessionSearch extends FilterSearch, OrderSearch {
  /** Categories shown, separated by commas, where they are not the default ones; `none` for none. */
  show?: string
  /** Text looked for. */
  find?: string
  /** Key of the open row. */
  open?: string
  /** The moment that is watched, in seconds from the session's start; the player is open where it is given. */
  at?: string
}

/** Measured, not done: left out until asked for. */
const HIDDEN_BY_DEFAULT: readonly Category[] = ['vital', 'attention']

export const DEFAULT_SHOWN: readonly Category[] = CATEGORIES.filter((category) => !HIDDEN_BY_DEFAULT.includes(category))

export function parseSessionSearch(raw: Record<string, unknown>): SessionSearch {
  const search: SessionSearch = { ...parseFilter(raw), ...parseOrder(raw) }
  if (typeof raw.show === 'string' && raw.show !== '') search.show = raw.show
  if (typeof raw.find === 'string' && raw.find !== '') search.find = raw.find
  if (typeof raw.open === 'string' && raw.open !== '') search.open = raw.open
  if (typeof raw.at === 'string' && /^-?\d+(\.\d+)?$/.test(raw.at)) search.at = raw.at
  return search
}

/** The moment that is watched, Unix ms. */
export function momentOf({ at }: SessionSearch, start: number): number | null {
  return at === undefined ? null : start + Math.round(Number(at) * 1000)
}

/** As it stands in the URL: `95.2`. */
export const momentParam = (at: number, start: number): string => String(Math.round((at - start) / 100) / 10)

/** The list's part alone. */
export function listSearch(search: SessionSearch): FilterSearch & OrderSearch {
  return listOf(search)
}

/** Categories that are shown; unknown names are left out. */
export function shownOf(search: SessionSearch): ReadonlySet<Category> {
  if (search.show === undefined) return new Set(DEFAULT_SHOWN)
  const names = search.show.split(',')
  return new Set(CATEGORIES.filter((category) => names.includes(category)))
}

/** As it stands in the URL: nothing where it is the default. */
export function showParam(shown: ReadonlySet<Category>): string | undefined {
  const isDefault = shown.size === DEFAULT_SHOWN.length && DEFAULT_SHOWN.every((one) => shown.has(one))
  if (isDefault) return undefined
  const names = CATEGORIES.filter((category) => shown.has(category))
  return names.length > 0 ? names.join(',') : 'none'
}

/** Names a row, also across readings: the event's tab and number. */
export function rowKey(row: TimelineRow): string {
  return row.event ? `${row.event.tab_id}.${row.event.seq}` : row.line
}
