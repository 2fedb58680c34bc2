/** A metric over time as a small line: a shape to compare. Its numbers are told where it stands. */

import classes from './charts.module.css'
import { areaPath, linePath, runsOf } from './scale'

export interface SparklineProps {
  values: readonly (number | null)[]
  /** The same of the period before, drawn behind. */
  before?: readonly (number | null)[] | undefined
  width?: number
  height?: number
}

export function Sparkline({ values, before = [], width = 120, height = 32 }: SparklineProps) {
  const known = [...values, ...before].filter((value) => value !== null)
  const top = Math.max(Number.MIN_VALUE, ...known)
  const runs = (of: readonly (number | null)[]) =>
    runsOf(of, (value, index) => ({
      x: of.length < 2 ? width / 2 : 1 + (index / (of.length - 1)) * (width - 2),
      y: height - 2 - (value / top) * (height - 4),
    }))
  const line = runs(values)
  return (
    <svg className={classes.spark} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path className={classes.sparkArea} d={areaPath(line, height)} />
      <path className={classes.lineBefore} d={linePath(runs(before))} />
      <path className={classes.line} d={linePath(line)} />
    </svg>
  )
}
