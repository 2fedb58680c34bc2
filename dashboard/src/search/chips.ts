/** A search as its chips, and back. Pure: what a part means is for the server to say (`/search/parse`). */

import type { SearchChip } from '../api/types'

/** The search that these chips say together. */
export function textOf(chips: readonly SearchChip[]): string {
  return chips.map((chip) => chip.text).join(' ')
}

/** Where a chip stands in the text, in UTF-16 units. */
export function placeOf(chips: readonly SearchChip[], index: number): { start: number; end: number } {
  const before = textOf(chips.slice(0, index))
  const start = before === '' ? 0 : before.length + 1
  return { start, end: start + (chips[index]?.text.length ?? 0) }
}

export function without(chips: readonly SearchChip[], index: number): string {
  return textOf(chips.filter((_, place) => place !== index))
}

/** How a chip is shown: its sign, its field, the rest. `-page:/cart` → not, `page`, `/cart`. */
export function partsOf({ text, negated }: SearchChip): { not: boolean; field: string; rest: string } {
  const bare = negated ? text.replace(/^(-|NOT\s+)/, '') : text
  const match = /^([\p{L}_][\p{L}\p{N}_.$-]*:)(\S.*)$/u.exec(bare)
  // A sequence or a choice begins with a field too, which speaks only of its first part.
  const isOne = match !== null && !/\s(THEN|OR)\s(?![^(]*\))/.test(bare)
  return isOne ? { not: negated, field: match[1] ?? '', rest: match[2] ?? '' } : { not: negated, field: '', rest: bare }
}

/** A value as it is written after a field: in quotes where it would be read otherwise. */
export function quoted(value: string): string {
  const needsQuotes = value === '' || /[\s(){}"\\]/.test(value) || /^[<>=]|\.\./.test(value)
  return needsQuotes ? `"${value.replace(/["\\]/g, (sign) => `\\${sign}`)}"` : value
}

/** A clause for a number between two bounds, of which one may be open; nothing where both are. */
export function betweenClause(field: string, min: string, max: string): string | null {
  if (min !== '' && max !== '') return `${field}:${min}..${max}`
  if (min !== '') return `${field}:>=${min}`
  return max !== '' ? `${field}:<=${max}` : null
}
