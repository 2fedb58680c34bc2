/**
 * Where things stand in a drawing: scales, lines, intervals. Pure, in units of the drawing, so that charts are tested
 * without a browser.
 */

/** The smallest round number (1, 2, 2.5 or 5 times a power of ten) that is not under `n`; 1 for nothing. */
export function niceTop(n: number): number {
  if (!(n > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(n))
  // A hair of tolerance: 0.3 / 0.1 is a bit over 3.
  const step = [1, 2, 2.5, 5, 10].find((one) => n <= one * power * (1 + 1e-9)) ?? 10
  return step * power
}

/** A span of time that reads well on an axis: seconds and minutes do not go by tens. */
const NICE_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000, 10_000, 20_000, 30_000, 60_000, 120_000, 240_000, 600_000,
  1_200_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000,
]

/** As {@link niceTop}, of milliseconds. */
export function niceTopMs(ms: number): number {
  return NICE_MS.find((one) => ms <= one) ?? niceTop(ms / 3_600_000) * 3_600_000
}

export interface Point {
  x: number
  y: number
}

/** Runs of points one after the other; nothing measured breaks the line, so that a gap is a gap. */
export function runsOf(values: readonly (number | null)[], place: (value: number, index: number) => Point): Point[][] {
  const runs: Point[][] = []
  let run: Point[] = []
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length > 0) runs.push(run)
      run = []
    } else run.push(place(value, index))
  })
  if (run.length > 0) runs.push(run)
  return runs
}

const tenth = (n: number) => Math.round(n * 10) / 10

/** A line through the runs as an SVG path; a point alone is a dash of 1. */
export function linePath(runs: readonly (readonly Point[])[]): string {
  return runs
    .map((run) => {
      const [first] = run
      if (!first) return ''
      if (run.length === 1) return `M${tenth(first.x - 0.5)} ${tenth(first.y)}h1`
      return run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${tenth(x)} ${tenth(y)}`).join('')
    })
    .join('')
}

/** The ground under the runs, down to `floor`. */
export function areaPath(runs: readonly (readonly Point[])[], floor: number): string {
  return runs
    .filter((run) => run.length > 1)
    .map((run) => {
      const [first] = run
      const last = run.at(-1)
      if (!first || !last) return ''
      return `${linePath([run])}L${tenth(last.x)} ${floor}L${tenth(first.x)} ${floor}Z`
    })
    .join('')
}

export interface Interval {
  estimate: number
  low: number
  high: number
}

/** A range around zero that all intervals fit in, as wide to both sides as the widest needs. */
export function reachOf(intervals: readonly Interval[]): number {
  return niceTop(Math.max(0.01, ...intervals.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])))
}

export interface PlacedInterval {
  left: number
  right: number
  at: number
  zero: number
}

/** An interval on a scale from −reach to reach, as places of `width`; cut at its ends. */
export function placeInterval({ estimate, low, high }: Interval, reach: number, width: number): PlacedInterval {
  const place = (n: number) => Math.min(width, Math.max(0, ((n + reach) / (2 * reach)) * width))
  return { left: place(low), right: place(high), at: place(estimate), zero: width / 2 }
}

/**
 * Parts of a whole as widths that add up to `width`; what is there at all is at least `least` wide, which the wider
 * ones give.
 */
export function widthsOf(parts: readonly number[], width: number, least = 0): number[] {
  const whole = parts.reduce((sum, n) => sum + n, 0)
  if (whole <= 0) return parts.map(() => 0)
  const raw = parts.map((n) => (n / whole) * width)
  const lacking = raw.reduce((sum, n) => sum + (n > 0 && n < least ? least - n : 0), 0)
  const spare = raw.reduce((sum, n) => sum + (n > least ? n - least : 0), 0)
  if (lacking > spare) return raw
  return raw.map((n) => {
    if (n === 0) return 0
    return n < least ? least : n - (spare === 0 ? 0 : (lacking * (n - least)) / spare)
  })
}
