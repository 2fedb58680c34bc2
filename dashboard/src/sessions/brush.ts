/** Choosing a part of a histogram, by pointer or by keys. Pure: indices of its bars. */

import type { HistogramBucket } from '../api/types'

/** From where it was begun to where it is now. */
export interface Brush {
  anchor: number
  head: number
}

export type BrushKey = 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End'

export function barsOf({ anchor, head }: Brush): { first: number; last: number } {
  return { first: Math.min(anchor, head), last: Math.max(anchor, head) }
}

/** Moved by a key; with Shift what was begun stays where it was begun. */
export function moveBrush(
  brush: Brush | null,
  key: BrushKey,
  { extend, n }: { extend: boolean; n: number },
): Brush | null {
  if (n === 0) return null
  // The newest bar is where one begins.
  const head = brush === null ? n - 1 : target(brush.head, key, n)
  return { anchor: extend && brush ? brush.anchor : head, head }
}

function target(head: number, key: BrushKey, n: number): number {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, head - 1)
    case 'ArrowRight':
      return Math.min(n - 1, head + 1)
    case 'Home':
      return 0
    case 'End':
      return n - 1
  }
}

/** The bar below a pointer. */
export function barAt(x: number, width: number, n: number): number {
  if (n === 0 || width <= 0) return 0
  return Math.min(n - 1, Math.max(0, Math.floor((x / width) * n)))
}

export interface Span {
  from: number
  to: number
  sessions: number
  with_errors: number
}

/** What is chosen, in times and numbers. */
export function spanOf(buckets: readonly HistogramBucket[], brush: Brush): Span | null {
  const { first, last } = barsOf(brush)
  const chosen = buckets.slice(first, last + 1)
  const [begin] = chosen
  const end = chosen.at(-1)
  if (!begin || !end) return null
  return {
    from: begin.from,
    to: end.to,
    sessions: chosen.reduce((sum, one) => sum + one.sessions, 0),
    with_errors: chosen.reduce((sum, one) => sum + one.with_errors, 0),
  }
}
