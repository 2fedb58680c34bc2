/** How often a web vital was good, needs improvement or poor: one bar of three parts, each said with its share. */

import type { VitalRating } from '../api/types'
import { share } from '../format/numbers'
import { VITAL_RATING } from '../format/words'
import { Hint } from '../shell/Definition'
import classes from './charts.module.css'
import { widthsOf } from './scale'

export const RATINGS: readonly VitalRating[] = ['good', 'needs_improvement', 'poor']

export interface RatingBarProps {
  /** Good, needs improvement, poor: numbers or shares. */
  parts: readonly [number, number, number]
}

export function RatingBar({ parts }: RatingBarProps) {
  const whole = parts[0] + parts[1] + parts[2]
  if (whole === 0) return null
  const widths = widthsOf(parts, 100, 2)
  const words = RATINGS.map((rating, index) => `${VITAL_RATING[rating]} ${share(parts[index] ?? 0, whole)}`).join(', ')
  let x = 0
  return (
    <Hint label={words}>
      <svg className={classes.ratings} viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={words}>
        {RATINGS.map((rating, index) => {
          const width = widths[index] ?? 0
          const from = x
          x += width
          return <rect key={rating} data-rating={rating} x={from} width={width} height={6} />
        })}
      </svg>
    </Hint>
  )
}

/** The rating in a word with its colour; a shape of its own, so that colour is not all that tells it. */
export function RatingWord({ rating, isShort = false }: { rating: VitalRating; isShort?: boolean }) {
  const word = isShort && rating === 'needs_improvement' ? 'Needs impr.' : VITAL_RATING[rating]
  return (
    <span className={classes.rating} data-rating={rating} title={VITAL_RATING[rating]}>
      <svg viewBox="0 0 8 8" aria-hidden="true">
        {rating === 'good' && <circle cx="4" cy="4" r="3.5" />}
        {rating === 'needs_improvement' && <path d="M4 .5 7.5 4 4 7.5.5 4Z" />}
        {rating === 'poor' && <path d="M4 .6 7.8 7.4H.2Z" />}
      </svg>
      {word}
    </span>
  )
}
