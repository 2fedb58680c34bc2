import { expect, test } from 'vitest'
import { bucketWords, tickWords } from './buckets'

const BERLIN = 'Europe/Berlin'
const day = (n: number) => Date.parse(`2026-11-${String(n).padStart(2, '0')}T00:00:00+01:00`)

test('a bucket is named where the site lives', () => {
  expect(bucketWords({ from: day(23), to: day(24) }, 'day', BERLIN)).toBe('Mon, Nov 23, 2026')
  expect(bucketWords({ from: day(23), to: day(23) + 3_600_000 }, 'hour', BERLIN)).toBe(
    'Mon, Nov 23, 2026, 00:00 – 01:00',
  )
  // The end is excluded: a week ends on its Sunday.
  expect(bucketWords({ from: day(16), to: day(23) }, 'week', BERLIN)).toMatch(/^Nov 16\s–\s22, 2026$/)
  expect(bucketWords({ from: day(1), to: day(30) }, 'month', BERLIN)).toBe('November 2026')
})

test('names below a chart are as many as have room', () => {
  const buckets = Array.from({ length: 30 }, (_, n) => ({ from: day(n + 1), to: day(n + 1) + 86_400_000 }))
  const ticks = tickWords(buckets, 'day', BERLIN, 8)
  expect(ticks).toHaveLength(8)
  expect(ticks[0]).toEqual({ index: 0, text: 'Nov 1' })
  expect(tickWords([], 'day', BERLIN, 8)).toEqual([])
})
