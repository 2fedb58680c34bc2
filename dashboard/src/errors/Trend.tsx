/** Events over the range as small bars: a shape to compare, with its numbers said to screen readers. */

import { count } from '../format/numbers'
import classes from './GroupTable.module.css'

const HEIGHT = 24
const BAR = 5

export function Trend({ points }: { points: readonly number[] }) {
  const most = Math.max(1, ...points)
  const total = points.reduce((sum, n) => sum + n, 0)
  return (
    <svg
      className={classes.trend}
      width={points.length * BAR}
      height={HEIGHT}
      role="img"
      aria-label={`${count(total)} events over the range, ${count(most)} at most at a time`}
    >
      {points.map((n, place) => {
        const height = n === 0 ? 1 : Math.max(2, (n / most) * HEIGHT)
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place in time.
            key={place}
            x={place * BAR}
            y={HEIGHT - height}
            width={BAR - 1}
            height={height}
            data-zero={n === 0 || undefined}
          />
        )
      })}
    </svg>
  )
}
