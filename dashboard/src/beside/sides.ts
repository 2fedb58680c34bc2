/**
 * Two sets of sessions side by side, on any report: what the sides are, in an address and in the API's words.
 *
 *   ?a=q:device:mobile   the sessions that a search finds, such as a saved filter's; `q:` alone is all of them
 *   ?b=s:eNqr…           the sessions behind a number of a report, such as a segment's
 *
 * A side narrows the screen's own filter: its search is joined to the screen's, its selection takes the place of the
 * screen's, which a segment of a narrowed report already contains.
 */

import { type FilterSearch, joinSearches } from '../search/filter'

export type Side = { kind: 'search'; q: string } | { kind: 'selection'; selection: string }

export interface BesideSearch {
  a?: string
  b?: string
}

export const ALL_SESSIONS: Side = { kind: 'search', q: '' }

/** As it stands in an address. */
export function sideText(side: Side): string {
  return side.kind === 'search' ? `q:${side.q}` : `s:${side.selection}`
}

export function parseSide(value: unknown): Side | null {
  if (typeof value !== 'string') return null
  if (value.startsWith('q:')) return { kind: 'search', q: value.slice(2).trim() }
  return value.startsWith('s:') && value.length > 2 ? { kind: 'selection', selection: value.slice(2) } : null
}

export function parseBeside(raw: Record<string, unknown>): BesideSearch {
  const [a, b] = [parseSide(raw.a), parseSide(raw.b)]
  return { ...(a && { a: sideText(a) }), ...(b && { b: sideText(b) }) }
}

/** The comparison alone of a screen's search. */
export function besideOf({ a, b }: BesideSearch): BesideSearch {
  return { ...(a !== undefined && { a }), ...(b !== undefined && { b }) }
}

/** Both sides, once both are chosen. */
export function sidesOf({ a, b }: BesideSearch): readonly [Side, Side] | null {
  const [one, other] = [parseSide(a), parseSide(b)]
  return one && other ? [one, other] : null
}

export function withoutSides<Search extends BesideSearch>(search: Search): Search {
  const { a: _, b: __, ...rest } = search
  return rest as Search
}

/** The screen's search narrowed to one side. */
export function ofSide<Search extends FilterSearch & BesideSearch>(search: Search, side: Side): Search {
  const { filter: _, ...bare } = withoutSides(search)
  if (side.kind === 'selection') return { ...(bare as Search), selection: side.selection }
  const q = joinSearches(search.q, side.q)
  return { ...(bare as Search), ...(q && { q }) }
}

/** How far the second is from the first, as a part of the first. */
export function differenceOf(first: number | null | undefined, second: number | null | undefined): number | null {
  if (first === null || first === undefined || second === null || second === undefined || first === 0) return null
  return (second - first) / first
}

/** A row of either report, or of both. */
export interface Pair<Row> {
  key: string
  one: Row | null
  other: Row | null
}

/** The rows of two reports by what they are about; those that stand high in either come first. */
export function pairsOf<Row>(
  ones: readonly Row[],
  others: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Pair<Row>[] {
  const pairs = new Map<string, Pair<Row> & { rank: number }>()
  ones.forEach((one, rank) => {
    pairs.set(keyOf(one), { key: keyOf(one), one, other: null, rank })
  })
  others.forEach((other, rank) => {
    const key = keyOf(other)
    const known = pairs.get(key)
    if (known) pairs.set(key, { ...known, other, rank: Math.min(known.rank, rank) })
    else pairs.set(key, { key, one: null, other, rank })
  })
  return [...pairs.values()].sort((a, b) => a.rank - b.rank)
}
