/** What rules would say of the last week at a step, beside what those that are kept say; nothing is kept by looking. */

import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { endingsPreviewQuery, reportQuery } from '../api/reportQueries'
import type { Ending, EndingRule, EndingsPreview, Step } from '../api/reportTypes'
import type { ToldSide } from '../beside/BesideReport'
import { type BesideColumn, BesideTable } from '../beside/BesideTable'
import { count, counted } from '../format/numbers'
import { Bones } from '../report/Answer'
import { Panel } from '../report/ReportPage'
import { percent } from '../report/readings'
import { StepPicker } from '../report/StepPicker'
import { Failed } from '../shell/Failed'
import { useSite } from '../shell/useSite'
import { LAST_WEEK } from './GoalEditor'
import classes from './Goals.module.css'

/** A name is written letter by letter; what it says is asked once the writer pauses. */
const PAUSE_MS = 400

export interface RulePreviewProps {
  site: string
  /** Nothing while they cannot be asked about. */
  rules: readonly EndingRule[] | null
  step: Step | null
  onStep: (step: Step | null) => void
}

export function RulePreview({ site, rules, step, onStep }: RulePreviewProps) {
  const { timeZone } = useSite(site)
  // Where none is chosen, the step that loses most.
  const worst = useQuery({
    ...reportQuery(site, 'drop-off', { ...LAST_WEEK, kinds: 'page', limit: 1 }),
    enabled: step === null,
  })
  const at = step ?? worst.data?.steps[0]?.step ?? null
  const [asked] = useDebouncedValue(rules, PAUSE_MS)
  const query = useQuery({
    ...endingsPreviewQuery(site, asked ?? [], at ?? { kind: 'page', label: '/' }),
    enabled: asked !== null && at !== null,
  })
  const { data } = query
  return (
    <Panel
      title="Preview"
      note="the last week by the rules as they are saved, and as they stand above"
      tools={
        <StepPicker
          site={site}
          params={LAST_WEEK}
          label="At"
          empty={at ? at.label : 'a step'}
          step={step}
          onChange={onStep}
          onClear={() => onStep(null)}
        />
      }
    >
      {query.isError && (
        <Failed
          error={query.error}
          title="The preview could not be made"
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      )}
      {rules === null && <p className={classes.quiet}>The preview waits until every rule has a name.</p>}
      {!data && !query.isError && rules !== null && at !== null && <Bones rows={6} />}
      {at === null && worst.data && <p className={classes.quiet}>No session of the last week viewed a page.</p>}
      {data && (
        <div className={classes.preview} data-stale={query.isPlaceholderData || undefined}>
          <p className={classes.quiet}>
            {counted(data.proposed.reached, 'session')} reached <bdi>{data.proposed.step.label}</bdi>.
          </p>
          <BesideTable
            caption="Endings as saved and as proposed"
            head="Ending"
            rows={[shown(data.saved.endings, data.proposed.endings), shown(data.proposed.endings, data.saved.endings)]}
            keyOf={(ending) => ending.name}
            nameOf={(ending) => <bdi>{ending.name}</bdi>}
            titleOf={(ending) => ending.name}
            columns={COLUMNS}
            sides={sidesOf(data, site, timeZone)}
            absent="There is no rule of this name"
          />
        </div>
      )}
    </Panel>
  )
}

/** Endings that a session has on either side. */
function shown(endings: readonly Ending[], others: readonly Ending[]): Ending[] {
  return endings.filter(
    (one) => one.sessions > 0 || others.some((other) => other.name === one.name && other.sessions > 0),
  )
}

function sidesOf({ range }: EndingsPreview, site: string, timeZone: string): readonly [ToldSide, ToldSide] {
  const scope = { site, timeZone, filter: LAST_WEEK, range }
  return [
    { name: 'Saved', scope },
    { name: 'As above', scope },
  ]
}

const COLUMNS: readonly BesideColumn<Ending>[] = [
  {
    name: 'Sessions',
    definition: 'Sessions of the last week with this ending.',
    better: null,
    read: (row) => ({ value: row.sessions, text: count(row.sessions), selection: row.selection }),
  },
  {
    name: 'Share',
    definition: 'Of the sessions that reached the step.',
    better: 'neither',
    read: (row) => ({ value: row.share, text: percent(row.share), selection: row.selection }),
  },
]
