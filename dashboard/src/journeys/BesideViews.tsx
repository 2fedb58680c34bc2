/** The journeys of two sets of sessions side by side: what each view tells of both. */

import { useQuery } from '@tanstack/react-query'
import { reportQuery } from '../api/reportQueries'
import type {
  DropOffReport,
  DropOffStep,
  Ending,
  FunnelReport,
  FunnelStage,
  ImpactReport,
  ImpactRow,
  PathsReport,
  PathVariant,
  Step,
} from '../api/reportTypes'
import beside from '../beside/Beside.module.css'
import { BesideReport, type BothSides, type ToldSide } from '../beside/BesideReport'
import { type BesideColumn, BesideTable } from '../beside/BesideTable'
import { ofSide, type Side } from '../beside/sides'
import { latency } from '../format/durations'
import { count, NOTHING, share } from '../format/numbers'
import { Bones } from '../report/Answer'
import { Panel } from '../report/ReportPage'
import { percent } from '../report/readings'
import { StepMark } from '../report/StepMark'
import { parseStep, stepText } from '../report/stepWords'
import { filterParams } from '../search/filter'
import { Failed } from '../shell/Failed'
import { ClauseText } from './ClausePicker'
import { DropOffChoices } from './DropOffView'
import { ENDING_DEFINITION } from './Endings'
import { FunnelSteps } from './FunnelView'
import type { JourneysViewProps } from './JourneysPage'
import {
  alternativesOf,
  alternativeText,
  dropOffParams,
  endingsParams,
  funnelParams,
  funnelText,
  isClause,
  parseFunnel,
  pathsParams,
} from './journeysSearch'
import classes from './Paths.module.css'
import { PathChoices } from './PathsView'

export interface BesideViewProps extends JourneysViewProps {
  sides: readonly [Side, Side]
}

/** So deep, that a row of one side is seldom missing on the other. */
const VARIANTS = 200
const STEPS = 200
const ERRORS = 100

/** A part of all, as a number to compare and a door. */
const part = (n: number, of: number, selection?: string) => ({
  value: of === 0 ? null : n / of,
  text: share(n, of),
  selection,
})

const whole = (n: number, selection?: string) => ({ value: n, text: count(n), selection })

export function PathsBeside(props: BesideViewProps) {
  const { site, search, onSearch } = props
  return (
    <BesideReport
      {...props}
      report="paths"
      params={(side) => ({ ...pathsParams(side), variants: VARIANTS })}
      what="the paths"
      choices={<PathChoices site={site} search={search} onSearch={onSearch} />}
    >
      {({ reports, sides }: BothSides<PathsReport>) => (
        <Panel title="Whole paths" note="share of the sessions of each side that have a path">
          <BesideTable
            caption="Whole paths of both sides"
            head="Path"
            rows={[reports[0].variants, reports[1].variants]}
            keyOf={variantText}
            nameOf={(variant) => <Way variant={variant} isBackwards={reports[0].direction === 'backwards'} />}
            titleOf={variantText}
            columns={VARIANT_COLUMNS}
            sides={sides}
            absent={`Not among the ${VARIANTS} most frequent of this side`}
          />
        </Panel>
      )}
    </BesideReport>
  )
}

function variantText(variant: PathVariant): string {
  return `${variant.steps.map(stepText).join(' → ')}${variant.continued > 0 ? ' → …' : ''}`
}

function Way({ variant, isBackwards }: { variant: PathVariant; isBackwards: boolean }) {
  const steps = isBackwards ? [...variant.steps].reverse() : variant.steps
  return (
    <span className={classes.steps}>
      {steps.map((step, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; the same one may be there twice.
        <span key={place} className={classes.stop}>
          <StepMark step={step} />
        </span>
      ))}
      {variant.continued > 0 && <span className={classes.goesOn}>…</span>}
    </span>
  )
}

const VARIANT_COLUMNS: readonly BesideColumn<PathVariant>[] = [
  {
    name: 'Sessions',
    definition: 'Sessions that took exactly this path.',
    better: null,
    read: (row) => whole(row.sessions, row.selection),
  },
  {
    name: 'Share',
    definition: 'Of the side’s sessions that have a path.',
    better: 'neither',
    read: (row) => ({ value: row.share, text: percent(row.share), selection: row.selection }),
  },
]

export function DropOffBeside(props: BesideViewProps) {
  const { search, onSearch } = props
  return (
    <BesideReport
      {...props}
      report="drop-off"
      params={(side) => dropOffParams(side, STEPS)}
      what="the drop-off"
      choices={<DropOffChoices {...props} />}
    >
      {({ reports, sides }: BothSides<DropOffReport>) => {
        const step = parseStep(search.step) ?? reports[0].steps[0]?.step ?? null
        return (
          <>
            <Panel title="Steps, most sessions lost first" note={goalsNote(reports[0].goals)}>
              <BesideTable
                caption="Steps of both sides"
                head="Step"
                rows={[reports[0].steps, reports[1].steps]}
                keyOf={(row) => stepText(row.step)}
                nameOf={(row) => <StepMark step={row.step} />}
                titleOf={(row) => row.step.label}
                columns={DROP_OFF_COLUMNS}
                sides={sides}
                absent={`Not reached, or not among the ${STEPS} steps of this side that lose most`}
              />
            </Panel>
            {step && <EndingsBeside {...props} step={step} told={sides} onSearch={onSearch} />}
          </>
        )
      }}
    </BesideReport>
  )
}

function goalsNote(goals: readonly string[]): string {
  return goals.length > 0 ? `goals: ${goals.join(', ')}` : 'no goals are set, so every ending counts as lost'
}

const DROP_OFF_COLUMNS: readonly BesideColumn<DropOffStep>[] = [
  {
    name: 'Reached',
    definition: 'Sessions that had this step.',
    better: null,
    read: (row) => whole(row.reached, row.selections.reached),
  },
  {
    name: 'Dropped',
    definition: 'Sessions that ended here, and reached no goal.',
    better: null,
    read: (row) => whole(row.dropped, row.selections.dropped),
  },
  {
    name: 'Rate',
    definition: 'Dropped ÷ reached.',
    better: 'lower',
    read: (row) => ({ value: row.drop_rate, text: percent(row.drop_rate), selection: row.selections.dropped }),
  },
]

interface EndingsBesideProps extends BesideViewProps {
  step: Step
  told: readonly [ToldSide, ToldSide]
}

function EndingsBeside({ site, search, sides, step, told }: EndingsBesideProps) {
  const first = useQuery(reportQuery(site, 'drop-off/endings', endingsParams(ofSide(search, sides[0]), step)))
  const second = useQuery(reportQuery(site, 'drop-off/endings', endingsParams(ofSide(search, sides[1]), step)))
  const failed = first.error ?? second.error
  const title = (
    <>
      How sessions at <bdi>{step.label}</bdi> ended
    </>
  )
  if (!first.data || !second.data) {
    return (
      <Panel title={title}>
        {failed ? (
          <Failed
            error={failed}
            title="The endings could not be read"
            onRetry={() => {
              void first.refetch()
              void second.refetch()
            }}
            isRetrying={first.isFetching || second.isFetching}
          />
        ) : (
          <Bones rows={5} />
        )}
      </Panel>
    )
  }
  const met = (endings: readonly Ending[], others: readonly Ending[]) =>
    endings.filter((one) => one.sessions > 0 || others.some((other) => other.rule === one.rule && other.sessions > 0))
  const [ones, others] = [first.data.endings, second.data.endings]
  return (
    <Panel
      title={title}
      className={beside.more}
      note={`${count(first.data.reached)} and ${count(second.data.reached)} sessions reached it`}
    >
      <BesideTable
        caption="Endings of both sides"
        head="Ending"
        rows={[met(ones, others), met(others, ones)]}
        keyOf={(ending) => String(ending.rule)}
        nameOf={(ending) => <bdi>{ending.name}</bdi>}
        titleOf={(ending) => ENDING_DEFINITION[ending.when]}
        columns={ENDING_COLUMNS}
        sides={told}
        absent={NOTHING}
      />
    </Panel>
  )
}

const ENDING_COLUMNS: readonly BesideColumn<Ending>[] = [
  {
    name: 'Sessions',
    definition: 'Sessions with this ending.',
    better: null,
    read: (row) => whole(row.sessions, row.selection),
  },
  {
    name: 'Share',
    definition: 'Of the side’s sessions that reached the step.',
    better: 'neither',
    read: (row) => ({ value: row.share, text: percent(row.share), selection: row.selection }),
  },
]

export function ImpactBeside(props: BesideViewProps) {
  return (
    <BesideReport
      {...props}
      report="error-impact"
      params={(side) => ({ ...filterParams(side), limit: ERRORS })}
      what="the impact of errors"
    >
      {({ reports, sides }: BothSides<ImpactReport>) => (
        <Panel title="Errors at a page" note={goalsNote(reports[0].goals)}>
          <BesideTable
            caption="Errors of both sides"
            head="Error at a page"
            rows={[reports[0].rows, reports[1].rows]}
            keyOf={(row) => `${row.error} ${row.page ?? ''}`}
            nameOf={(row) => (
              <bdi>
                {row.error} <span className={classes.hint}>{row.page ?? 'before any page'}</span>
              </bdi>
            )}
            titleOf={(row) => `${row.error} ${row.page ?? ''}`}
            columns={IMPACT_COLUMNS}
            sides={sides}
            absent="Nobody of this side met it, or it is not among its first"
          />
        </Panel>
      )}
    </BesideReport>
  )
}

const IMPACT_COLUMNS: readonly BesideColumn<ImpactRow>[] = [
  {
    name: 'Sessions',
    definition: 'Sessions that met the error at this page.',
    better: null,
    read: (row) => whole(row.sessions, row.selections.sessions),
  },
  {
    name: 'Ended after it',
    definition: 'Of these, sessions with no further step, or none after 60 s of activity.',
    better: 'lower',
    read: (row) => part(row.ended, row.sessions, row.selections.ended),
  },
  {
    name: 'Completed',
    definition: 'Of these, sessions that reached a goal anyway.',
    better: 'higher',
    read: (row) => part(row.completed, row.sessions, row.selections.completed),
  },
]

export function FunnelBeside(props: BesideViewProps) {
  const { search } = props
  const steps = funnelText(parseFunnel(search.steps ?? ''))
  return (
    <BesideReport
      {...props}
      report="funnel"
      params={(side) => funnelParams(side, steps)}
      what="the funnel"
      choices={<FunnelSteps {...props} />}
    >
      {({ reports, sides }: BothSides<FunnelReport>) => (
        <Panel
          className={beside.more}
          title="The funnel"
          note={`${percent(reports[0].conversion)} and ${percent(reports[1].conversion)} got through`}
        >
          <BesideTable
            caption="Steps of the funnel of both sides"
            head="Step"
            rows={[numbered(reports[0]), numbered(reports[1])]}
            keyOf={(stage) => String(stage.place)}
            nameOf={(stage) => (
              <span className={classes.steps}>
                {stage.place}.
                {alternativesOf(stage).map((one) =>
                  isClause(one) ? (
                    <ClauseText key={one.clause} clause={one.clause} />
                  ) : (
                    <StepMark key={stepText(one)} step={one} />
                  ),
                )}
              </span>
            )}
            titleOf={(stage) => alternativesOf(stage).map(alternativeText).join(' or ')}
            columns={FUNNEL_COLUMNS}
            sides={sides}
            absent={NOTHING}
          />
        </Panel>
      )}
    </BesideReport>
  )
}

type NumberedStage = FunnelStage & { place: number; isLast: boolean }

const numbered = (report: FunnelReport): NumberedStage[] =>
  report.steps.map((stage, place) => ({ ...stage, place: place + 1, isLast: place === report.steps.length - 1 }))

const FUNNEL_COLUMNS: readonly BesideColumn<NumberedStage>[] = [
  {
    name: 'Reached',
    definition: 'Sessions that came so far.',
    better: null,
    read: (row) => whole(row.reached, row.selections.reached),
  },
  {
    name: 'Of the first',
    definition: 'Of the sessions of the first step.',
    better: 'higher',
    read: (row) => ({ value: row.of_first, text: percent(row.of_first), selection: row.selections.reached }),
  },
  {
    name: 'Dropped',
    definition: 'Sessions that came here and not to the next step.',
    better: 'lower',
    // Nobody drops out of the last step: there is no next one.
    read: (row) =>
      row.isLast ? { value: null, text: NOTHING } : part(row.dropped, row.reached, row.selections.dropped),
  },
  {
    name: 'To the next',
    definition: 'Median time to the next step.',
    better: 'neither',
    read: ({ time_to_next }) => ({
      value: time_to_next?.median_ms ?? null,
      text: time_to_next ? latency(time_to_next.median_ms) : NOTHING,
    }),
  },
]
