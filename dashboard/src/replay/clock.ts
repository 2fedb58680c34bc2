/**
 * The playhead: where it is, whether it moves, and where it stops by itself. A function of what it was and of the time
 * that has passed; it knows no time of day and starts no timer.
 */

import type { Span } from './manifest'

export const SPEEDS = [0.5, 1, 2, 4, 8] as const
export type Speed = (typeof SPEEDS)[number]

export interface Stop {
  at: number
  /** Key of the timeline's row. */
  key: string
}

export interface Clock {
  /** Unix ms. */
  at: number
  playing: boolean
  speed: Speed
  /** Where it stopped by itself, and has not moved since. */
  stoppedAt: Stop | null
}

export interface Course {
  whole: Span
  /** Where to stop, in order of time. */
  stops: readonly Stop[]
  /** What is leapt over, in order of time. */
  leaps: readonly Span[]
}

/** The clock after `passedMs` of real time. */
export function advance(clock: Clock, passedMs: number, { whole, stops, leaps }: Course): Clock {
  if (!clock.playing) return clock
  const from = clock.at
  let to = from + Math.max(0, passedMs) * clock.speed
  const leap = leaps.find(({ start, end }) => to >= start && from < end)
  // A stop within an idle stretch is not leapt over.
  if (leap) to = Math.max(to, leap.end)
  const stop = stops.find(({ at }) => at > from && at <= to)
  if (stop) return { ...clock, at: stop.at, playing: false, stoppedAt: stop }
  if (to >= whole.end) return { ...clock, at: whole.end, playing: false, stoppedAt: null }
  return { ...clock, at: to, stoppedAt: null }
}

export function play(clock: Clock, whole: Span): Clock {
  // At the end it begins anew.
  const at = clock.at >= whole.end ? whole.start : clock.at
  return { ...clock, at, playing: true, stoppedAt: null }
}

export const pause = (clock: Clock): Clock => ({ ...clock, playing: false })

export function seek(clock: Clock, at: number, { start, end }: Span): Clock {
  return { ...clock, at: Math.min(end, Math.max(start, at)), stoppedAt: null }
}

/** The next faster or slower speed; the same at the end of the list. */
export function otherSpeed(speed: Speed, by: 1 | -1): Speed {
  return SPEEDS[SPEEDS.indexOf(speed) + by] ?? speed
}

/** Of moments in order, the next after `at`; or the last before it, by more than what a person takes for the same. */
export function neighbour<T extends { at: number }>(moments: readonly T[], at: number, by: 1 | -1): T | null {
  if (by > 0) return moments.find((one) => one.at > at + 1) ?? null
  return moments.findLast((one) => one.at < at - 1) ?? null
}
