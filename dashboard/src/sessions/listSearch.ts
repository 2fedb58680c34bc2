/**
 * The list's part of the URL: what it is about (search/filter.ts), its order, its columns, the row that is open.
 */

import type { QueryParams } from '../api/client'
import { type FilterSearch, filterOf, filterParams, parseFilter } from '../search/filter'
import { type ColumnId, columnsParam, DEFAULT_COLUMNS, keptColumns, parseColumns } from './columns'
import { type OrderSearch, orderParams, parseOrder } from './order'

export interface SessionsSearch extends FilterSearch, OrderSearch {
  /** Columns in their order, separated by commas, where they are not the usual ones. */
  columns?: string
  /** Id of the session whose row is open. */
  row?: string
}

export function parseSessionsSearch(raw: Record<string, unknown>): SessionsSearch {
  const columns = parseColumns(raw.columns)
  const param = columns && columnsParam(columns)
  return {
    ...parseFilter(raw),
    ...parseOrder(raw),
    ...(param && { columns: param }),
    ...(typeof raw.row === 'string' && raw.row !== '' && { row: raw.row }),
  }
}

/** What decides which sessions the list has, and in what order: all that a session needs to know its neighbours. */
export function listOf(search: SessionsSearch): FilterSearch & OrderSearch {
  const { sort, order } = search
  return { ...filterOf(search), ...(sort && { sort }), ...(order && { order }) }
}

/** In the API's words. */
export function listParams(search: SessionsSearch): QueryParams {
  return { ...filterParams(search), ...orderParams(search) }
}

/** The columns to show: the link's, or the ones kept in this browser, or the usual ones. */
export function columnsOf(search: SessionsSearch): readonly ColumnId[] {
  return parseColumns(search.columns) ?? keptColumns() ?? DEFAULT_COLUMNS
}
