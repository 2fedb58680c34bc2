/** Marks on the bar: what happened when, of the kinds that one looks for. */

import type { TimelineRow } from '../api/types'
import { hasFailed } from '../session/kinds'
import { rowKey } from '../session/search'
import { namedKind } from '../session/timeline'

export type MarkerKind = 'page' | 'click' | 'request' | 'error' | 'vital' | 'frustration'

export interface Marker {
  key: string
  at: number
  kind: MarkerKind
  line: string
  /** A failed request, a poor vital. */
  bad: boolean
}

function kindOf(row: TimelineRow): { kind: MarkerKind; bad: boolean } | null {
  if (!row.event) return null
  const kind = namedKind(row.event.kind)
  switch (kind.name) {
    case 'page_view':
      return { kind: 'page', bad: false }
    case 'click':
    case 'submit':
      return { kind: 'click', bad: false }
    case 'request':
      return { kind: 'request', bad: hasFailed(kind.fields) }
    case 'error':
      return { kind: 'error', bad: true }
    case 'vital':
      return { kind: 'vital', bad: kind.fields.rating === 'poor' }
    case 'frustration':
      return { kind: 'frustration', bad: true }
    case 'input':
    case 'scroll':
    case 'custom':
    case 'page_load':
    case 'resources':
    case 'visibility':
    case 'identify':
    case 'session_end':
      return null
  }
}

export function markersOf(rows: readonly TimelineRow[]): Marker[] {
  return rows.flatMap((row) => {
    const found = kindOf(row)
    return found ? [{ key: rowKey(row), at: row.at, line: row.line, ...found }] : []
  })
}

/** Which of the two is told where there is room for one. */
const RANK: Record<MarkerKind, number> = { error: 0, frustration: 1, request: 2, page: 3, vital: 4, click: 5 }
const rank = ({ kind, bad }: Marker): number => RANK[kind] + (bad ? 0 : 4)

export interface MarkerGroup {
  /** The one that is drawn; the others are where it is. */
  first: Marker
  all: Marker[]
}

/**
 * Marks of one lane that are too near to tell apart are one: a bar of a few hundred pixels has no room for thousands, and a mark
 * that lay over another would take its clicks. So the distance counts from what is drawn, and not from a grid, whose lines part
 * neighbours. Markers come in the order of their times.
 */
export function grouped(markers: readonly Marker[], msPerMark: number): MarkerGroup[] {
  const groups: MarkerGroup[] = []
  const latest = new Map<ReturnType<typeof lane>, MarkerGroup>()
  for (const marker of markers) {
    const group = latest.get(lane(marker))
    if (!group || marker.at - group.first.at >= Math.max(1, msPerMark)) {
      const begun = { first: marker, all: [marker] }
      groups.push(begun)
      latest.set(lane(marker), begun)
    } else {
      group.all.push(marker)
      if (rank(marker) < rank(group.first)) group.first = marker
    }
  }
  return groups
}

/** What went wrong stands above the bar, what was done on it. */
export const lane = ({ kind, bad }: Marker): 'above' | 'on' =>
  kind === 'error' || kind === 'frustration' || bad ? 'above' : 'on'
