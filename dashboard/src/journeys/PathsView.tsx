/** Common paths: where people go from where, as a Sankey diagram, and the whole paths that most of them took. */

import { Switch } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { type PathsReport, STEP_KINDS } from '../api/reportTypes'
import { count, counted } from '../format/numbers'
import { Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { Pick, PickMany } from '../report/Pick'
import { Panel } from '../report/ReportPage'
import { ReportView } from '../report/ReportView'
import { StepPicker } from '../report/StepPicker'
import { kindsPhrase, parseStep, STEP_KIND, stepText } from '../report/stepWords'
import { filterParams } from '../search/filter'
import { Notice } from '../shell/Notice'
import type { JourneysViewProps } from './JourneysPage'
import { DEPTHS, depthOf, type JourneysSearch, kindsOf, pathsParams } from './journeysSearch'
import { NodeDetail } from './NodeDetail'
import classes from './Paths.module.css'
import { PathTable } from './PathTable'
import { Variants } from './Variants'

/** The drawing is most of the report's code: it comes after the numbers. */
const Sankey = lazy(() => import('./Sankey').then((module) => ({ default: module.Sankey })))

export function PathsView(props: JourneysViewProps) {
  const { site, search, onSearch } = props
  const params = pathsParams(search)
  return (
    <ReportView
      {...props}
      report="paths"
      params={params}
      what="the paths"
      title={({ with_path, kinds }) => `${counted(with_path, 'session')} with a path of ${kindsPhrase(kinds)}`}
      isEmpty={(answer) => answer.out_of === 0}
      skeleton={<Skeleton />}
      choices={<PathChoices site={site} search={search} onSearch={onSearch} />}
    >
      {(answer) =>
        answer.with_path === 0 ? (
          <Notice icon={<IconRoute size={20} stroke={1.6} />} title={noPath(search)}>
            <p>
              None of the {counted(answer.out_of, 'session')} has such steps. Choose other kinds of steps, or another
              beginning or end.
            </p>
          </Notice>
        ) : (
          <Paths
            key={params.start === undefined ? '' : String(params.start)}
            report={answer}
            search={search}
            onSearch={onSearch}
          />
        )
      }
    </ReportView>
  )
}

function noPath({ start, end }: JourneysSearch): string {
  const label = (text: string | undefined) => parseStep(text)?.label
  if (start && end) return `No path from ${label(start)} to ${label(end)}`
  if (start) return `No path begins at ${label(start)}`
  return end ? `No path ends at ${label(end)}` : 'No paths of these steps'
}

interface PathsProps {
  report: PathsReport
  search: JourneysSearch
  onSearch: (next: JourneysSearch) => void
}

function Paths({ report, search, onSearch }: PathsProps) {
  const [chosen, setChosen] = useState<number | null>(null)
  const node = chosen === null ? undefined : report.nodes[chosen]
  const hasSecond = report.nodes.some((one) => one.depth > 1)
  // A tree can have a thousand nodes: its rows are made when they are wanted.
  const [isTableOpen, setTableOpen] = useState(!hasSecond)
  return (
    <div className={classes.both}>
      <Panel
        title={TITLE[report.direction]}
        note={`${count(report.with_path)} of ${counted(report.out_of, 'session')}`}
        className={classes.diagram}
      >
        {hasSecond && (
          <Suspense fallback={<div className={classes.drawing} aria-hidden="true" />}>
            <Sankey report={report} chosen={chosen} onChoose={setChosen} />
          </Suspense>
        )}
        {node?.step ? (
          <NodeDetail
            report={report}
            place={chosen ?? 0}
            onClose={() => setChosen(null)}
            onStart={(step) => onSearch({ ...withoutEnds(search), start: stepText(step) })}
            onEnd={(step) => onSearch({ ...withoutEnds(search), end: stepText(step) })}
            onDropOff={(step) => onSearch({ ...search, view: 'drop-off', step: stepText(step) })}
          />
        ) : (
          <p className={classes.hint} data-not-in-picture="">
            {hasSecond
              ? 'Point at a step or a link for its numbers; click one for its sessions.'
              : 'No session has a second step, so there is no way to draw.'}
          </p>
        )}
        <details
          className={classes.details}
          open={isTableOpen}
          onToggle={(event) => setTableOpen(event.currentTarget.open)}
        >
          <summary>All steps as a table</summary>
          {isTableOpen && <PathTable report={report} />}
        </details>
      </Panel>
      <Panel
        title="Whole paths"
        note={
          report.variants.length < report.n_variants
            ? `the ${count(report.variants.length)} most frequent of ${count(report.n_variants)}`
            : 'all of them'
        }
      >
        <Variants report={report} />
        {report.out_of > report.with_path && (
          <p className={classes.hint}>
            {count(report.out_of - report.with_path)} of <Door selection={report.selection} n={report.out_of} />{' '}
            sessions have no such path.
          </p>
        )}
      </Panel>
    </div>
  )
}

const TITLE: Record<PathsReport['direction'], string> = {
  forwards: 'Where sessions go',
  backwards: 'Where sessions came from, read from the end',
  between: 'From the start to the end',
}

function withoutEnds(search: JourneysSearch): JourneysSearch {
  const { start: _, end: __, direction: ___, ...rest } = search
  return rest
}

interface ChoicesProps {
  site: string
  search: JourneysSearch
  onSearch: (next: JourneysSearch) => void
}

export function PathChoices({ site, search, onSearch }: ChoicesProps) {
  const kinds = kindsOf(search)
  const params = filterParams(search)
  const set = (name: 'start' | 'end', text: string | null) => {
    const { [name]: _, direction: __, ...rest } = search
    onSearch(text === null ? rest : { ...rest, [name]: text })
  }
  return (
    <div className={classes.choices} data-not-in-picture="">
      <PickMany
        label="Steps"
        values={kinds}
        options={STEP_KINDS.map((kind) => ({ value: kind, name: STEP_KIND[kind].many }))}
        summary={
          kinds.length === 1
            ? STEP_KIND[kinds[0] ?? 'page'].many
            : `${STEP_KIND[kinds[0] ?? 'page'].many} + ${kinds.length - 1}`
        }
        onChange={(next) => onSearch({ ...search, kinds: next.join() })}
      />
      <StepPicker
        site={site}
        params={params}
        label="From"
        empty="the first step"
        step={parseStep(search.start)}
        onChange={(step) => set('start', stepText(step))}
        onClear={() => set('start', null)}
      />
      <StepPicker
        site={site}
        params={params}
        label="to"
        empty={search.direction === 'backwards' ? 'the last step' : 'anywhere'}
        step={parseStep(search.end)}
        onChange={(step) => set('end', stepText(step))}
        onClear={() => set('end', null)}
      />
      {!search.start && !search.end && (
        <Pick
          label="Read"
          value={search.direction ?? 'forwards'}
          options={[
            { value: 'forwards', name: 'forwards' },
            { value: 'backwards', name: 'backwards', note: 'from the last step' },
          ]}
          onChange={(value) => {
            const { direction: _, ...rest } = search
            onSearch(value === 'backwards' ? { ...rest, direction: value } : rest)
          }}
        />
      )}
      <Pick
        label="Depth"
        value={String(depthOf(search))}
        options={DEPTHS.map((depth) => ({ value: String(depth), name: `${depth} steps` }))}
        onChange={(depth) => onSearch({ ...search, depth })}
      />
      <Switch
        size="xs"
        label="Loops as one step"
        checked={search.loops !== 'each'}
        onChange={(event) => {
          const { loops: _, ...rest } = search
          onSearch(event.currentTarget.checked ? rest : { ...rest, loops: 'each' })
        }}
      />
    </div>
  )
}

function Skeleton() {
  return (
    <div className={classes.both}>
      <div className={classes.drawing} />
      <Bones rows={8} />
    </div>
  )
}
