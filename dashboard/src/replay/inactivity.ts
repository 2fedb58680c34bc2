/**
 * Where nothing happened, so that watching need not wait. What happened is told by the session's events from the start,
 * and by the records of chunks once they are here: where a pointer only moved is known when it comes near.
 */

import type { TimelineRow } from '../api/types'
import { namedKind } from '../session/timeline'
import { merged, type Span, without } from './manifest'

/** What is shorter is waited for. */
export const IDLE_MS = 10_000
/** Seen before and after what happened. */
const LEAD_MS = 2000

/** Whether something worth seeing happened; measurements and timers are not. */
function isSeen(row: TimelineRow): boolean {
  if (!row.event) return false
  const kind = namedKind(row.event.kind)
  switch (kind.name) {
    case 'page_view':
    case 'click':
    case 'submit':
    case 'input':
    case 'scroll':
    case 'custom':
    case 'error':
    case 'frustration':
    case 'identify':
      return true
    case 'request':
    case 'vital':
    case 'page_load':
    case 'resources':
    case 'visibility':
    case 'session_end':
      return false
  }
}

export interface Happenings {
  whole: Span
  rows: readonly TimelineRow[]
  /** Moments at which somebody did something, as chunks told so far. */
  interactions: readonly number[]
}

/** Idle stretches, in order; each is worth skipping. */
export function idleSpans({ whole, rows, interactions }: Happenings): Span[] {
  const moments = [...rows.filter(isSeen).map(({ at }) => at), ...interactions]
  const busy = merged(moments.map((at) => ({ start: at - LEAD_MS, end: at + LEAD_MS })))
  return without(whole, busy).filter(({ start, end }) => end - start >= IDLE_MS)
}
