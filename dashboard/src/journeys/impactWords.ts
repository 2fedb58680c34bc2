/** Differences and losses in words. Pure. */

import type { Estimate } from '../api/reportTypes'
import { count } from '../format/numbers'

const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** A difference of shares in percentage points: `−12.4 pp`. */
export function pointsWords(difference: number): string {
  const points = Math.round(difference * 1000) / 10
  if (points === 0) return '0\u00a0pp'
  return `${points > 0 ? '+' : '−'}${tenths.format(Math.abs(points))}\u00a0pp`
}

/** `31` and `12 to 50`; where it may be none at all, or a gain, that is said. */
export function lostWords({ estimate, low, high }: Estimate): {
  estimate: string
  range: string
  /** Whether it may be none. */
  isUnsure: boolean
} {
  const round = (n: number) => {
    const whole = Math.round(n)
    return whole < 0 ? `−${count(-whole)}` : count(whole)
  }
  const range = `${round(low)} to ${round(high)}`
  const isUnsure = low <= 0 && high >= 0
  return { estimate: `about ${round(estimate)}`, range: isUnsure ? `${range}: may be none` : range, isUnsure }
}
