/**
 * The list's range and filter: the URL's words, the API's words, and people's.
 *
 * In the URL: `?last=24h`, or `?from=2026-11-01&to=2026-11-07` (days where the site lives, both included);
 * `&bots=include`. Nothing at all means the default range without bots.
 */

import type { QueryParams } from '../api/client'

export const PRESETS = ['1h', '24h', '7d', '30d'] as const
export type Preset = (typeof PRESETS)[number]
export const DEFAULT_PRESET: Preset = '7d'

const PRESET_WORDS: Record<Preset, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
}

export interface SessionsSearch {
  /** A span until now; any number of `m`, `h`, `d`. */
  last?: string
  /** First day, `2026-11-01`. */
  from?: string
  /** Last day, included. */
  to?: string
  bots?: 'include'
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

/** Reads a URL's search; what makes no sense is left out, so that a mistyped link still opens. */
export function parseSearch(raw: Record<string, unknown>): SessionsSearch {
  const search: SessionsSearch = {}
  const from = parseDay(raw.from)
  const to = parseDay(raw.to)
  const span = typeof raw.last === 'string' && parseSpan(raw.last) ? raw.last : null
  if (from) {
    const [first, last] = to && to < from ? [to, from] : [from, to]
    search.from = first
    if (last) search.to = last
  } else if (span && span !== DEFAULT_PRESET) {
    search.last = span
  }
  if (raw.bots === 'include') search.bots = 'include'
  return search
}

/** In the API's words. */
export function toParams(search: SessionsSearch): QueryParams {
  const { from, to, bots } = search
  const range: QueryParams = from ? { from, to: to ?? null } : { last: search.last ?? DEFAULT_PRESET }
  return bots ? { ...range, bots } : range
}

/** The preset that is chosen, if one is. */
export function presetOf(search: SessionsSearch): Preset | null {
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

/** On the button: `Last 7 days`, `1 Nov 2026 – 7 Nov 2026`. */
export function rangeLabel(search: SessionsSearch): string {
  const { from, to } = search
  if (from) {
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
export function rangePhrase(search: SessionsSearch): string {
  const label = rangeLabel(search)
  if (!search.from) return `in the ${label.charAt(0).toLowerCase()}${label.slice(1)}`
  if (!search.to) return `since ${dayWords(search.from)}`
  if (search.from === search.to) return `on ${label}`
  return `from ${dayWords(search.from)} to ${dayWords(search.to)}`
}

/** The smallest preset that reaches back to `at`, if any does; from the default one on where days were chosen. */
export function presetReaching(at: number, now: number, search: SessionsSearch): Preset | null {
  const candidates = search.from ? PRESETS.slice(PRESETS.indexOf(DEFAULT_PRESET)) : PRESETS
  return (
    candidates.find((preset) => {
      const span = parseSpan(preset)
      return span !== null && now - at < span.n * UNIT_MS[span.unit]
    }) ?? null
  )
}

/** The same filter over another range. */
export function withRange(
  search: SessionsSearch,
  range: { last: Preset } | { from: string; to: string },
): SessionsSearch {
  const bots = search.bots ? { bots: search.bots } : {}
  if ('last' in range) return range.last === DEFAULT_PRESET ? bots : { ...bots, last: range.last }
  return { ...bots, ...range }
}
