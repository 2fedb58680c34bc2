/** Whole paths, the most frequent first: each step in its order, how many took exactly these, and how long. */

import { useState } from 'react'
import type { PathsReport, PathVariant } from '../api/reportTypes'
import { latency } from '../format/durations'
import { count } from '../format/numbers'
import { Door } from '../report/Door'
import { percent } from '../report/readings'
import { ShareBar } from '../report/ShareBar'
import { StepMark } from '../report/StepMark'
import { loopText } from '../report/stepWords'
import { Button } from '../shell/Button'
import classes from './Paths.module.css'

const FIRST = 10

export function Variants({ report }: { report: PathsReport }) {
  const [all, setAll] = useState(false)
  const { variants, direction } = report
  const most = Math.max(1, ...variants.map((variant) => variant.sessions))
  const shown = all ? variants : variants.slice(0, FIRST)
  return (
    <>
      <ol className={classes.variants}>
        {shown.map((variant) => (
          <Variant key={variant.selection} variant={variant} most={most} isBackwards={direction === 'backwards'} />
        ))}
      </ol>
      {variants.length > shown.length && (
        <p className={classes.hint}>
          <Button onClick={() => setAll(true)}>Show {count(variants.length - shown.length)} more</Button>
        </p>
      )}
    </>
  )
}

function Variant({ variant, most, isBackwards }: { variant: PathVariant; most: number; isBackwards: boolean }) {
  // Told in the order of time, from whichever side they were counted.
  const steps = isBackwards ? [...variant.steps].reverse() : variant.steps
  return (
    <li>
      <div className={classes.steps}>
        {isBackwards && variant.continued > 0 && <span className={classes.goesOn}>…</span>}
        {steps.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; the same one may be there twice.
          <span key={place} className={classes.stop}>
            <StepMark step={step} />
            {loopText(step.repeats_average) && <span className={classes.loop}>{loopText(step.repeats_average)}</span>}
          </span>
        ))}
        {!isBackwards && variant.continued > 0 && <span className={classes.goesOn}>…</span>}
      </div>
      <div className={classes.numbers}>
        <ShareBar share={variant.sessions / most} />
        <Door selection={variant.selection} n={variant.sessions} className={classes.figure} />
        <span className={classes.figure}>{percent(variant.share)}</span>
        <span className={classes.figure} title="Median time from the first step to the last">
          {variant.time && variant.steps.length > 1 ? latency(variant.time.median_ms) : ''}
        </span>
      </div>
    </li>
  )
}
