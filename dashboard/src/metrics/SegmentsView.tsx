/** Metrics by segment: one dimension or two at once. Two segments can be put side by side, one can be looked into. */

import { IconArrowDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { definitionsQuery, reportQuery } from '../api/reportQueries'
import type { Measure, MetricInfo, SegmentRow, SegmentsReport } from '../api/reportTypes'
import { sideText } from '../beside/sides'
import { count, counted } from '../format/numbers'
import { Cities } from '../places/Cities'
import { CountryMap } from '../places/CountryMap'
import { Answer, Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { Pick, PickMany } from '../report/Pick'
import { ReportPage } from '../report/ReportPage'
import { ReportTools } from '../report/ReportTools'
import { measureText, metricName } from '../report/readings'
import { ShareBar } from '../report/ShareBar'
import { dimensionName, moreText, segmentValue } from '../report/stepWords'
import table from '../report/table.module.css'
import { filterOf } from '../search/filter'
import { Button, ButtonLink } from '../shell/Button'
import { Hint } from '../shell/Definition'
import classes from './Metrics.module.css'
import type { MetricsViewProps } from './MetricsPage'
import { ALL_METRICS, columnsOf, dimensionsOf, type MetricsSearch, segmentParams } from './metricsSearch'

const FIRST = 20
const MOST = 500
/** Until the server told which there are. */
const DIMENSIONS = ['user_type', 'device', 'country']

export function SegmentsView({ site, search, timeZone, tabs, onSearch }: MetricsViewProps) {
  const picture = useRef<HTMLDivElement>(null)
  const [limit, setLimit] = useState(FIRST)
  const params = segmentParams(search, limit)
  const query = useQuery(reportQuery(site, 'segments', params))
  const { data: definitions } = useQuery(definitionsQuery(site))
  const dimensions = dimensionsOf(search)
  const names = dimensions.map(dimensionName)
  const isOfCountries = dimensions.join() === 'country'
  return (
    <ReportPage
      site={site}
      search={search}
      timeZone={timeZone}
      picture={picture}
      tabs={tabs}
      onSearch={onSearch}
      title={`Sessions by ${names.join(' and ').toLowerCase()}`}
      tools={<ReportTools site={site} report="segments" params={params} picture={picture} />}
    >
      <Choices
        search={search}
        dimensions={definitions?.dimensions.map((one) => one.name) ?? DIMENSIONS}
        onSearch={onSearch}
      />
      <Answer
        query={query}
        site={site}
        search={search}
        what="the segments"
        isEmpty={(answer) => answer.total.sessions === 0}
        onSearch={onSearch}
        skeleton={<Bones rows={8} />}
      >
        {(answer) => (
          <>
            {isOfCountries && <CountryMap site={site} search={search} />}
            <SegmentTable
              // Another question has other rows to choose from.
              key={answer.dimensions.join()}
              report={answer}
              site={site}
              search={search}
              definitionOf={(name) => definitions?.dimensions.find((one) => one.name === name)?.definition}
              onSearch={onSearch}
            />
            {answer.rest && limit < MOST && (
              <p className={table.more}>
                <Button onClick={() => setLimit(MOST)}>
                  Show {count(Math.min(MOST - limit, answer.rest.segments))} more
                </Button>
              </p>
            )}
            {isOfCountries && <Cities site={site} search={search} metrics={columnsOf(search)} />}
          </>
        )}
      </Answer>
    </ReportPage>
  )
}

interface ChoicesProps {
  search: MetricsSearch
  dimensions: readonly string[]
  onSearch: (next: MetricsSearch) => void
}

function Choices({ search, dimensions, onSearch }: ChoicesProps) {
  const [first = 'user_type', second] = dimensionsOf(search)
  const columns = columnsOf(search)
  const options = dimensions.map((one) => ({ value: one, name: dimensionName(one) }))
  const setBy = (by: string[]) => onSearch({ ...search, by: by.join() })
  return (
    <div className={classes.choices} data-not-in-picture="">
      <Pick
        label="By"
        value={first}
        options={options}
        onChange={(value) => setBy(second && second !== value ? [value, second] : [value])}
      />
      <Pick
        label="and"
        value={second ?? ''}
        options={[{ value: '', name: 'nothing more' }, ...options.filter((one) => one.value !== first)]}
        onChange={(value) => setBy(value === '' ? [first] : [first, value])}
      />
      <PickMany
        label="Metrics"
        values={columns}
        options={ALL_METRICS.map((one) => ({ value: one, name: metricName(one) }))}
        summary={count(columns.length)}
        onChange={(metrics) => onSearch({ ...search, metrics: metrics.join() })}
      />
    </div>
  )
}

/** Rows in the chosen order; what has no value comes last. */
export function sortedRows(rows: readonly SegmentRow[], metrics: readonly MetricInfo[], sort: string | undefined) {
  const place = metrics.findIndex((metric) => metric.name === sort)
  if (place < 0) return rows
  const reading = (row: SegmentRow) => row.measures[place]?.value ?? Number.NEGATIVE_INFINITY
  return [...rows].sort((one, other) => reading(other) - reading(one))
}

interface SegmentTableProps {
  report: SegmentsReport
  site: string
  search: MetricsSearch
  definitionOf: (dimension: string) => string | undefined
  onSearch: (next: MetricsSearch) => void
}

function SegmentTable({ report, site, search, definitionOf, onSearch }: SegmentTableProps) {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const { dimensions, metrics, rows, rest, total } = report
  // The column of sessions is there anyway.
  const columns = metrics.flatMap((metric, place) => (metric.name === 'sessions' ? [] : [{ metric, place }]))
  const sorted = sortedRows(rows, metrics, search.sort)
  const most = Math.max(1, ...rows.map((row) => row.sessions))
  const words = (row: SegmentRow) => row.key.map((value, place) => segmentValue(dimensions[place] ?? '', value))
  const toggle = (selection: string) =>
    setChosen((before) =>
      before.includes(selection) ? before.filter((one) => one !== selection) : [...before, selection].slice(-2),
    )
  const picked = chosen.flatMap((selection) => rows.find((row) => row.selection === selection) ?? [])
  const [a, b] = picked
  const cells = (measures: readonly Measure[]) =>
    columns.map(({ metric, place }) => {
      const measure = measures[place]
      return (
        <td key={metric.name}>
          {measure && (
            <Door selection={measure.value === 0 ? null : measure.selection}>{measureText(measure, metric)}</Door>
          )}
        </td>
      )
    })
  const head = (name: string, label: string, definition: string) => (
    <th key={name} scope="col" aria-sort={(search.sort ?? 'sessions') === name ? 'descending' : 'none'}>
      <Hint label={definition}>
        <button type="button" onClick={() => onSearch({ ...search, sort: name })}>
          {(search.sort ?? 'sessions') === name && <IconArrowDown size={13} stroke={2} aria-hidden="true" />}
          {label}
        </button>
      </Hint>
    </th>
  )
  return (
    <>
      <div className={classes.picked} data-not-in-picture="" aria-live="polite">
        {a && b ? (
          <>
            <span>
              <bdi>{words(a).join(' · ')}</bdi> and <bdi>{words(b).join(' · ')}</bdi>
            </span>
            <Button kind="primary" onClick={() => onSearch(withSides(search, a.selection, b.selection))}>
              Side by side
            </Button>
          </>
        ) : a ? (
          <>
            <bdi>{words(a).join(' · ')}</bdi>
            <ButtonLink
              to="/sites/$site/metrics"
              params={{ site }}
              search={{ ...filterOf(search), selection: a.selection }}
            >
              Its metrics
            </ButtonLink>
            <ButtonLink
              to="/sites/$site/journeys"
              params={{ site }}
              search={{ ...filterOf(search), selection: a.selection }}
            >
              Its journeys
            </ButtonLink>
            <span className={table.quiet}>Tick another one to see both side by side.</span>
          </>
        ) : (
          <span className={table.quiet}>Tick a segment to look into it, two to see them side by side.</span>
        )}
      </div>
      <div className={table.scroll}>
        <table className={table.table}>
          <caption className="visually-hidden">Segments</caption>
          <thead>
            <tr>
              {dimensions.map((dimension) => (
                <th key={dimension} scope="col" data-kind="text">
                  <Hint label={definitionOf(dimension) ?? dimensionName(dimension)}>
                    <span>{dimensionName(dimension)}</span>
                  </Hint>
                </th>
              ))}
              <th scope="col" data-kind={columns.length < 5 ? 'wide-bar' : 'bar'}>
                <span className="visually-hidden">Share of sessions</span>
              </th>
              {head('sessions', 'Sessions', 'Sessions of the segment that started in the period.')}
              {columns.map(({ metric }) => head(metric.name, metricName(metric.name), metric.definition))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => {
              const [first, ...others] = words(row)
              return (
                <tr key={row.selection} data-on={chosen.includes(row.selection) || undefined}>
                  <th scope="row" className={table.name}>
                    <label className={classes.tick}>
                      <input
                        type="checkbox"
                        checked={chosen.includes(row.selection)}
                        onChange={() => toggle(row.selection)}
                      />
                      <bdi className={row.key[0] === null ? table.quiet : undefined} title={first}>
                        {first}
                      </bdi>
                    </label>
                  </th>
                  {others.map((word, place) => (
                    <td
                      key={dimensions[place + 1]}
                      data-kind="text"
                      className={row.key[place + 1] === null ? table.quiet : undefined}
                    >
                      <bdi>{word}</bdi>
                    </td>
                  ))}
                  <td data-kind={columns.length < 5 ? 'wide-bar' : 'bar'}>
                    <ShareBar share={row.sessions / most} />
                  </td>
                  <td>
                    <Door selection={row.selection} n={row.sessions} />
                  </td>
                  {cells(row.measures)}
                </tr>
              )
            })}
          </tbody>
          <tfoot>
            {rest && (
              <tr>
                <th scope="row" colSpan={dimensions.length}>
                  {moreText(rest.segments, 'segment')}
                </th>
                <td data-kind={columns.length < 5 ? 'wide-bar' : 'bar'}>
                  <ShareBar share={rest.sessions / most} tone="rest" />
                </td>
                <td>
                  <Door selection={rest.selection} n={rest.sessions} />
                </td>
                {cells(rest.measures)}
              </tr>
            )}
            <tr>
              <th scope="row" colSpan={dimensions.length}>
                All {counted(total.sessions, 'session')}
              </th>
              <td data-kind={columns.length < 5 ? 'wide-bar' : 'bar'} />
              <td>
                <Door selection={total.selection} n={total.sessions} />
              </td>
              {cells(total.measures)}
            </tr>
          </tfoot>
        </table>
      </div>
    </>
  )
}

/** The metrics of two segments over time. */
function withSides(search: MetricsSearch, one: string, other: string): MetricsSearch {
  const { view: _, ...rest } = search
  const of = (selection: string) => sideText({ kind: 'selection', selection })
  return { ...rest, a: of(one), b: of(other) }
}
