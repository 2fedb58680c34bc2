/** Spans of time as people read them. Input is milliseconds throughout. */

import { NOTHING } from './numbers'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (n: number) => String(n).padStart(2, '0')

/** How long a session is: `38 s`, `4m 32s`, `1h 04m`, `2d 03h`. Whole seconds, cut, never rounded up. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING
  const span = Math.max(0, ms)
  if (span < MINUTE) return `${Math.floor(span / SECOND)}\u00a0s`
  if (span < HOUR) return `${Math.floor(span / MINUTE)}m\u00a0${two(Math.floor((span % MINUTE) / SECOND))}s`
  if (span < DAY) return `${Math.floor(span / HOUR)}h\u00a0${two(Math.floor((span % HOUR) / MINUTE))}m`
  return `${Math.floor(span / DAY)}d\u00a0${two(Math.floor((span % DAY) / HOUR))}h`
}

/** How long a machine took: `84 ms`, `1.24 s`, then as {@link duration}. */
export function latency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING
  if (ms < SECOND) return `${Math.round(ms)}\u00a0ms`
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(ms < 10 * SECOND ? 2 : 1)}\u00a0s`
  return duration(ms)
}

/** Since the session's start: `+0:45`, `+12:03`, `+1:02:09`; `−0:02` for what came before it. */
export function offset(ms: number): string {
  const sign = ms < 0 ? '−' : '+'
  const span = Math.abs(ms)
  const hours = Math.floor(span / HOUR)
  const minutes = Math.floor((span % HOUR) / MINUTE)
  const seconds = two(Math.floor((span % MINUTE) / SECOND))
  return hours > 0 ? `${sign}${hours}:${two(minutes)}:${seconds}` : `${sign}${minutes}:${seconds}`
}

/** Said to a screen reader: `4 minutes 32 seconds`. */
export function spokenDuration(ms: number): string {
  const parts: [number, string][] = [
    [Math.floor(ms / HOUR), 'hour'],
    [Math.floor((ms % HOUR) / MINUTE), 'minute'],
    [Math.floor((ms % MINUTE) / SECOND), 'second'],
  ]
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`)
  return said.length === 0 ? 'under a second' : said.join(' ')
}
