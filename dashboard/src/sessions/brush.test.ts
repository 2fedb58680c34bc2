import { describe, expect, test } from 'vitest'
import { barAt, barsOf, moveBrush, spanOf } from './brush'
import { ticksOf } from './Histogram'

const HOUR = 3_600_000
const buckets = [4, 0, 7, 2].map((sessions, index) => ({
  from: index * HOUR,
  to: (index + 1) * HOUR,
  sessions,
  with_errors: Math.floor(sessions / 2),
}))

test('a brush is the same from either side', () => {
  expect(barsOf({ anchor: 1, head: 3 })).toEqual({ first: 1, last: 3 })
  expect(spanOf(buckets, { anchor: 3, head: 1 })).toEqual(spanOf(buckets, { anchor: 1, head: 3 }))
})

test('it is a time with its numbers, from the first bar to the end of the last', () => {
  expect(spanOf(buckets, { anchor: 1, head: 2 })).toEqual({ from: HOUR, to: 3 * HOUR, sessions: 7, with_errors: 3 })
  expect(spanOf([], { anchor: 0, head: 0 })).toBeNull()
})

describe('by keys', () => {
  const n = 4
  test('it begins at the newest bar', () => {
    expect(moveBrush(null, 'ArrowLeft', { extend: false, n })).toEqual({ anchor: 3, head: 3 })
    expect(moveBrush(null, 'ArrowLeft', { extend: false, n: 0 })).toBeNull()
  })
  test('it moves, and with Shift it grows', () => {
    const at = { anchor: 3, head: 3 }
    expect(moveBrush(at, 'ArrowLeft', { extend: false, n })).toEqual({ anchor: 2, head: 2 })
    expect(moveBrush(at, 'ArrowLeft', { extend: true, n })).toEqual({ anchor: 3, head: 2 })
    expect(moveBrush(at, 'Home', { extend: true, n })).toEqual({ anchor: 3, head: 0 })
    expect(moveBrush(at, 'ArrowRight', { extend: false, n })).toEqual(at)
  })
})

test('a pointer is over a bar, also past the edges', () => {
  expect([-5, 0, 49, 50, 199, 230].map((x) => barAt(x, 200, 4))).toEqual([0, 0, 0, 1, 3, 3])
})

test('days are named where they begin, where the site lives', () => {
  const quarter = (days: number) =>
    Array.from({ length: days * 4 }, (_, index) => ({
      from: index * 6 * HOUR - HOUR,
      to: (index + 1) * 6 * HOUR - HOUR,
      sessions: 0,
      with_errors: 0,
    }))
  // Midnight in Berlin is at 23 o'clock UTC.
  expect(ticksOf(quarter(4), 'Europe/Berlin').map(({ at }) => at)).toEqual([0.25, 0.5, 0.75])
})
