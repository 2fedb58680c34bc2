/**
 * The timeline as data: pages read so far to one list, filtered, with what is shown between rows. Pure.
 */

import type { InfiniteData } from '@tanstack/react-query'
import type { Category, EventKind, EventKinds, TimelinePage, TimelineRow } from '../api/types'
import { dayKey } from '../format/times'
import { rowKey } from './search'

export type TimelinePages = InfiniteData<TimelinePage, string | null>
/** What reading them needs. */
type ReadPages = Pick<TimelinePages, 'pages'>

/** An event's kind by name, with its fields. */
export type NamedKind = {
  [K in keyof EventKinds]: { name: K; fields: EventKinds[K] }
}[keyof EventKinds]

export function namedKind(kind: EventKind): NamedKind {
  const [name, fields] = Object.entries(kind)[0] ?? []
  // The wire's object with one key is exactly this pair.
  return { name, fields } as NamedKind
}

/** All rows read so far, in order, each once. */
export function rowsOf(pages: ReadPages | undefined): TimelineRow[] {
  if (!pages) return []
  const seen = new Set<string>()
  const rows: TimelineRow[] = []
  for (const page of pages.pages) {
    for (const row of page.rows) {
      const key = rowKey(row)
      if (seen.has(key)) continue
      seen.add(key)
      rows.push(row)
    }
  }
  return rows
}

/** The pages with the last one read again. A live session grows at its end, so this is nearly always all. */
export function replaceTail(pages: TimelinePages, tail: TimelinePage): TimelinePages {
  return { ...pages, pages: [...pages.pages.slice(0, -1), tail] }
}

/** How many events the whole session has, as its newest page tells. */
export function totalOf(pages: ReadPages | undefined): number {
  const counts = pages?.pages.at(-1)?.by_category ?? {}
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}

/**
 * Whether something is missing though the last page has been read: late data was folded in before the tail, so
 * everything is to be read again.
 */
export function isIncomplete(pages: ReadPages): boolean {
  if (pages.pages.at(-1)?.next_cursor) return false
  const nEvents = rowsOf(pages).filter((row) => row.event).length
  return nEvents < totalOf(pages)
}

/** Counts of the whole session by category. */
export function countsOf(pages: ReadPages | undefined): Partial<Record<Category, number>> {
  return pages?.pages.at(-1)?.by_category ?? {}
}

export interface TimelineFilter {
  shown: ReadonlySet<Category>
  /** Text looked for; nothing where empty. */
  find: string
  /** Key of a row that stays whatever the filter says: the open one. */
  keep?: string | undefined
}

/** The rows that pass. The session's start and end stay, unless text is looked for. */
export function filterRows(rows: readonly TimelineRow[], { shown, find, keep }: TimelineFilter): TimelineRow[] {
  const needle = find.trim().toLowerCase()
  return rows.filter((row) => {
    if (keep !== undefined && rowKey(row) === keep) return true
    if (row.category !== 'session' && !shown.has(row.category)) return false
    return needle === '' || haystack(row).includes(needle)
  })
}

const haystacks = new WeakMap<TimelineRow, string>()

/** What is searched: the line and every value of the event, so that a message or a URL is found too. */
function haystack(row: TimelineRow): string {
  let text = haystacks.get(row)
  if (text === undefined) {
    text = `${row.line}\n${row.event ? values(row.event.kind).join('\n') : ''}`.toLowerCase()
    haystacks.set(row, text)
  }
  return text
}

function values(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(values)
  return []
}

/** A pause that is worth saying, ms. */
const GAP_MS = 60_000

export interface ShownRow {
  row: TimelineRow
  key: string
  /** Set where the day is another than the row's before. */
  newDay: boolean
  /** Time since the row before, where it is long; 0 otherwise. */
  gapMs: number
}

/** Rows with what is shown between them: the day where it changes, long pauses. */
export function withBreaks(rows: readonly TimelineRow[], timeZone: string): ShownRow[] {
  let before: TimelineRow | null = null
  return rows.map((row) => {
    const gap = before ? row.at - before.at : 0
    const newDay = before !== null && dayKey(before.at, timeZone) !== dayKey(row.at, timeZone)
    before = row
    return { row, key: rowKey(row), newDay, gapMs: gap >= GAP_MS ? gap : 0 }
  })
}

/** Index of the next row, cyclic, of which `test` is true; −1 where there is none. */
export function nextIndex(rows: readonly ShownRow[], from: number, test: (row: TimelineRow) => boolean): number {
  for (let step = 1; step <= rows.length; step += 1) {
    const index = (from + step) % rows.length
    const shown = rows[index]
    if (shown && test(shown.row)) return index
  }
  return -1
}

/** Tabs by order of appearance, from 1. */
export function tabNumbers(rows: readonly TimelineRow[]): Map<string, number> {
  const numbers = new Map<string, number>()
  for (const { event } of rows) {
    if (event && !numbers.has(event.tab_id)) numbers.set(event.tab_id, numbers.size + 1)
  }
  return numbers
}

/** `Click: "Products" link` → `Click` and the rest; a line without a colon is all head. */
export function splitLine(line: string): { head: string; rest: string } {
  const at = line.indexOf(': ')
  return at < 0 ? { head: line, rest: '' } : { head: line.slice(0, at), rest: line.slice(at + 2) }
}
