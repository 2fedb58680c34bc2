/**
 * Instants as people read them, in the site's time zone: a day of a site is a day where the site lives.
 *
 * The 24-hour clock is used in every locale, since a timeline is a log that is compared row by row.
 */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter costs more than using it a thousand times. */
function format(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(undefined, { timeZone, ...options })
    formats.set(key, found)
  }
  return found
}

const CLOCK = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const
const SHORT_CLOCK = {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const

/** `10:00:45`. */
export function clock(at: number, timeZone: string): string {
  return format(timeZone, CLOCK).format(at)
}

/** `Mon, 23 Nov 2026` in the locale's order. */
export function day(at: number, timeZone: string): string {
  return format(timeZone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(at)
}

/** Which day it is there, to compare. */
export function dayKey(at: number, timeZone: string): string {
  const parts = format(timeZone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** `Mon, 23 Nov 2026, 10:00:45 GMT+1`: nothing left to guess. */
export function absolute(at: number, timeZone: string): string {
  const zone = format(timeZone, { ...CLOCK, timeZoneName: 'short' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value
  return `${day(at, timeZone)}, ${clock(at, timeZone)} ${zone ?? timeZone}`
}

/** `23 Nov, 10:00`; with the year where it is not this one. */
export function shortDateTime(at: number, timeZone: string, now: number): string {
  const sameYear = dayKey(at, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4)
  const date = format(timeZone, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at)
  return `${date}, ${format(timeZone, SHORT_CLOCK).format(at)}`
}

/** At a glance: `just now`, `2 min ago`, `5 h ago`, then the date. */
export function relative(at: number, now: number, timeZone: string): string {
  const ago = now - at
  if (ago < 45 * SECOND) return 'just now'
  if (ago < HOUR) return `${Math.max(1, Math.round(ago / MINUTE))}\u00a0min ago`
  if (ago < DAY) return `${Math.round(ago / HOUR)}\u00a0h ago`
  return shortDateTime(at, timeZone, now)
}

/** How long ago, in whole words: `3 days ago`. */
export function longAgo(at: number, now: number): string {
  const ago = Math.max(0, now - at)
  const of = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'} ago`
  if (ago < MINUTE) return 'less than a minute ago'
  if (ago < HOUR) return of(Math.floor(ago / MINUTE), 'minute')
  if (ago < DAY) return of(Math.floor(ago / HOUR), 'hour')
  return of(Math.floor(ago / DAY), 'day')
}

/** The place that names a zone: `Berlin` of `Europe/Berlin`. */
export function zoneName(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
}
