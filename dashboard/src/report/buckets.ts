/** Buckets of time in words, where the site lives. Pure. */

import type { Bucket, Interval } from '../api/reportTypes'
import { clock, day, dayKey } from '../format/times'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`
  const found = formats.get(key) ?? new Intl.DateTimeFormat(undefined, { timeZone, ...options })
  formats.set(key, found)
  return found
}

/** `Mon, 23 Nov 2026`, `23 Nov 2026, 10:00 – 11:00`, `23 – 29 Nov 2026`, `November 2026`. */
export function bucketWords({ from, to }: Bucket, interval: Interval, timeZone: string): string {
  const minute = (at: number) => clock(at, timeZone).slice(0, 5)
  switch (interval) {
    case 'hour':
      return `${day(from, timeZone)}, ${minute(from)} – ${minute(to)}`
    case 'day':
      return day(from, timeZone)
    case 'week':
      return format(timeZone, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(from, to - 1)
    case 'month':
      return format(timeZone, { month: 'long', year: 'numeric' }).format(from)
  }
}

/** Names below a chart: as many as have room, each where its bucket stands. */
export function tickWords(
  buckets: readonly Bucket[],
  interval: Interval,
  timeZone: string,
  most: number,
): { index: number; text: string }[] {
  const short: Record<Interval, (bucket: Bucket) => string> = {
    hour: ({ from }) => clock(from, timeZone).slice(0, 5),
    day: ({ from }) => format(timeZone, { day: 'numeric', month: 'short' }).format(from),
    week: ({ from }) => format(timeZone, { day: 'numeric', month: 'short' }).format(from),
    month: ({ from }) => format(timeZone, { month: 'short', year: '2-digit' }).format(from),
  }
  const all = buckets.map((bucket, index) => {
    const isNewDay =
      interval === 'hour' &&
      index > 0 &&
      dayKey(bucket.from, timeZone) !== dayKey(buckets[index - 1]?.from ?? 0, timeZone)
    return { index, text: isNewDay ? short.day(bucket) : short[interval](bucket) }
  })
  const every = Math.ceil(all.length / Math.max(1, most))
  return all.filter(({ index }) => index % every === 0)
}
