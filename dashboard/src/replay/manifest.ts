/** What a manifest says of a moment: which chunks the page needs, what is missing, which tab was being looked at. Pure. */

import type { ReplayChunk, ReplayGap, ReplayManifest, ReplayTab, TimelineRow } from '../api/types'
import { namedKind } from '../session/timeline'

export interface Span {
  start: number
  end: number
}

/** How far ahead of the playhead chunks are fetched, at normal speed. */
export const AHEAD_MS = 20_000

/**
 * The chunks that the page of a moment is made of: from the last keyframe before it, and on to `until`. Empty where the
 * page cannot be made: before the first keyframe, or after a gap until the next one.
 */
export function chunksFor(tab: ReplayTab, at: number, until = at): ReplayChunk[] {
  const { chunks } = tab
  const last = lastBefore(chunks, at)
  const first = keyframeIndex(chunks, last)
  if (first < 0) return []
  const needed: ReplayChunk[] = []
  for (let n = first; n < chunks.length; n += 1) {
    const chunk = chunks[n]
    const before = chunks[n - 1]
    if (!chunk || chunk.start > Math.max(until, at)) break
    // What comes after a gap is not the rest of this page's story, unless it begins anew.
    if (n > first && before && isCutOff(chunk, before)) break
    needed.push(chunk)
  }
  return needed
}

function isCutOff(chunk: ReplayChunk, before: ReplayChunk): boolean {
  if (chunk.keyframe) return false
  return chunk.index !== before.index + 1 || chunk.flags.includes('gap')
}

/** Number of the last chunk that begins by `at`; −1 where none does. */
function lastBefore(chunks: readonly ReplayChunk[], at: number): number {
  let low = 0
  let high = chunks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((chunks[middle]?.start ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The keyframe from which on the chunk can be played; with a gap between them, the keyframe before the gap. */
function keyframeIndex(chunks: readonly ReplayChunk[], from: number): number {
  for (let n = from; n >= 0; n -= 1) if (chunks[n]?.keyframe) return n
  return -1
}

/** What stands between what is shown at a moment and what was there. */
export type Lack =
  /** Chunks are missing, and the page is known again at `until`; never, where that is null. */
  | { what: 'gap'; since: number; until: number | null }
  /** Nothing was recorded in this tab before or after. */
  | { what: 'before'; until: number }
  | { what: 'after'; since: number }

export function lackAt(tab: ReplayTab, at: number): Lack | null {
  const first = tab.chunks[0]
  const last = tab.chunks.at(-1)
  if (!first || !last) return { what: 'after', since: at }
  const gap = gapAt(tab, at)
  if (gap) return { what: 'gap', since: gap.start, until: gap.until }
  if (at < first.start) return { what: 'before', until: first.start }
  if (at > last.end) return { what: 'after', since: last.end }
  return null
}

/** A gap lasts until the page is told as a whole again. */
function gapAt({ gaps, chunks }: ReplayTab, at: number): (ReplayGap & { until: number | null }) | null {
  for (const gap of gaps) {
    const until = chunks.find((chunk) => chunk.index >= gap.before_index && chunk.keyframe)?.start ?? null
    if (at >= gap.start && at < (until ?? Number.POSITIVE_INFINITY)) return { ...gap, until }
  }
  return null
}

/** Where the page is not known for sure, for the bar. */
export function gapSpans(tab: ReplayTab): Span[] {
  const end = tab.chunks.at(-1)?.end ?? 0
  return tab.gaps.map((gap) => ({ start: gap.start, end: gapAt(tab, gap.start)?.until ?? end }))
}

/** Stretches of chunks of which the same is to be said. */
export function flaggedSpans(tab: ReplayTab, flag: ReplayChunk['flags'][number]): Span[] {
  return merged(tab.chunks.filter((chunk) => chunk.flags.includes(flag)).map(({ start, end }) => ({ start, end })))
}

/** Overlapping spans as one each, in order. */
export function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else found.push({ ...span })
  }
  return found
}

/** What is left of `whole` without the spans. */
export function without(whole: Span, spans: readonly Span[]): Span[] {
  const rest: Span[] = []
  let from = whole.start
  for (const { start, end } of merged(spans)) {
    if (start > from) rest.push({ start: from, end: Math.min(start, whole.end) })
    from = Math.max(from, end)
  }
  if (from < whole.end) rest.push({ start: from, end: whole.end })
  return rest.filter(({ start, end }) => end > start)
}

/** A tab's recorded stretch: of its pages, without what is in between. */
export const recordedSpans = (tab: ReplayTab): Span[] => merged(tab.pages.map(({ start, end }) => ({ start, end })))

/** Pages may follow each other after a moment; what is longer was not recorded. */
const BETWEEN_PAGES_MS = 3000

/** Where no tab was recorded. */
export function unrecordedSpans({ tabs }: ReplayManifest, whole: Span): Span[] {
  return without(whole, tabs.flatMap(recordedSpans)).filter(({ start, end }) => end - start > BETWEEN_PAGES_MS)
}

/** Whether what a row tells shows that its tab is being looked at. */
function isAttention(row: TimelineRow): boolean {
  if (!row.event) return false
  const kind = namedKind(row.event.kind)
  switch (kind.name) {
    case 'page_view':
    case 'click':
    case 'submit':
    case 'input':
    case 'scroll':
      return true
    case 'visibility':
      return kind.fields.state === 'visible'
    case 'custom':
    case 'request':
    case 'error':
    case 'vital':
    case 'page_load':
    case 'resources':
    case 'frustration':
    case 'identify':
    case 'session_end':
      return false
  }
}

/** When the person turned to which tab: from each moment on, until the next. Tabs without a replay are left out. */
export function tabTurns({ tabs }: ReplayManifest, rows: readonly TimelineRow[]): { at: number; tab: string }[] {
  const known = new Set(tabs.map(({ tab_id }) => tab_id))
  const turns: { at: number; tab: string }[] = []
  for (const row of rows) {
    const tab = row.event?.tab_id
    if (!tab || !known.has(tab) || !isAttention(row) || turns.at(-1)?.tab === tab) continue
    turns.push({ at: row.at, tab })
  }
  return turns
}

/** The tab that was being looked at; where nothing tells, one that was recorded then. */
export function tabAt(
  { tabs }: ReplayManifest,
  turns: readonly { at: number; tab: string }[],
  at: number,
): ReplayTab | null {
  const known = new Map(tabs.map((tab) => [tab.tab_id, tab]))
  const isRecorded = (tab: ReplayTab | undefined) =>
    tab !== undefined && lackAt(tab, at)?.what !== 'before' && lackAt(tab, at)?.what !== 'after'
  const turned = known.get(turns.findLast((turn) => turn.at <= at)?.tab ?? '')
  if (turned && isRecorded(turned)) return turned
  return tabs.find(isRecorded) ?? turned ?? tabs.findLast((tab) => (tab.chunks[0]?.start ?? 0) <= at) ?? tabs[0] ?? null
}
