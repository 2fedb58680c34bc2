/**
 * The time range: the URL's words, the API's words, and people's.
 *
 * In the URL: `?last=24h`, or `?from=2026-11-01&to=2026-11-07` (days where the site lives, both included), or
 * `?from=2026-11-01T09:00:00Z&to=2026-11-01T10:00:00Z` (instants, the end excluded: a part of a histogram). Nothing at
 * all means the default range.
 */

import type { QueryParams } from '../api/client'
import { clock, dayKey } from '../format/times'

export const PRESETS = ['1h', '24h', '7d', '30d'] as const
export type Preset = (typeof PRESETS)[number]
export const DEFAULT_PRESET: Preset = '7d'

const PRESET_WORDS: Record<Preset, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
}

export interface RangeSearch {
  /** A span until now; any number of `m`, `h`, `d`. */
  last?: string
  /** First day, `2026-11-01`; or an instant, `2026-11-01T09:00:00Z`. */
  from?: string
  /** Last day, included; or an instant, excluded. */
  to?: string
}

const UNIT_WORDS = { m: 'minute', h: 'hour', d: 'day' } as const
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function parseSpan(text: string): { n: number; unit: keyof typeof UNIT_MS } | null {
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(text)
  return match ? { n: Number(match[1]), unit: match[2] as keyof typeof UNIT_MS } : null
}

/** A day that exists: `2026-02-30` does not. */
function parseDay(text: unknown): string | null {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null
}

/** An instant that exists, to the second or the millisecond. */
function parseInstant(text: unknown): string | null {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.test(text)) return null
  const at = Date.parse(text)
  return !Number.isNaN(at) && toInstant(at) === text ? text : null
}

/** Unix ms as it stands in the URL: to the second, where it is a whole one. */
export function toInstant(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** Whether the range was drawn, to the minute, and not chosen in days. */
export function isDrawn(search: RangeSearch): boolean {
  return parseInstant(search.from) !== null
}

/** Reads a URL's range; what makes no sense is left out, so that a mistyped link still opens. */
export function parseRange(raw: Record<string, unknown>): RangeSearch {
  for (const parse of [parseDay, parseInstant]) {
    const from = parse(raw.from)
    if (!from) continue
    const to = parse(raw.to)
    if (!to) return { from }
    return Date.parse(to) < Date.parse(from) ? { from: to, to: from } : { from, to }
  }
  const span = typeof raw.last === 'string' && parseSpan(raw.last) ? raw.last : null
  return span && span !== DEFAULT_PRESET ? { last: span } : {}
}

/** In the API's words. */
export function rangeParams({ from, to, last }: RangeSearch): QueryParams {
  return from ? { from, to: to ?? null } : { last: last ?? DEFAULT_PRESET }
}

/** The preset that is chosen, if one is. */
export function presetOf(search: RangeSearch): Preset | null {
  if (search.from) return null
  const last = search.last ?? DEFAULT_PRESET
  return PRESETS.find((preset) => preset === last) ?? null
}

/** `2026-11-01` → `1 Nov 2026`, without asking any time zone. */
export function dayWords(dayText: string): string {
  return new Intl.DateTimeFormat(undefined, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(new Date(`${dayText}T00:00:00Z`))
}

/** A drawn range: `23 Nov 2026, 10:00 – 12:00`. */
function drawnWords(from: string, to: string | undefined, timeZone: string): string {
  const first = Date.parse(from)
  const minute = (at: number) => clock(at, timeZone).slice(0, 5)
  const day = (at: number) => dayWords(dayKey(at, timeZone))
  const start = `${day(first)}, ${minute(first)}`
  if (!to) return start
  const last = Date.parse(to)
  return dayKey(first, timeZone) === dayKey(last, timeZone)
    ? `${start} – ${minute(last)}`
    : `${start} – ${day(last)}, ${minute(last)}`
}

/** On the button: `Last 7 days`, `1 Nov 2026 – 7 Nov 2026`. */
export function rangeLabel(search: RangeSearch, timeZone = 'UTC'): string {
  const { from, to } = search
  if (from) {
    if (isDrawn(search)) return to ? drawnWords(from, to, timeZone) : `Since ${drawnWords(from, to, timeZone)}`
    if (!to) return `Since ${dayWords(from)}`
    return from === to ? dayWords(from) : `${dayWords(from)} – ${dayWords(to)}`
  }
  const last = search.last ?? DEFAULT_PRESET
  const preset = presetOf(search)
  if (preset) return PRESET_WORDS[preset]
  const span = parseSpan(last)
  return span ? `Last ${span.n} ${UNIT_WORDS[span.unit]}${span.n === 1 ? '' : 's'}` : last
}

/** In a sentence: `in the last 7 days`, `on 1 Nov 2026`. */
export function rangePhrase(search: RangeSearch, timeZone = 'UTC'): string {
  const label = rangeLabel(search, timeZone)
  if (!search.from) return `in the ${label.charAt(0).toLowerCase()}${label.slice(1)}`
  if (!search.to) return `since ${label.slice('Since '.length)}`
  if (isDrawn(search)) {
    const isOneDay = !label.slice(label.indexOf(' – ')).includes(',')
    return isOneDay ? `on ${label}` : `from ${label.replace(' – ', ' to ')}`
  }
  if (search.from === search.to) return `on ${label}`
  return `from ${dayWords(search.from)} to ${dayWords(search.to)}`
}

/** The smallest preset that reaches back to `at`, if any does; from the default one on where days were chosen. */
export function presetReaching(at: number, now: number, search: RangeSearch): Preset | null {
  const candidates = search.from ? PRESETS.slice(PRESETS.indexOf(DEFAULT_PRESET)) : PRESETS
  return (
    candidates.find((preset) => {
      const span = parseSpan(preset)
      return span !== null && now - at < span.n * UNIT_MS[span.unit]
    }) ?? null
  )
}

/** The same search over another range. */
export function withRange<Search extends RangeSearch>(search: Search, range: RangeSearch): Search {
  const { last: _, from: __, to: ___, ...rest } = search
  // What is left of the search, and a range in its words.
  return { ...rest, ...(range.last === DEFAULT_PRESET ? {} : range) } as Search
}
