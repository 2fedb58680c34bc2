/**
 * The columns of the list: which there are, which are shown and in what order. The choice is kept in the browser, and
 * stands in the URL where it is not the usual one, so that a link shows the same.
 */

import type { DefinedTerm } from '../format/words'
import type { SortKey } from './order'

export const COLUMN_IDS = [
  'who',
  'started',
  'duration',
  'active',
  'pages',
  'events',
  'clicks',
  'requests',
  'failed',
  'errors',
  'frustration',
  'rage',
  'dead',
  'load',
  'device',
  'place',
  'path',
  'channel',
  'release',
] as const
export type ColumnId = (typeof COLUMN_IDS)[number]

export interface Column {
  name: string
  /** Track of the grid. */
  width: string
  /** Px below which the column gives way to others. */
  min: number
  /** What clicking its head sorts by. */
  sort?: SortKey
  term?: DefinedTerm
  /** Right-aligned figures. */
  isNumber?: boolean
}

const figure = (name: string, px: number, more: Pick<Column, 'sort' | 'term'>): Column => ({
  name,
  width: `${px}px`,
  min: px,
  isNumber: true,
  ...more,
})

export const COLUMN: Record<ColumnId, Column> = {
  who: { name: 'Who', width: 'minmax(188px, 1.6fr)', min: 188 },
  started: { name: 'Started', width: '104px', min: 104, sort: 'start' },
  duration: figure('Duration', 80, { sort: 'duration', term: 'duration' }),
  active: figure('Active', 72, { sort: 'active', term: 'active' }),
  pages: figure('Pages', 58, { sort: 'pages', term: 'pages' }),
  events: figure('Events', 62, { sort: 'events', term: 'events' }),
  clicks: figure('Clicks', 60, { sort: 'clicks', term: 'clicks' }),
  requests: figure('Requests', 78, { sort: 'requests', term: 'requests' }),
  failed: figure('Failed', 62, { sort: 'failed_requests', term: 'failed' }),
  errors: figure('Errors', 62, { sort: 'errors', term: 'errors' }),
  frustration: figure('Frustration', 84, { term: 'frustration' }),
  rage: figure('Rage', 58, { sort: 'rage_clicks', term: 'rage' }),
  dead: figure('Dead', 58, { sort: 'dead_clicks', term: 'dead' }),
  load: figure('Load', 72, { sort: 'load', term: 'load' }),
  device: { name: 'Device', width: 'minmax(214px, 1.2fr)', min: 150 },
  place: { name: 'Place', width: 'minmax(120px, 0.9fr)', min: 100 },
  path: { name: 'Entry → exit', width: 'minmax(140px, 1.4fr)', min: 140 },
  channel: { name: 'Channel', width: '88px', min: 88 },
  release: { name: 'Release', width: '96px', min: 96 },
}

export const DEFAULT_COLUMNS: readonly ColumnId[] = [
  'who',
  'started',
  'duration',
  'pages',
  'events',
  'errors',
  'frustration',
  'device',
  'place',
  'path',
]

/** A card's, whatever the columns. */
export const CARD_COLUMNS: readonly ColumnId[] = [
  'who',
  'started',
  'duration',
  'pages',
  'events',
  'errors',
  'device',
  'place',
]

/** Gap between two columns, px. */
const GAP_PX = 12
/** These give way first where there is little room. */
const GIVE_WAY: readonly ColumnId[] = ['path', 'frustration', 'channel', 'release', 'place', 'device']

/** Reads `who,started,errors`: unknown names and repetitions are left out; who it was is always first to be told. */
export function parseColumns(text: unknown): ColumnId[] | null {
  if (typeof text !== 'string' || text === '') return null
  const named = text.split(',').flatMap((name) => COLUMN_IDS.find((id) => id === name) ?? [])
  const others = [...new Set(named)].filter((id) => id !== 'who')
  return others.length === 0 ? null : ['who', ...others]
}

/** As it stands in the URL: nothing where the columns are the usual ones. */
export function columnsParam(columns: readonly ColumnId[]): string | undefined {
  const text = columns.join(',')
  return text === DEFAULT_COLUMNS.join(',') ? undefined : text
}

/** The columns there is room for. The one that is sorted by stays, since it is what the list is about. */
export function fitColumns(columns: readonly ColumnId[], widthPx: number, sort: SortKey): ColumnId[] {
  const needed = (ids: readonly ColumnId[]) =>
    ids.reduce((sum, id) => sum + COLUMN[id].min, 0) + GAP_PX * Math.max(0, ids.length - 1)
  let fitting = [...columns]
  const byRank = (id: ColumnId) => (GIVE_WAY.indexOf(id) >= 0 ? GIVE_WAY.indexOf(id) : GIVE_WAY.length)
  const candidates = [...columns]
    .filter((id) => id !== 'who' && COLUMN[id].sort !== sort)
    .map((id, place) => ({ id, place }))
    .sort((a, b) => byRank(a.id) - byRank(b.id) || b.place - a.place)
  for (const { id } of candidates) {
    if (needed(fitting) <= widthPx) break
    fitting = fitting.filter((one) => one !== id)
  }
  return fitting
}

/** Tracks of the grid. */
export function trackList(columns: readonly ColumnId[]): string {
  return columns.map((id) => COLUMN[id].width).join(' ')
}

/** A column shown or not; a new one comes where the full list has it. */
export function toggleColumn(columns: readonly ColumnId[], id: ColumnId): ColumnId[] {
  if (columns.includes(id)) return columns.filter((one) => one !== id)
  const rank = COLUMN_IDS.indexOf(id)
  const before = columns.findIndex((one) => one !== 'who' && COLUMN_IDS.indexOf(one) > rank)
  const next = [...columns]
  next.splice(before < 0 ? next.length : before, 0, id)
  return next
}

/** A column moved by one place; who it was stays first. */
export function moveColumn(columns: readonly ColumnId[], id: ColumnId, by: 1 | -1): ColumnId[] {
  const from = columns.indexOf(id)
  const to = from + by
  if (from < 1 || to < 1 || to >= columns.length) return [...columns]
  const next = [...columns]
  next.splice(from, 1)
  next.splice(to, 0, id)
  return next
}

const STORE_KEY = 'footpath-columns'

/** The choice that was kept, if there is one. */
export function keptColumns(): ColumnId[] | null {
  try {
    return parseColumns(localStorage.getItem(STORE_KEY))
  } catch {
    // Storage may be blocked; the usual columns do.
    return null
  }
}

export function keepColumns(columns: readonly ColumnId[]): void {
  try {
    const param = columnsParam(columns)
    if (param) localStorage.setItem(STORE_KEY, param)
    else localStorage.removeItem(STORE_KEY)
  } catch {
    // Storage may be blocked; the choice then lasts as long as the URL.
  }
}
