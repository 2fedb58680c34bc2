/**
 * The records of a replay, as far as the player looks into them. The format is rrweb's, who calls them events. Whoever
 * has a site's public key can send them, so nothing about them is believed before it is looked at.
 */

/** rrweb's types of records. */
export const FULL_SNAPSHOT = 2
export const INCREMENTAL = 3
export const META = 4
export const CUSTOM = 5

/** rrweb's sources of incremental records. */
export const MUTATION = 0
export const MOUSE_MOVE = 1
export const MOUSE_INTERACTION = 2
export const SCROLL = 3
export const VIEWPORT_RESIZE = 4
export const INPUT = 5
export const TOUCH_MOVE = 6
export const STYLE_SHEET_RULE = 8
export const FONT = 10
export const DRAG = 12
export const STYLE_DECLARATION = 13
export const SELECTION = 14
export const ADOPTED_STYLES = 15

/** rrweb's types of nodes. */
export const DOCTYPE_NODE = 1
export const ELEMENT_NODE = 2
export const TEXT_NODE = 3
export const CDATA_NODE = 4

/** rrweb's kinds of interaction that show where somebody pointed. */
export const CLICK = 2
export const TOUCH_START = 7
export const TOUCH_END = 9

export type Fields = Record<string, unknown>

export interface PlayedRecord {
  type: number
  /** Unix ms, on the server's clock. */
  timestamp: number
  data: Fields
  /** A keyframe as it was sent. It is read anew each time it is played, since what plays it keeps it and changes it. */
  line?: string
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const numberOf = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise

/** The records of a chunk, a JSON object a line; what cannot be read is counted and left out. */
export function parseRecords(text: string, skewMs: number): { records: PlayedRecord[]; nUnreadable: number } {
  const records: PlayedRecord[] = []
  let nUnreadable = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const record = parseRecord(line, skewMs)
    if (record) records.push(record)
    else nUnreadable += 1
  }
  return { records, nUnreadable }
}

function parseRecord(line: string, skewMs: number): PlayedRecord | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // Counted by the caller.
    return null
  }
  if (!isFields(value) || !isFields(value.data)) return null
  const { type, timestamp, data } = value
  if (typeof type !== 'number' || typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return null
  if (type === FULL_SNAPSHOT) return { type, timestamp: timestamp + skewMs, data: {}, line }
  return { type, timestamp: timestamp + skewMs, data }
}

/** A record to be played: of keyframes a copy of its own. */
export function toBePlayed(record: PlayedRecord): PlayedRecord {
  if (record.line === undefined) return record
  // It was read once already.
  const { data } = JSON.parse(record.line) as { data: Fields }
  return { type: record.type, timestamp: record.timestamp, data }
}

/** Whether a page begins here as a whole. */
export const isKeyframe = (record: PlayedRecord): boolean => record.type === FULL_SNAPSHOT

/** Whether somebody did something: pointed, pressed, scrolled, wrote. */
export function isInteraction({ type, data }: PlayedRecord): boolean {
  if (type !== INCREMENTAL) return false
  const { source } = data
  return (
    source === MOUSE_MOVE ||
    source === MOUSE_INTERACTION ||
    source === SCROLL ||
    source === INPUT ||
    source === TOUCH_MOVE ||
    source === DRAG
  )
}
