/** An estimate with its interval on a scale around zero. The words beside it say the same. */

import classes from './charts.module.css'
import { type Interval, placeInterval } from './scale'

const WIDTH = 200
const HEIGHT = 22

export interface IntervalBarProps {
  interval: Interval
  /** The scale goes from −reach to reach. */
  reach: number
}

export function IntervalBar({ interval, reach }: IntervalBarProps) {
  const { left, right, at, zero } = placeInterval(interval, reach, WIDTH)
  // On one side of zero only: then there is a difference at all.
  const side = interval.high < 0 ? 'below' : interval.low > 0 ? 'above' : 'either'
  return (
    <svg className={classes.interval} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} data-side={side} aria-hidden="true">
      <line className={classes.axis} x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <line className={classes.zero} x1={zero} x2={zero} y1={1} y2={HEIGHT - 1} />
      <line className={classes.reach} x1={left} x2={right} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <line className={classes.reach} x1={left} x2={left} y1={7} y2={HEIGHT - 7} />
      <line className={classes.reach} x1={right} x2={right} y1={7} y2={HEIGHT - 7} />
      <circle className={classes.estimate} cx={at} cy={HEIGHT / 2} r={4} />
    </svg>
  )
}
