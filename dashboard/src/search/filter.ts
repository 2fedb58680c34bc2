/**
 * What every report is about: a time range, a search, whether bots count, and the sessions behind a number. It stands in the URL, the same on every
 * screen, so that a link carries it from one report to the next.
 *
 * In the URL: the range (see range.ts), `&q=page:/checkout has:errors`, `&filter=ID` (the saved filter it began as),
 * `&bots=include`, `&selection=…` (the sessions behind a number of a report, as the API wrote it).
 */

import type { QueryParams } from '../api/client'
import { parseRange, type RangeSearch, rangeParams } from './range'

export interface FilterSearch extends RangeSearch {
  /** The search as text; left out where it is empty. */
  q?: string
  /** Id of the saved filter that was chosen; the search may have been changed since. */
  filter?: string
  bots?: 'include'
  /** The sessions behind a number of a report; opaque. */
  selection?: string
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

/** Reads a URL's filter; what makes no sense is left out. A search that cannot be read stays, to be mended. */
export function parseFilter(raw: Record<string, unknown>): FilterSearch {
  const q = text(raw.q)
  const filter = text(raw.filter)
  const selection = text(raw.selection)
  return {
    ...parseRange(raw),
    ...(q && { q }),
    ...(filter && { filter }),
    ...(raw.bots === 'include' && { bots: 'include' as const }),
    ...(selection && { selection }),
  }
}

/** The filter alone of a screen's search. */
export function filterOf({ last, from, to, q, filter, bots, selection }: FilterSearch): FilterSearch {
  return {
    ...(last && { last }),
    ...(from && { from }),
    ...(to && { to }),
    ...(q && { q }),
    ...(filter && { filter }),
    ...(bots && { bots }),
    ...(selection && { selection }),
  }
}

/** In the API's words. */
export function filterParams(search: FilterSearch): QueryParams {
  const { q, bots, selection } = search
  return { ...rangeParams(search), ...(q && { q }), ...(bots && { bots }), ...(selection && { selection }) }
}

/** The same without the narrowing to the sessions behind a number. */
export function withoutSelection<Search extends FilterSearch>(search: Search): Search {
  const { selection: _, ...rest } = search
  return rest as Search
}

/** The same with another search; an empty one is left out, and with it the saved filter. */
export function withSearch<Search extends FilterSearch>(search: Search, q: string): Search {
  const { q: _, filter, ...rest } = search
  const trimmed = q.trim()
  // What is left of the screen's search, and the text in its words.
  return { ...rest, ...(trimmed !== '' && { q: trimmed, ...(filter && { filter }) }) } as Search
}

/** A search that asks for all of them. */
export function joinSearches(...parts: (string | undefined)[]): string {
  const written = parts.map((part) => part?.trim() ?? '').filter((part) => part !== '')
  if (written.length < 2) return written[0] ?? ''
  // OR and THEN would otherwise bind what is beside them; parentheses too many are dropped by the parser.
  return written.map((part) => (/\s(OR|THEN)\s/.test(part) ? `(${part})` : part)).join(' ')
}
