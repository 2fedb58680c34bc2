/** What counts as success: goals with their names, the steps that reach each, and how many did in the last week. */

import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { goalsQuery, reportQuery, reportsKey, setGoals } from '../api/reportQueries'
import type { Goal, Step } from '../api/reportTypes'
import { counted, share } from '../format/numbers'
import { funnelText } from '../journeys/journeysSearch'
import { Door } from '../report/Door'
import { Panel } from '../report/ReportPage'
import { ReportScope } from '../report/ReportScope'
import { StepPicker } from '../report/StepPicker'
import { stepText } from '../report/stepWords'
import { Button } from '../shell/Button'
import { Read } from '../shell/Read'
import { SaveBar } from '../shell/SaveBar'
import { useEdited } from '../shell/useEdited'
import { useSite } from '../shell/useSite'
import { mistakeInGoals, NAME_CHARS } from './endingRules'
import classes from './Goals.module.css'

/** The API's most. */
const MOST_GOALS = 50
/** What is previewed. */
export const LAST_WEEK = { last: '7d' } as const

interface DraftGoal extends Goal {
  id: number
}

export function GoalEditor({ site }: { site: string }) {
  const query = useQuery(goalsQuery(site))
  return (
    <Panel title="Goals" note="what counts as success: any of these">
      <Read query={query} what="The goals" rows={3}>
        {(goals) => <Editor site={site} saved={goals} />}
      </Read>
    </Panel>
  )
}

function Editor({ site, saved }: { site: string; saved: readonly Goal[] }) {
  const client = useQueryClient()
  const edited = useEdited<readonly DraftGoal[]>(
    saved.map((goal, id) => ({ ...goal, id })),
    async (draft) => {
      client.setQueryData(goalsQuery(site).queryKey, await setGoals(site, goalsOf(draft)))
      await client.invalidateQueries({ queryKey: reportsKey(site) })
    },
  )
  const { value: draft, edit: setDraft } = edited
  const goals = goalsOf(draft)
  const change = (id: number, next: Partial<Goal>) =>
    setDraft(draft.map((goal) => (goal.id === id ? { ...goal, ...next } : goal)))
  return (
    <>
      <ol className={classes.rows} aria-label="Goals">
        {draft.map((goal, place) => (
          <li key={goal.id}>
            <input
              className={classes.name}
              aria-label={`Name of goal ${place + 1}`}
              placeholder="Name, such as Order confirmed"
              value={goal.name}
              maxLength={NAME_CHARS}
              onChange={(event) => change(goal.id, { name: event.currentTarget.value })}
            />
            <span className={classes.what}>
              <span className={classes.quiet}>reached by</span>
              <Steps site={site} steps={goal.steps} onSteps={(steps) => change(goal.id, { steps })} />
            </span>
            <Reached site={site} goal={goal} />
            <span className={classes.tools}>
              <button
                type="button"
                aria-label={`Remove goal ${place + 1}`}
                onClick={() => setDraft(draft.filter((one) => one.id !== goal.id))}
              >
                <IconTrash size={15} stroke={1.6} />
              </button>
            </span>
          </li>
        ))}
      </ol>
      {draft.length === 0 && (
        <p className={classes.none}>
          No goals are set, so no session counts as completed: drop-off cannot tell success from loss, and errors cannot
          be weighed. A goal is a page such as <code>/order/*</code>, or an event that the site sends.
        </p>
      )}
      {draft.length < MOST_GOALS && (
        <Button
          icon={<IconPlus size={15} stroke={1.7} />}
          onClick={() =>
            setDraft([...draft, { id: Math.max(-1, ...draft.map((one) => one.id)) + 1, name: '', steps: [] }])
          }
        >
          Add a goal
        </Button>
      )}
      <SaveBar
        what="goals"
        edited={edited}
        isChanged={JSON.stringify(goals) !== JSON.stringify(saved)}
        mistake={mistakeInGoals(goals)}
      />
    </>
  )
}

const goalsOf = (draft: readonly DraftGoal[]): Goal[] => draft.map(({ name, steps }) => ({ name: name.trim(), steps }))

function Steps({ site, steps, onSteps }: { site: string; steps: readonly Step[]; onSteps: (steps: Step[]) => void }) {
  return (
    <>
      {steps.map((step, place) => (
        <StepPicker
          key={stepText(step)}
          site={site}
          params={LAST_WEEK}
          label={place === 0 ? '' : 'or'}
          empty=""
          step={step}
          onChange={(next) => onSteps(steps.map((one, at) => (at === place ? next : one)))}
          onClear={() => onSteps(steps.filter((_, at) => at !== place))}
        />
      ))}
      <StepPicker
        site={site}
        params={LAST_WEEK}
        label=""
        empty={steps.length === 0 ? 'choose a page or an event' : 'or …'}
        step={null}
        kind={steps[0]?.kind ?? 'page'}
        onChange={(next) => onSteps([...steps, next])}
      />
    </>
  )
}

/** Sessions of the last week that had one of the steps: a funnel of one. */
function Reached({ site, goal }: { site: string; goal: Goal }) {
  const { timeZone } = useSite(site)
  const steps = funnelText([goal.steps])
  const { data, isError } = useQuery({
    ...reportQuery(site, 'funnel', { ...LAST_WEEK, steps }),
    enabled: goal.steps.length > 0,
  })
  const stage = goal.steps.length > 0 ? data?.steps[0] : undefined
  return (
    <span className={classes.reached} aria-live="polite">
      {isError && <span className={classes.quiet}>could not be counted</span>}
      {stage && data && (
        <ReportScope site={site} timeZone={timeZone} filter={LAST_WEEK} range={data.range}>
          <Door selection={stage.selections.reached} n={stage.reached}>
            {counted(stage.reached, 'session')}
          </Door>{' '}
          <span className={classes.quiet}>in the last week, {share(stage.reached, data.out_of)}</span>
        </ReportScope>
      )}
    </span>
  )
}
