import { describe, expect, test } from 'vitest'
import { duration, latency, offset, spokenDuration } from './durations'
import { bytes, count, counted, share } from './numbers'
import { absolute, clock, dayKey, longAgo, relative, shortDateTime, zoneName } from './times'

/** A no-break space reads as a space. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('durations', () => {
  test.each([
    [null, '–'],
    [0, '0 s'],
    [999, '0 s'],
    [38_000, '38 s'],
    [59_999, '59 s'],
    [60_000, '1m 00s'],
    [272_000, '4m 32s'],
    [3_599_999, '59m 59s'],
    [3_840_000, '1h 04m'],
    [86_400_000, '1d 00h'],
  ])('a session of %s ms is %s long', (ms, words) => expect(plain(duration(ms))).toBe(words))

  test.each([
    [undefined, '–'],
    [84.4, '84 ms'],
    [1240, '1.24 s'],
    [12_340, '12.3 s'],
    [65_000, '1m 05s'],
  ])('a request of %s ms took %s', (ms, words) => expect(plain(latency(ms))).toBe(words))

  test.each([
    [0, '+0:00'],
    [45_900, '+0:45'],
    [3_729_000, '+1:02:09'],
    [-2_000, '−0:02'],
  ])('%s ms after the start is %s', (ms, words) => expect(offset(ms)).toBe(words))

  test('is spoken in whole words', () => {
    expect(spokenDuration(272_000)).toBe('4 minutes 32 seconds')
    expect(spokenDuration(3_601_000)).toBe('1 hour 1 second')
    expect(spokenDuration(300)).toBe('under a second')
  })
})

describe('numbers', () => {
  test('carry separators and units', () => {
    expect(count(1284)).toBe('1,284')
    expect(plain(counted(1, 'session'))).toBe('1 session')
    expect(plain(counted(12_345, 'session'))).toBe('12,345 sessions')
  })

  test.each([
    [null, '–'],
    [0, '0 B'],
    [999, '999 B'],
    [48_213, '48.2 kB'],
    [999_999, '1 MB'],
    [1_800_000_000, '1.8 GB'],
  ])('%s bytes are %s', (n, words) => expect(plain(bytes(n))).toBe(words))
})

describe('times are those of the site', () => {
  const at = Date.UTC(2026, 10, 23, 23, 30, 45)

  test('in the clock and in the day', () => {
    expect(clock(at, 'UTC')).toBe('23:30:45')
    expect(clock(at, 'Europe/Berlin')).toBe('00:30:45')
    expect(dayKey(at, 'UTC')).toBe('2026-11-23')
    expect(dayKey(at, 'Europe/Berlin')).toBe('2026-11-24')
    expect(dayKey(at, 'America/New_York')).toBe('2026-11-23')
  })

  test('midnight is 00, never 24', () => {
    expect(clock(Date.UTC(2026, 10, 23), 'UTC')).toBe('00:00:00')
  })

  test('the hour that a clock change repeats is told apart by its zone', () => {
    const first = Date.UTC(2026, 9, 25, 0, 30)
    const second = Date.UTC(2026, 9, 25, 1, 30)
    expect(clock(first, 'Europe/Berlin')).toBe(clock(second, 'Europe/Berlin'))
    expect(absolute(first, 'Europe/Berlin')).not.toBe(absolute(second, 'Europe/Berlin'))
  })

  test('relative at a glance, then the date', () => {
    const ago = (ms: number) => plain(relative(at - ms, at, 'UTC'))
    expect(ago(3_000)).toBe('just now')
    expect(ago(50_000)).toBe('1 min ago')
    expect(ago(59 * 60_000)).toBe('59 min ago')
    expect(ago(5 * 3_600_000)).toBe('5 h ago')
    expect(ago(3 * 86_400_000)).toContain('20')
    expect(longAgo(at - 3 * 86_400_000, at)).toBe('3 days ago')
  })

  test('another year is named', () => {
    expect(shortDateTime(at, 'UTC', at)).not.toContain('2026')
    expect(shortDateTime(at, 'UTC', Date.UTC(2027, 1, 1))).toContain('2026')
  })

  test('a zone is named by its place', () => {
    expect(zoneName('America/New_York')).toBe('New York')
    expect(zoneName('UTC')).toBe('UTC')
  })
})

test('a share says so where there is no whole', () => {
  expect(plain(share(27, 1284))).toBe('2.1 %')
  expect(plain(share(0, 5))).toBe('0 %')
  expect(share(0, 0)).toBe('–')
})
