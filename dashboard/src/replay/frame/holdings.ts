/**
 * The records that the frame holds: the chunks of one tab around the playhead, in order. The dashboard says which ones are
 * needed no more, so that a replay of any length plays in the memory of a few chunks.
 */

import {
  ADOPTED_STYLES,
  CLICK,
  CUSTOM,
  DRAG,
  type Fields,
  fieldsOf,
  INCREMENTAL,
  isFields,
  isInteraction,
  isKeyframe,
  listOf,
  META,
  MOUSE_INTERACTION,
  MOUSE_MOVE,
  numberOf,
  type PlayedRecord,
  parseRecords,
  TOUCH_END,
  TOUCH_MOVE,
  TOUCH_START,
} from '../records'

/** Where somebody pointed at a moment. */
export interface Pointing {
  at: number
  x: number
  y: number
  node: number
  how: 'move' | 'press' | 'touch' | 'release'
}

export interface HeldChunk {
  index: number
  records: PlayedRecord[]
  pointings: Pointing[]
  nUnreadable: number
}

/** Place of a record: chunk and number in it. */
export interface Place {
  index: number
  record: number
}

const REFERENCE = 'fp-style:'
/** Interactions are told by the second: enough to know where nothing happened. */
const ACTIVITY_MS = 1000

export interface Holdings {
  tab: string | null
  put(tab: string, index: number, text: string, skewMs: number): { times: number[] }
  defineStyle(hash: string, css: unknown): void
  keep(tab: string, first: number): void
  get(index: number): HeldChunk | undefined
  /** Where the page that is to be seen at `at` begins: its last keyframe, with what describes the page right before it. */
  keyframeBefore(at: number): Place | null
  /** Records from `place` to `at`, as far as chunks follow each other without a gap. */
  between(place: Place, at: number): { records: PlayedRecord[]; next: Place }
  pointingAt(at: number): Pointing | null
  pointings(after: number, until: number): Pointing[]
  /** Records of `(from, to]`, whatever chunk they are in. */
  within(from: number, to: number): PlayedRecord[]
  /** The record with the style sheets' texts in the place of references; how many texts are missing. */
  withStyles(record: PlayedRecord): number
  nUnreadable(): number
}

export function createHoldings(): Holdings {
  let chunks = new Map<number, HeldChunk>()
  const styles = new Map<string, unknown>()
  const inOrder = () => [...chunks.values()].sort((a, b) => a.index - b.index)

  const holdings: Holdings = {
    tab: null,
    put(tab, index, text, skewMs) {
      if (holdings.tab !== tab) {
        chunks = new Map()
        holdings.tab = tab
      }
      const { records, nUnreadable } = parseRecords(text, skewMs)
      for (const { type, data } of records) {
        const payload = fieldsOf(data.payload)
        if (type === CUSTOM && data.tag === 'fp.style') styles.set(String(payload.hash), payload.css)
      }
      chunks.set(index, { index, records, pointings: pointingsOf(records), nUnreadable })
      const times: number[] = []
      for (const record of records) {
        if (!isInteraction(record)) continue
        if (record.timestamp - (times.at(-1) ?? 0) >= ACTIVITY_MS) times.push(record.timestamp)
      }
      return { times }
    },
    defineStyle(hash, css) {
      styles.set(hash, css)
    },
    keep(tab, first) {
      if (holdings.tab !== tab) return
      for (const index of chunks.keys()) if (index < first) chunks.delete(index)
    },
    get: (index) => chunks.get(index),
    keyframeBefore(at) {
      for (const { index, records } of inOrder().reverse()) {
        if ((records[0]?.timestamp ?? Number.POSITIVE_INFINITY) > at) continue
        for (let n = records.length - 1; n >= 0; n -= 1) {
          const record = records[n]
          if (!record || record.timestamp > at || !isKeyframe(record)) continue
          return { index, record: beginningOf(records, n) }
        }
      }
      return null
    },
    between(place, at) {
      const records: PlayedRecord[] = []
      let { index, record } = place
      for (let chunk = chunks.get(index); chunk; chunk = chunks.get(index)) {
        for (; record < chunk.records.length; record += 1) {
          const one = chunk.records[record]
          if (!one) continue
          if (one.timestamp > at) return { records, next: { index, record } }
          records.push(one)
        }
        if (!chunks.has(index + 1)) break
        index += 1
        record = 0
      }
      return { records, next: { index, record } }
    },
    pointingAt(at) {
      for (const { pointings } of inOrder().reverse()) {
        for (let n = pointings.length - 1; n >= 0; n -= 1) {
          const one = pointings[n]
          if (one && one.at <= at) return one
        }
      }
      return null
    },
    pointings: (after, until) =>
      inOrder().flatMap(({ pointings }) => pointings.filter(({ at }) => at > after && at <= until)),
    within: (from, to) =>
      inOrder().flatMap(({ records }) => records.filter(({ timestamp }) => timestamp > from && timestamp <= to)),
    withStyles: (record) => putStyles(record, styles),
    nUnreadable: () => inOrder().reduce((sum, chunk) => sum + chunk.nUnreadable, 0),
  }
  return holdings
}

/** Right before a page stand its address and size; and between them, style sheets that it speaks of. */
function beginningOf(records: readonly PlayedRecord[], keyframe: number): number {
  let n = keyframe
  while (records[n - 1]?.type === CUSTOM) n -= 1
  return records[n - 1]?.type === META ? n - 1 : keyframe
}

/** Moves are told in bundles, at the time of the last of them. */
function pointingsOf(records: readonly PlayedRecord[]): Pointing[] {
  const found: Pointing[] = []
  for (const { type, timestamp, data } of records) {
    if (type !== INCREMENTAL) continue
    const { source } = data
    if (source === MOUSE_MOVE || source === TOUCH_MOVE || source === DRAG) {
      for (const position of listOf(data.positions)) {
        const { x, y, id, timeOffset } = fieldsOf(position)
        const at = timestamp + Math.min(0, numberOf(timeOffset))
        found.push({ at, x: numberOf(x), y: numberOf(y), node: numberOf(id, -1), how: 'move' })
      }
    }
    if (source === MOUSE_INTERACTION && typeof data.x === 'number') {
      const how =
        data.type === CLICK ? 'press' : data.type === TOUCH_START ? 'touch' : data.type === TOUCH_END ? 'release' : null
      if (how) found.push({ at: timestamp, x: data.x, y: numberOf(data.y), node: numberOf(data.id, -1), how })
    }
  }
  return found.sort((a, b) => a.at - b.at)
}

/** Puts texts in the place of references, where the format has them; without recursion, as depth is the sender's choice. */
function putStyles({ data }: PlayedRecord, styles: ReadonlyMap<string, unknown>): number {
  let nMissing = 0
  const resolved = (value: string): unknown => {
    const css = styles.get(value.slice(REFERENCE.length))
    if (css === undefined) nMissing += 1
    return css
  }
  const inAttributes = (attributes: unknown) => {
    if (!isFields(attributes) || typeof attributes._cssText !== 'string') return
    if (!attributes._cssText.startsWith(REFERENCE)) return
    const css = resolved(attributes._cssText)
    attributes._cssText = typeof css === 'string' ? css : ''
  }
  const inTree = (root: unknown) => {
    const waiting = [root]
    while (waiting.length > 0) {
      const node = waiting.pop()
      if (!isFields(node)) continue
      inAttributes(node.attributes)
      waiting.push(...listOf(node.childNodes))
    }
  }
  inTree(data.node)
  for (const add of listOf(data.adds)) inTree(fieldsOf(add).node)
  for (const change of listOf(data.attributes)) inAttributes(fieldsOf(change).attributes)
  if (data.source === ADOPTED_STYLES) {
    for (const style of listOf(data.styles) as Fields[]) {
      if (!isFields(style) || typeof style.rules !== 'string') continue
      const css = style.rules.startsWith(REFERENCE) ? resolved(style.rules) : undefined
      style.rules = Array.isArray(css) ? css : []
    }
  }
  return nMissing
}
