/** A part of a whole as a bar. Decoration: the number beside it says the same. */

import classes from './charts.module.css'

export type BarTone = 'path' | 'error' | 'warn' | 'rest'

export interface ShareBarProps {
  /** From 0 to 1. */
  share: number
  /** A second part within the first, in a stronger colour. */
  within?: number
  tone?: BarTone
}

export function ShareBar({ share, within, tone = 'path' }: ShareBarProps) {
  const percent = (n: number) => `${100 * Math.min(1, Math.max(0, Number.isFinite(n) ? n : 0))}%`
  return (
    <svg className={classes.share} data-tone={tone} aria-hidden="true">
      <rect className={classes.track} width="100%" height="100%" rx="2" />
      {share > 0 && <rect className={classes.part} width={percent(share)} height="100%" rx="2" />}
      {within !== undefined && within > 0 && (
        <rect className={classes.within} width={percent(within)} height="100%" rx="2" />
      )}
    </svg>
  )
}
