/** Where people leave: the steps ranked by sessions lost at them, and of one of them how its sessions ended. */

import { IconDoorExit } from '@tabler/icons-react'
import { useState } from 'react'
import { type DropOffReport, STEP_KINDS, type Step } from '../api/reportTypes'
import { count, counted } from '../format/numbers'
import { Door } from '../report/Door'
import { PickMany } from '../report/Pick'
import { Panel } from '../report/ReportPage'
import { ReportView } from '../report/ReportView'
import { percent } from '../report/readings'
import { ShareBar } from '../report/ShareBar'
import { StepMark } from '../report/StepMark'
import { StepPicker } from '../report/StepPicker'
import { moreText, parseStep, STEP_KIND, stepText } from '../report/stepWords'
import table from '../report/table.module.css'
import { filterParams } from '../search/filter'
import { Button } from '../shell/Button'
import { Hint } from '../shell/Definition'
import { Notice } from '../shell/Notice'
import classes from './DropOff.module.css'
import { Endings } from './Endings'
import type { JourneysChoicesProps, JourneysViewProps } from './JourneysPage'
import { dropOffParams, endingsParams, kindsOf } from './journeysSearch'

const FIRST = 25
const MOST = 500

export function DropOffView(props: JourneysViewProps) {
  const { site, search, timeZone, onSearch } = props
  const [limit, setLimit] = useState(FIRST)
  // Where none is chosen, the one that loses most is told.
  const stepOf = (data: DropOffReport | undefined) => parseStep(search.step) ?? data?.steps[0]?.step ?? null
  const setStep = (next: Step) => onSearch({ ...search, step: stepText(next) }, { replace: true })
  return (
    <ReportView
      {...props}
      report="drop-off"
      params={dropOffParams(search, limit)}
      what="the drop-off"
      title={({ dropped, out_of }) => `${counted(dropped, 'session')} of ${count(out_of)} left without a goal`}
      isEmpty={(answer) => answer.out_of === 0}
      choices={<DropOffChoices site={site} search={search} onSearch={onSearch} />}
      taken={(data) => {
        const step = stepOf(data)
        return step && { report: 'drop-off/endings', params: endingsParams(search, step) }
      }}
    >
      {(answer) => {
        const step = stepOf(answer)
        return answer.steps.length === 0 && !search.step ? (
          <Notice icon={<IconDoorExit size={20} stroke={1.6} />} title="No such steps">
            <p>None of the {counted(answer.out_of, 'session')} has a step of these kinds.</p>
          </Notice>
        ) : (
          <div className={classes.both}>
            <Steps report={answer} step={step} onStep={setStep} onMore={limit < MOST ? () => setLimit(MOST) : null} />
            {step && <Endings site={site} search={search} step={step} goals={answer.goals} timeZone={timeZone} />}
          </div>
        )
      }}
    </ReportView>
  )
}

/** Which steps are looked at, and of which one the endings are told. */
export function DropOffChoices({ site, search, onSearch }: JourneysChoicesProps) {
  const kinds = kindsOf(search)
  return (
    <div className={classes.choices} data-not-in-picture="">
      <PickMany
        label="Steps"
        values={kinds}
        options={STEP_KINDS.map((kind) => ({ value: kind, name: STEP_KIND[kind].many }))}
        summary={`${STEP_KIND[kinds[0] ?? 'page'].many}${kinds.length > 1 ? ` + ${kinds.length - 1}` : ''}`}
        onChange={(next) => onSearch({ ...search, kinds: next.join() })}
      />
      <StepPicker
        site={site}
        params={filterParams(search)}
        label="Endings at"
        empty="the step that loses most"
        step={parseStep(search.step)}
        onChange={(step) => onSearch({ ...search, step: stepText(step) }, { replace: true })}
        onClear={() => {
          const { step: _, ...rest } = search
          onSearch(rest)
        }}
      />
    </div>
  )
}

interface StepsProps {
  report: DropOffReport
  step: Step | null
  onStep: (step: Step) => void
  onMore: (() => void) | null
}

function Steps({ report, step, onStep, onMore }: StepsProps) {
  const most = Math.max(1, ...report.steps.map((row) => row.dropped))
  return (
    <Panel
      title="Steps, most sessions lost first"
      note={
        report.goals.length > 0
          ? `goals: ${report.goals.join(', ')}`
          : 'no goals are set, so every ending counts as lost'
      }
    >
      <div className={table.scroll}>
        <table className={table.table}>
          <caption className="visually-hidden">Steps by sessions lost at them</caption>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col" data-kind="bar">
                <span className="visually-hidden">Dropped, drawn</span>
              </th>
              {HEADS.map(([name, definition]) => (
                <th key={name} scope="col">
                  <Hint label={definition}>
                    <span>{name}</span>
                  </Hint>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.steps.map((row) => {
              const isOn = step !== null && stepText(step) === stepText(row.step)
              return (
                <tr key={stepText(row.step)} data-on={isOn || undefined}>
                  <th scope="row" className={table.name}>
                    <button
                      type="button"
                      className={table.rowButton}
                      aria-pressed={isOn}
                      onClick={() => onStep(row.step)}
                    >
                      <StepMark step={row.step} />
                    </button>
                  </th>
                  <td data-kind="bar">
                    <ShareBar share={row.dropped / most} tone="warn" />
                  </td>
                  <td>
                    <Door selection={row.selections.dropped} n={row.dropped} />
                  </td>
                  <td>{percent(row.drop_rate)}</td>
                  <td>
                    <Door selection={row.selections.reached} n={row.reached} />
                  </td>
                  <td>
                    <Door selection={row.selections.completed} n={row.completed} />
                  </td>
                  <td>
                    <Door selection={row.selections.open} n={row.open} />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {report.rest > 0 && (
        <p className={table.more}>
          {onMore ? <Button onClick={onMore}>Show more</Button> : null} {moreText(report.rest, 'step')} with{' '}
          {counted(report.rest_dropped, 'session')} lost at them.
        </p>
      )}
    </Panel>
  )
}

const HEADS: readonly [string, string][] = [
  ['Dropped', 'Sessions that ended here, and reached no goal.'],
  ['Rate', 'Dropped ÷ reached.'],
  ['Reached', 'Sessions that had this step: went on + completed + dropped + open.'],
  ['Completed', 'Sessions that ended here, and reached a goal.'],
  ['Open', 'Live sessions that are here now.'],
]
