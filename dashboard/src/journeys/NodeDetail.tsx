/** The numbers of the step that was clicked, each with its door, and where to go on from it. */

import { IconX } from '@tabler/icons-react'
import type { PathsReport, Step } from '../api/reportTypes'
import { latency } from '../format/durations'
import { counted, NOTHING } from '../format/numbers'
import { Door } from '../report/Door'
import { percent } from '../report/readings'
import { StepMark } from '../report/StepMark'
import { loopText } from '../report/stepWords'
import { Button } from '../shell/Button'
import classes from './Paths.module.css'
import { wayTo } from './sankey'

export interface NodeDetailProps {
  report: PathsReport
  place: number
  onClose: () => void
  onStart: (step: Step) => void
  onEnd: (step: Step) => void
  onDropOff: (step: Step) => void
}

export function NodeDetail({ report, place, onClose, onStart, onEnd, onDropOff }: NodeDetailProps) {
  const node = report.nodes[place]
  const step = node?.step
  if (!node || !step) return null
  const isBackwards = report.direction === 'backwards'
  const loop = loopText(node.repeats_average)
  return (
    <section className={classes.node} aria-label={`Step ${step.label}`} aria-live="polite">
      <p className={classes.way}>
        {wayTo(report.nodes, place).map((at) => {
          const on = report.nodes[at]?.step
          return on && <StepMark key={at} step={on} />
        })}
        {loop && <span className={classes.loop}>{loop} on average</span>}
        <button type="button" className={classes.close} onClick={onClose} aria-label="Close" data-not-in-picture="">
          <IconX size={14} stroke={1.8} />
        </button>
      </p>
      <dl className={classes.facts}>
        <div>
          <dt>Sessions</dt>
          <dd>
            <Door selection={node.selection} n={node.sessions} />
          </dd>
        </div>
        <div>
          <dt>{isBackwards ? 'Of the step after' : 'Of the step before'}</dt>
          <dd>{percent(node.share)}</dd>
        </div>
        <div>
          <dt>{isBackwards ? 'Came from another step' : 'Went on'}</dt>
          <dd>
            <Door selection={node.selections.continued} n={node.continued} />
          </dd>
        </div>
        <div>
          <dt>{isBackwards ? 'Began here' : report.direction === 'between' ? 'Arrived or ended' : 'Ended here'}</dt>
          <dd>
            <Door selection={node.selections.ended} n={node.ended} />
          </dd>
        </div>
        {node.open > 0 && (
          <div>
            <dt>Still open</dt>
            <dd>
              <Door selection={node.selections.open} n={node.open} />
            </dd>
          </div>
        )}
        <div>
          <dt>Median time to get here</dt>
          <dd title={node.time_from_parent ? `of ${counted(node.time_from_parent.n, 'session')}` : undefined}>
            {node.time_from_parent ? latency(node.time_from_parent.median_ms) : NOTHING}
          </dd>
        </div>
        <div>
          <dt>Median time to the next</dt>
          <dd>{node.time_to_next ? latency(node.time_to_next.median_ms) : NOTHING}</dd>
        </div>
      </dl>
      <p className={classes.actions} data-not-in-picture="">
        <Button onClick={() => onStart(step)}>Paths from here</Button>
        <Button onClick={() => onEnd(step)}>Paths to here</Button>
        <Button onClick={() => onDropOff(step)}>Why sessions end here</Button>
      </p>
    </section>
  )
}
