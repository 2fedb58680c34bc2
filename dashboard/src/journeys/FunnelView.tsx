/** Funnels: steps in an order of one's own, how many got through each, how long it took, and where the others ended. */

import { Switch } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconFilterPlus, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import type { QueryParams } from '../api/client'
import { reportQuery } from '../api/reportQueries'
import type { FunnelReport, FunnelStage } from '../api/reportTypes'
import { latency } from '../format/durations'
import { count, NOTHING } from '../format/numbers'
import { Answer, Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { Pick } from '../report/Pick'
import { Panel, ReportPage } from '../report/ReportPage'
import { ReportTools } from '../report/ReportTools'
import { percent } from '../report/readings'
import { ShareBar } from '../report/ShareBar'
import { StepMark } from '../report/StepMark'
import { StepPicker } from '../report/StepPicker'
import { stepText } from '../report/stepWords'
import { filterOf, filterParams } from '../search/filter'
import { Button } from '../shell/Button'
import { Notice } from '../shell/Notice'
import { ClauseForm, ClausePicker, ClauseText } from './ClausePicker'
import classes from './Funnel.module.css'
import type { JourneysChoicesProps, JourneysViewProps } from './JourneysPage'
import {
  type Alternative,
  alternativesOf,
  alternativeText,
  type Clause,
  type FunnelDraft,
  funnelParams,
  funnelText,
  isClause,
  type JourneysSearch,
  moveStep,
  parseFunnel,
  WINDOWS,
} from './journeysSearch'
import { SavedFunnels } from './SavedFunnels'

/** The API's most. */
const MOST_STEPS = 32

const WINDOW_WORDS: Record<string, string> = {
  '': 'a session',
  '5m': '5 minutes',
  '30m': '30 minutes',
  '1h': '1 hour',
  '4h': '4 hours',
}

export function FunnelView({ site, search, timeZone, tabs, onSearch }: JourneysViewProps) {
  const picture = useRef<HTMLDivElement>(null)
  const steps = parseFunnel(search.steps ?? '')
  const isAsked = steps.length >= 2
  const params = funnelParams(search, funnelText(steps))
  const query = useQuery({ ...reportQuery(site, 'funnel', params), enabled: isAsked })
  const data = isAsked ? query.data : undefined
  const setSteps = (next: FunnelDraft) => onSearch(withSteps(search, next))
  const first = data?.steps[0]
  const last = data?.steps.at(-1)
  return (
    <ReportPage
      site={site}
      search={search}
      timeZone={timeZone}
      picture={picture}
      isFailed={query.isError && !query.data}
      tabs={tabs}
      onSearch={onSearch}
      canCompare
      title={
        !isAsked
          ? 'A funnel'
          : data && first && last && `${percent(data.conversion)} of ${count(first.reached)} sessions got through`
      }
      tools={isAsked && <ReportTools site={site} report="funnel" params={params} picture={picture} />}
    >
      <div className={classes.both}>
        <FunnelSteps site={site} search={search} onSearch={onSearch} />
        <div className={classes.result}>
          {isAsked ? (
            <Answer
              query={query}
              site={site}
              search={search}
              what="the funnel"
              isEmpty={(answer) => answer.out_of === 0}
              onSearch={onSearch}
              skeleton={<Bones rows={6} />}
            >
              {(answer) => <Stages report={answer} search={search} site={site} />}
            </Answer>
          ) : (
            <Suggestion site={site} search={search} has={steps} onSteps={setSteps} />
          )}
        </div>
      </div>
    </ReportPage>
  )
}

function withSteps(search: JourneysSearch, next: FunnelDraft): JourneysSearch {
  const { steps: _, ...rest } = search
  const text = funnelText(next)
  return text === '' ? rest : { ...rest, steps: text }
}

/** The funnel's steps and rules, and the way to change them. */
export function FunnelSteps({ site, search, onSearch }: JourneysChoicesProps) {
  const steps = parseFunnel(search.steps ?? '')
  return (
    <Panel title="Steps" tools={<SavedFunnels site={site} search={search} onSearch={onSearch} />}>
      <Builder
        site={site}
        params={filterParams(search)}
        steps={steps}
        onSteps={(next) => onSearch(withSteps(search, next))}
      />
      {steps.length > 0 && <Rules search={search} onSearch={onSearch} />}
    </Panel>
  )
}

/** How a step is written as a clause, in the picker of steps. */
const clauseInstead = (site: string, onChoose: (clauses: readonly Clause[]) => void) => ({
  name: 'Write a clause of the search instead',
  form: (onDone: () => void) => (
    <ClauseForm
      site={site}
      clause=""
      onChoose={(next) => {
        onDone()
        onChoose(next)
      }}
    />
  ),
})

interface BuilderProps {
  site: string
  params: QueryParams
  steps: FunnelDraft
  onSteps: (steps: FunnelDraft) => void
}

function Builder({ site, params, steps, onSteps }: BuilderProps) {
  const replace = (place: number, anyOf: readonly Alternative[]) =>
    onSteps(steps.map((one, at) => (at === place ? anyOf : one)).filter((one) => one.length > 0))
  return (
    <ol className={classes.builder}>
      {steps.map((anyOf, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; the same one may be there twice.
        <li key={place}>
          <span className={classes.number} aria-hidden="true">
            {place + 1}
          </span>
          <span className={classes.anyOf}>
            {anyOf.map((one, at) => {
              const others = (next: readonly Alternative[]) =>
                replace(
                  place,
                  anyOf.flatMap((other, place) => (place === at ? next : [other])),
                )
              const same = {
                site,
                label: at === 0 ? '' : 'or',
                onClear: anyOf.length > 1 ? () => others([]) : undefined,
              }
              return isClause(one) ? (
                <ClausePicker key={alternativeText(one)} {...same} clause={one} onChange={others} />
              ) : (
                <StepPicker
                  key={alternativeText(one)}
                  {...same}
                  params={params}
                  empty=""
                  step={one}
                  onChange={(next) => others([next])}
                />
              )
            })}
            <StepPicker
              site={site}
              params={params}
              label=""
              empty="or …"
              step={null}
              onChange={(next) => replace(place, [...anyOf, next])}
              other={clauseInstead(site, (next) => replace(place, [...anyOf, ...next]))}
            />
          </span>
          <span className={classes.tools}>
            <button
              type="button"
              aria-label={`Move step ${place + 1} up`}
              disabled={place === 0}
              onClick={() => onSteps(moveStep(steps, place, -1))}
            >
              <IconArrowUp size={15} stroke={1.7} />
            </button>
            <button
              type="button"
              aria-label={`Move step ${place + 1} down`}
              disabled={place === steps.length - 1}
              onClick={() => onSteps(moveStep(steps, place, 1))}
            >
              <IconArrowDown size={15} stroke={1.7} />
            </button>
            <button
              type="button"
              aria-label={`Remove step ${place + 1}`}
              onClick={() => onSteps(steps.filter((_, at) => at !== place))}
            >
              <IconTrash size={15} stroke={1.6} />
            </button>
          </span>
        </li>
      ))}
      {steps.length < MOST_STEPS && (
        <li className={classes.add}>
          <StepPicker
            site={site}
            params={params}
            label=""
            empty={steps.length === 0 ? 'Choose the first step' : 'Add a step'}
            icon={<IconPlus size={14} stroke={1.9} aria-hidden="true" />}
            step={null}
            onChange={(next) => onSteps([...steps, [next]])}
            other={clauseInstead(site, (next) => onSteps([...steps, next]))}
          />
        </li>
      )}
    </ol>
  )
}

function Rules({ search, onSearch }: { search: JourneysSearch; onSearch: (next: JourneysSearch) => void }) {
  const known = search.window ?? ''
  const windows = ['', ...WINDOWS, ...(known in WINDOW_WORDS ? [] : [known])]
  return (
    <div className={classes.rules} data-not-in-picture="">
      <Switch
        size="xs"
        label="Nothing in between"
        checked={search.order === 'strict'}
        onChange={(event) => {
          const { order: _, ...rest } = search
          onSearch(event.currentTarget.checked ? { ...rest, order: 'strict' } : rest)
        }}
      />
      <Pick
        label="Within"
        value={known}
        options={windows.map((one) => ({ value: one, name: WINDOW_WORDS[one] ?? one }))}
        onChange={(value) => {
          const { window: _, ...rest } = search
          onSearch(value === '' ? rest : { ...rest, window: value })
        }}
      />
    </div>
  )
}

function Stages({ report, search, site }: { report: FunnelReport; search: JourneysSearch; site: string }) {
  const most = Math.max(1, report.steps[0]?.reached ?? 0)
  return (
    <ol className={classes.stages} aria-label="The funnel">
      {report.steps.map((stage, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place.
        <li key={place}>
          <div className={classes.stageHead}>
            <span className={classes.number} aria-hidden="true">
              {place + 1}
            </span>
            <span className={classes.stageName}>
              {alternativesOf(stage).map((one, at) => (
                <span key={alternativeText(one)} className={classes.oneOf}>
                  {at > 0 && <span className={classes.quiet}>or</span>}
                  {isClause(one) ? <ClauseText clause={one.clause} /> : <StepMark step={one} />}
                </span>
              ))}
            </span>
            <Door selection={stage.selections.reached} n={stage.reached} className={classes.reached} />
            <span className={classes.ofFirst}>{percent(stage.of_first)}</span>
          </div>
          <ShareBar share={stage.reached / most} />
          {place < report.steps.length - 1 && <Between stage={stage} search={search} site={site} />}
        </li>
      ))}
    </ol>
  )
}

/** What lies between a step and the next one. */
function Between({ stage, search, site }: { stage: FunnelStage; search: JourneysSearch; site: string }) {
  // Endings are told at a step of a name; of others where most were lost is told first.
  const [step] = stage.any_of
  return (
    <p className={classes.between}>
      <span>
        <Door selection={stage.selections.continued} n={stage.continued} /> went on,{' '}
        {percent(stage.reached === 0 ? null : stage.continued / stage.reached)}
      </span>
      <span>median {stage.time_to_next ? latency(stage.time_to_next.median_ms) : NOTHING} to the next</span>
      <span className={classes.dropped}>
        <Door selection={stage.selections.dropped} n={stage.dropped} /> dropped
        {stage.dropped > 0 && (
          <>
            {' · '}
            <Link
              to="/sites/$site/journeys"
              params={{ site }}
              search={{
                ...filterOf(search),
                view: 'drop-off',
                ...(step && { step: stepText(step) }),
                selection: stage.selections.dropped,
              }}
              className={classes.why}
            >
              how they ended
            </Link>
          </>
        )}
      </span>
      {stage.open > 0 && (
        <span>
          <Door selection={stage.selections.open} n={stage.open} /> still open
        </span>
      )}
    </p>
  )
}

interface SuggestionProps {
  site: string
  search: JourneysSearch
  has: FunnelDraft
  onSteps: (steps: FunnelDraft) => void
}

/** How a funnel begins: with the most frequent path there is. */
function Suggestion({ site, search, has, onSteps }: SuggestionProps) {
  const { data } = useQuery(reportQuery(site, 'paths', { ...filterParams(search), depth: 6, variants: 50 }))
  const longest = (data?.variants ?? []).find((variant) => variant.steps.length >= 3)
  return (
    <Notice
      icon={<IconFilterPlus size={20} stroke={1.6} />}
      title={has.length === 1 ? 'Add a second step' : 'Choose at least two steps'}
      actions={
        longest && (
          <Button kind="primary" onClick={() => onSteps(longest.steps.map(({ kind, label }) => [{ kind, label }]))}>
            Begin with the most frequent path
          </Button>
        )
      }
    >
      <p>A funnel says how many sessions had these steps in this order, and where the others ended.</p>
      {longest && (
        <p className={classes.suggested}>
          {longest.steps.map((step, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place.
            <StepMark key={place} step={step} />
          ))}
        </p>
      )}
    </Notice>
  )
}
