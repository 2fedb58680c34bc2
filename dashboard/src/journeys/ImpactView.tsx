/** What errors did: who ended after them, who tried again, and how many completions they cost, with the uncertainty. */

import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { ImpactReport, ImpactRow } from '../api/reportTypes'
import { count, counted, NOTHING, share } from '../format/numbers'
import { Door } from '../report/Door'
import { IntervalBar } from '../report/IntervalBar'
import { useScope } from '../report/ReportScope'
import { ReportView } from '../report/ReportView'
import { StepMark } from '../report/StepMark'
import { reachOf } from '../report/scale'
import { moreText } from '../report/stepWords'
import table from '../report/table.module.css'
import { filterParams } from '../search/filter'
import { Button, ButtonLink } from '../shell/Button'
import { Hint } from '../shell/Definition'
import { Notice } from '../shell/Notice'
import classes from './Impact.module.css'
import { lostWords, pointsWords } from './impactWords'
import type { JourneysViewProps } from './JourneysPage'

const FIRST = 20
const MOST = 200

const HEADS: readonly [string, string][] = [
  ['Sessions', 'Sessions that met the error at this page.'],
  ['Ended after it', 'No further step, or none after 60 s of activity.'],
  ['Retried', 'The same action again within 2 minutes; of the retries those that succeeded.'],
  ['Other way', 'Sessions that took another path after it, and where to.'],
  ['Completed', 'Sessions that reached a goal anyway.'],
]

export function ImpactView(props: JourneysViewProps) {
  const [limit, setLimit] = useState(FIRST)
  return (
    <ReportView
      {...props}
      report="error-impact"
      params={{ ...filterParams(props.search), limit }}
      what="the impact of errors"
      title={({ sessions, out_of }) => `${counted(sessions, 'session')} of ${count(out_of)} met an error`}
      isEmpty={(answer) => answer.out_of === 0}
    >
      {(answer) =>
        answer.rows.length === 0 ? (
          <Notice icon={<IconCircleCheck size={20} stroke={1.6} />} title="No session met an error">
            <p>All {counted(answer.out_of, 'session')} went without.</p>
          </Notice>
        ) : (
          <>
            <p className={classes.note}>
              <Goals report={answer} />
            </p>
            <ImpactTable report={answer} />
            {answer.rest > 0 && (
              <p className={table.more}>
                {limit < MOST && <Button onClick={() => setLimit(MOST)}>Show more</Button>}{' '}
                {moreText(answer.rest, 'error')} at a page.
              </p>
            )}
          </>
        )
      }
    </ReportView>
  )
}

function Goals({ report }: { report: ImpactReport }) {
  const { site } = useScope()
  if (report.goals.length === 0) {
    return (
      <>
        No goals are set for this site, so completions cannot be compared.{' '}
        <ButtonLink to="/sites/$site/journeys" params={{ site }} search={{ view: 'goals' }}>
          Set goals
        </ButtonLink>
      </>
    )
  }
  return (
    <>
      Completion is {report.goals.map((goal) => `“${goal}”`).join(' or ')}. Sessions that met an error are compared with
      sessions at the same page that did not, matched by device and country; bars are 95 % intervals. A difference is an
      association, not proof of a cause.
    </>
  )
}

function ImpactTable({ report }: { report: ImpactReport }) {
  const compared = report.rows.flatMap((row) => row.comparison.difference ?? [])
  const reach = Math.min(1, reachOf(compared))
  return (
    <div className={table.scroll}>
      <table className={`${table.table} ${classes.table}`}>
        <caption className="visually-hidden">Errors by completions lost</caption>
        <thead>
          <tr>
            <th scope="col">Error at a page</th>
            {HEADS.map(([name, definition]) => (
              <th key={name} scope="col">
                <Hint label={definition}>
                  <span>{name}</span>
                </Hint>
              </th>
            ))}
            <th scope="col" data-kind="text" className={classes.scaleHead}>
              Completion with it, against without
              {compared.length > 0 && (
                <span className={classes.scale} aria-hidden="true">
                  <span>{pointsWords(-reach)}</span>
                  <span>0</span>
                  <span>{pointsWords(reach)}</span>
                </span>
              )}
            </th>
            <th scope="col">
              <Hint label="The difference times the sessions that met the error: completions that are missing.">
                <span>Completions lost</span>
              </Hint>
            </th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <Row key={`${row.error} ${row.page ?? ''}`} row={row} reach={reach} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const countOf = (n: number | null) => (n === null ? NOTHING : count(n))

function Row({ row, reach }: { row: ImpactRow; reach: number }) {
  const { comparison, selections } = row
  const [first] = row.alternatives
  return (
    <tr>
      <th scope="row" className={table.name}>
        <span className={classes.error} title={row.error}>
          <bdi>{row.error}</bdi>
        </span>
        <span className={classes.page} title={row.page ?? undefined}>
          {row.page === null ? 'before any page' : <bdi>{row.page}</bdi>}
        </span>
      </th>
      <td>
        <Door selection={selections.sessions} n={row.sessions} />
      </td>
      <td>
        <Door selection={selections.ended} n={row.ended} />
        <span className={classes.second}>{share(row.ended, row.sessions)}</span>
      </td>
      <td>
        <Door selection={selections.retried} n={row.retried} />
        <span className={classes.second}>
          {row.retries === 0 ? NOTHING : `${count(row.retries_succeeded)} of ${count(row.retries)} worked`}
        </span>
      </td>
      <td>
        <Door selection={selections.alternative} n={row.alternative} />
        <span className={classes.second}>
          {first ? (
            <Hint
              label={
                <span className={classes.ways}>
                  {row.alternatives.map((way) => (
                    <span key={way.step.label}>
                      {way.step.label} {count(way.sessions)}
                    </span>
                  ))}
                </span>
              }
            >
              <span className={classes.way}>
                <Door selection={first.selection} title={`${counted(first.sessions, 'session')} went there`}>
                  <StepMark step={first.step} />
                </Door>
              </span>
            </Hint>
          ) : (
            NOTHING
          )}
        </span>
      </td>
      <td>
        <Door selection={selections.completed} n={row.completed} />
        <span className={classes.second}>{share(row.completed, row.sessions)}</span>
      </td>
      <td data-kind="text" className={classes.compared}>
        {comparison.state === 'matched' && comparison.difference ? (
          <>
            <IntervalBar interval={comparison.difference} reach={reach} />
            <span className={classes.second}>
              {pointsWords(comparison.difference.estimate)} ({pointsWords(comparison.difference.low)} to{' '}
              {pointsWords(comparison.difference.high)}), {countOf(comparison.with)} against{' '}
              <Door selection={selections.without} title="Open the sessions that reached the page without it">
                {countOf(comparison.without)}
              </Door>
            </span>
          </>
        ) : (
          <span className={classes.unsaid}>
            {comparison.state === 'no_goals' ? 'No goal to compare by' : 'Too few sessions to say'}
            {comparison.state === 'too_few' && (
              <span className={classes.second}>
                {countOf(comparison.with)} against {countOf(comparison.without)}
              </span>
            )}
          </span>
        )}
      </td>
      <td>
        {comparison.lost ? (
          <>
            <span className={classes.lost} data-unsure={lostWords(comparison.lost).isUnsure || undefined}>
              {lostWords(comparison.lost).estimate}
            </span>
            <span className={classes.second}>{lostWords(comparison.lost).range}</span>
          </>
        ) : (
          NOTHING
        )}
      </td>
    </tr>
  )
}
