/** How a metric changed against the period before: an arrow, a number, and green or red only where one is better. */

import type { MetricInfo } from '../api/reportTypes'
import classes from './ChangeNote.module.css'
import { changeOf } from './readings'

export interface ChangeNoteProps {
  change: number | null
  better: MetricInfo['better']
  /** `the period before`, where it is left out. */
  against?: string
}

export function ChangeNote({ change, better, against }: ChangeNoteProps) {
  const said = changeOf(change, better, against)
  if (!said) return <span className={classes.none}>nothing to compare with</span>
  return (
    <span className={classes.change} data-tone={said.tone} title={said.spoken}>
      <svg viewBox="0 0 8 8" aria-hidden="true">
        {said.direction === 'up' && <path d="M4 .8 7.4 7H.6Z" />}
        {said.direction === 'down' && <path d="M4 7.2.6 1h6.8Z" />}
        {said.direction === 'same' && <path d="M.6 3.2h6.8v1.6H.6Z" />}
      </svg>
      <span aria-hidden="true">{said.text}</span>
      <span className="visually-hidden">{said.spoken}</span>
    </span>
  )
}
