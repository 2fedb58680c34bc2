import { describe, expect, test } from 'vitest'
import {
  parseRange,
  presetOf,
  presetReaching,
  type RangeSearch,
  rangeLabel,
  rangeParams,
  rangePhrase,
  toInstant,
  withRange,
} from './range'

describe('from the URL to the API', () => {
  test.each<[Record<string, unknown>, RangeSearch, Record<string, unknown>]>([
    [{}, {}, { last: '7d' }],
    [{ last: '24h' }, { last: '24h' }, { last: '24h' }],
    // The default stays out of the address.
    [{ last: '7d' }, {}, { last: '7d' }],
    [
      { from: '2026-11-01', to: '2026-11-07' },
      { from: '2026-11-01', to: '2026-11-07' },
      { from: '2026-11-01', to: '2026-11-07' },
    ],
    [{ from: '2026-11-01' }, { from: '2026-11-01' }, { from: '2026-11-01', to: null }],
    // A part of a histogram.
    [
      { from: '2026-11-01T09:00:00Z', to: '2026-11-01T10:30:00Z' },
      { from: '2026-11-01T09:00:00Z', to: '2026-11-01T10:30:00Z' },
      { from: '2026-11-01T09:00:00Z', to: '2026-11-01T10:30:00Z' },
    ],
    // A day and an instant do not go together.
    [{ from: '2026-11-01', to: '2026-11-01T10:30:00Z' }, { from: '2026-11-01' }, { from: '2026-11-01', to: null }],
    // Days win over a span, and come in order.
    [
      { from: '2026-11-07', to: '2026-11-01', last: '1h' },
      { from: '2026-11-01', to: '2026-11-07' },
      { from: '2026-11-01', to: '2026-11-07' },
    ],
  ])('%o', (url, search, params) => {
    expect(parseRange(url)).toEqual(search)
    expect(rangeParams(parseRange(url))).toEqual(params)
  })

  test.each([
    { last: 'yesterday' },
    { last: '0d' },
    { from: '2026-02-30' },
    { from: 7 },
    { from: '2026-11-01T25:00:00Z' },
    { to: '2026-11-07' },
  ])('what makes no sense is left out: %o', (url) => expect(parseRange(url)).toEqual({}))

  test('reading what was written changes nothing', () => {
    for (const search of [{}, { last: '1h' }, { from: '2026-11-01', to: '2026-11-07' }] as const) {
      expect(parseRange({ ...search })).toEqual(search)
    }
  })
})

describe('in words', () => {
  test.each<[RangeSearch, string, string]>([
    [{}, 'Last 7 days', 'in the last 7 days'],
    [{ last: '1h' }, 'Last hour', 'in the last hour'],
    [{ last: '15m' }, 'Last 15 minutes', 'in the last 15 minutes'],
  ])('%o', (search, label, phrase) => {
    expect(rangeLabel(search)).toBe(label)
    expect(rangePhrase(search)).toBe(phrase)
  })

  test('days are named without asking a time zone', () => {
    expect(rangeLabel({ from: '2026-11-01', to: '2026-11-01' })).toContain('2026')
    expect(rangePhrase({ from: '2026-11-01', to: '2026-11-01' })).toMatch(/^on /)
    expect(rangePhrase({ from: '2026-11-01', to: '2026-11-07' })).toMatch(/^from .* to /)
    expect(rangePhrase({ from: '2026-11-01' })).toMatch(/^since /)
  })
})

test('what was drawn is told to the minute, where the site lives', () => {
  const drawn = (from: string, to: string) => rangePhrase({ from, to }, 'Europe/Berlin')
  expect(drawn('2026-11-23T09:00:00Z', '2026-11-23T10:30:00Z')).toMatch(/^on .*2026, 10:00 – 11:30$/)
  expect(drawn('2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z')).toMatch(/^from .*23.*, 00:00 to .*24.*, 00:00$/)
})

describe('choosing', () => {
  test('keeps the filter', () => {
    expect(withRange({ last: '1h', q: 'has:errors' }, { last: '30d' })).toEqual({ last: '30d', q: 'has:errors' })
    expect(withRange({ from: '2026-11-01', to: '2026-11-02' }, { last: '7d' })).toEqual({})
    expect(presetOf(withRange({ last: '1h' }, { from: '2026-11-01', to: '2026-11-02' }))).toBeNull()
  })

  test('widens to the smallest preset that reaches', () => {
    const now = Date.UTC(2026, 10, 23)
    const hour = 3_600_000
    expect(presetReaching(now - 2 * hour, now, { last: '1h' })).toBe('24h')
    expect(presetReaching(now - 26 * hour, now, { last: '1h' })).toBe('7d')
    expect(presetReaching(now - 2 * hour, now, { from: '2026-08-01' })).toBe('7d')
    expect(presetReaching(now - 1000 * hour, now, {})).toBeNull()
  })
})

test('a range may be drawn to the millisecond, as reports answer it', () => {
  const range = { from: '2026-11-16T09:00:00.250Z', to: '2026-11-23T09:00:00Z' }
  expect(parseRange(range)).toEqual(range)
  expect(parseRange({ from: range.to, to: range.from })).toEqual(range)
  expect(toInstant(Date.parse(range.from))).toBe(range.from)
  expect(parseRange({ from: '2026-11-16T09:00:00.000Z' })).toEqual({})
})
