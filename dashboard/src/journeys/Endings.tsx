/**
 * How the sessions that reached a step ended: each has exactly one ending, so the bars add up. In the manner of a tree:
 * the step, then its endings with their shares, and under each what decided it.
 */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { reportQuery } from '../api/reportQueries'
import type { Ending, EndingKind, EndingsReport, Step } from '../api/reportTypes'
import { count, counted, NOTHING } from '../format/numbers'
import { Bones } from '../report/Answer'
import { bucketWords } from '../report/buckets'
import { Door } from '../report/Door'
import { Panel } from '../report/ReportPage'
import { ReportScope } from '../report/ReportScope'
import { percent } from '../report/readings'
import { type BarTone, ShareBar } from '../report/ShareBar'
import { StepMark } from '../report/StepMark'
import { stepText } from '../report/stepWords'
import { filterOf } from '../search/filter'
import { Hint } from '../shell/Definition'
import { Failed } from '../shell/Failed'
import classes from './DropOff.module.css'
import { endingsParams, type JourneysSearch } from './journeysSearch'

/** What each rule looks for. */
export const ENDING_DEFINITION: Record<EndingKind, string> = {
  completed: 'A goal came at or after the step.',
  still_open: 'The session is live.',
  blocked_by_error: 'The session ended within 60 s of activity after an error at the step.',
  failed_request: 'The session ended within 60 s of activity after a failed request at the step.',
  validation_loop: 'A form was submitted twice or more, and no other page followed.',
  abandoned_at: 'Fields were touched at the step, these last, and no submission led on.',
  left_before_details: 'Others touch fields at the step; these sessions touched none.',
  went_elsewhere: 'Another page followed.',
  came_back_and_completed: 'A later session of the same visitor reached a goal.',
  idle: 'Whatever is left: nothing tells why.',
}

const TONE: Record<EndingKind, BarTone> = {
  completed: 'path',
  still_open: 'rest',
  blocked_by_error: 'error',
  failed_request: 'error',
  validation_loop: 'warn',
  abandoned_at: 'warn',
  left_before_details: 'warn',
  went_elsewhere: 'rest',
  came_back_and_completed: 'path',
  idle: 'rest',
}

/** Endings that somebody had, the most frequent first; rules that nobody met are counted, not shown. */
export function shownEndings(endings: readonly Ending[]): { shown: Ending[]; nEmpty: number } {
  const shown = endings
    .filter((ending) => ending.sessions > 0)
    .sort((one, other) => other.sessions - one.sessions || one.rule - other.rule)
  return { shown, nEmpty: endings.length - shown.length }
}

export interface EndingsProps {
  site: string
  search: JourneysSearch
  step: Step
  goals: readonly string[]
  timeZone: string
}

export function Endings({ site, search, step, goals, timeZone }: EndingsProps) {
  const query = useQuery(reportQuery(site, 'drop-off/endings', endingsParams(search, step)))
  const { data } = query
  const title = (
    <>
      How sessions at <bdi>{step.label}</bdi> ended
    </>
  )
  if (!data) {
    return (
      <Panel title={title}>
        {query.isError ? (
          <Failed
            error={query.error}
            title="The endings could not be read"
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : (
          <Bones rows={5} />
        )}
      </Panel>
    )
  }
  return (
    <Panel
      title={title}
      note="each session has one ending, by the first rule that fits"
      tools={
        <Link
          to="/sites/$site/journeys"
          params={{ site }}
          search={{ ...filterOf(search), view: 'goals', step: stepText(step) }}
          className={classes.why}
        >
          Edit the rules
        </Link>
      }
    >
      <ReportScope site={site} timeZone={timeZone} filter={filterOf(search)} range={data.range}>
        <Tree report={data} step={step} timeZone={timeZone} isStale={query.isPlaceholderData} />
      </ReportScope>
      {goals.length === 0 && (
        <p className={classes.quiet}>
          No goals are set for this site, so no session counts as completed.{' '}
          <Link
            to="/sites/$site/journeys"
            params={{ site }}
            search={{ ...filterOf(search), view: 'goals', step: stepText(step) }}
            className={classes.why}
          >
            Set goals
          </Link>
        </p>
      )}
    </Panel>
  )
}

function Tree({
  report,
  step,
  timeZone,
  isStale,
}: {
  report: EndingsReport
  step: Step
  timeZone: string
  isStale: boolean
}) {
  const { shown, nEmpty } = shownEndings(report.endings)
  return (
    <div className={classes.tree} data-stale={isStale || undefined}>
      <p className={classes.root}>
        <StepMark step={step} />
        <span>
          <Door selection={report.selection} n={report.reached} /> {report.reached === 1 ? 'session' : 'sessions'}
        </span>
      </p>
      {report.reached === 0 && <p className={classes.quiet}>No session of the range reached this step.</p>}
      <ol className={classes.endings}>
        {shown.map((ending) => (
          <li key={ending.rule} data-tone={TONE[ending.when]}>
            <div className={classes.ending}>
              <span className={classes.share}>{percent(ending.share)}</span>
              <Hint label={ENDING_DEFINITION[ending.when]}>
                <span className={classes.name} dir="auto">
                  {ending.name}
                </span>
              </Hint>
              <Door selection={ending.selection} n={ending.sessions} className={classes.n}>
                {counted(ending.sessions, 'session')}
              </Door>
            </div>
            <div className={classes.bar}>
              <ShareBar share={ending.share ?? 0} tone={TONE[ending.when]} />
              <Trend ending={ending} report={report} timeZone={timeZone} />
            </div>
            {ending.details.length > 0 && (
              <ul className={classes.evidence} aria-label={`What decided it: ${ending.name}`}>
                {ending.details.map((detail) => (
                  <li key={`${detail.step.kind} ${detail.step.label}`}>
                    <StepMark step={detail.step} />
                    <Door selection={detail.selection} n={detail.sessions} />
                    <span className={classes.quiet}>{percent(detail.share)}</span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
      {nEmpty > 0 && report.reached > 0 && (
        <p className={classes.quiet}>{counted(nEmpty, 'other ending')} had no session.</p>
      )}
    </div>
  )
}

const TREND = { width: 96, height: 18 }

/** An ending over the range, as small bars. */
function Trend({ ending, report, timeZone }: { ending: Ending; report: EndingsReport; timeZone: string }) {
  const most = Math.max(1, ...ending.trend)
  const step = TREND.width / Math.max(1, ending.trend.length)
  const peak = ending.trend.indexOf(Math.max(...ending.trend))
  const bucket = report.buckets[peak]
  const words = bucket ? `most on ${bucketWords(bucket, report.interval, timeZone)}: ${count(most)}` : NOTHING
  return (
    <svg
      className={classes.trend}
      width={TREND.width}
      height={TREND.height}
      data-tone={TONE[ending.when]}
      role="img"
      aria-label={`Over time; ${words}`}
    >
      <title>{words}</title>
      {ending.trend.map((n, place) => {
        const height = n === 0 ? 1 : Math.max(2, (n / most) * TREND.height)
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time.
            key={place}
            x={place * step}
            y={TREND.height - height}
            width={Math.max(0.5, step - Math.min(1, step * 0.2))}
            height={height}
            data-zero={n === 0 || undefined}
          />
        )
      })}
    </svg>
  )
}
