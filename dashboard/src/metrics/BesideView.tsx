/** Two segments side by side: every metric of both, and the chosen one over time. */

import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { reportQuery, selectionTextQuery } from '../api/reportQueries'
import type { MetricInfo, MetricsReport, Series } from '../api/reportTypes'
import { NOTHING } from '../format/numbers'
import { Answer, Bones } from '../report/Answer'
import { ChangeNote } from '../report/ChangeNote'
import { Door } from '../report/Door'
import { ReportPage } from '../report/ReportPage'
import { ReportTools } from '../report/ReportTools'
import { measureText, metricName } from '../report/readings'
import { Legend, type Line, TimeChart } from '../report/TimeChart'
import table from '../report/table.module.css'
import { filterOf } from '../search/filter'
import { ButtonLink } from '../shell/Button'
import classes from './Metrics.module.css'
import type { MetricsViewProps } from './MetricsPage'
import { besideParams } from './metricsSearch'

/** `Sessions whose device is mobile` → `Device is mobile`: what is alike in both names is left out. */
export function segmentName(text: string | null | undefined, fallback: string): string {
  if (!text) return fallback
  const bare = text.replace(/^sessions\s+(that|whose|with|of)\s+/i, '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

export function BesideView({
  site,
  search,
  timeZone,
  tabs,
  onSearch,
  a,
  b,
}: MetricsViewProps & { a: string; b: string }) {
  const picture = useRef<HTMLDivElement>(null)
  const one = useQuery(reportQuery(site, 'metrics', besideParams(search, a)))
  const other = useQuery(reportQuery(site, 'metrics', besideParams(search, b)))
  const nameA = segmentName(useQuery(selectionTextQuery(site, a)).data, 'The first segment')
  const nameB = segmentName(useQuery(selectionTextQuery(site, b)).data, 'The second segment')
  const names = nameA === nameB ? ([`${nameA} (1)`, `${nameB} (2)`] as const) : ([nameA, nameB] as const)
  return (
    <ReportPage
      site={site}
      search={search}
      timeZone={timeZone}
      picture={picture}
      tabs={tabs}
      onSearch={onSearch}
      title={
        <>
          <bdi>{names[0]}</bdi> <span className={classes.versus}>beside</span> <bdi>{names[1]}</bdi>
        </>
      }
      tools={<ReportTools site={site} report="metrics" params={besideParams(search, a)} picture={picture} />}
    >
      <Answer
        query={one}
        site={site}
        search={search}
        what="the first segment"
        isEmpty={() => false}
        onSearch={onSearch}
        skeleton={<Bones rows={10} />}
      >
        {(first) => (
          <Answer
            query={other}
            site={site}
            search={search}
            what="the second segment"
            isEmpty={() => false}
            onSearch={onSearch}
            skeleton={<Bones rows={10} />}
          >
            {(second) => (
              <Both
                reports={[first, second]}
                names={names}
                chosen={search.metric ?? 'sessions'}
                timeZone={timeZone}
                onChoose={(metric) => onSearch({ ...search, metric })}
              />
            )}
          </Answer>
        )}
      </Answer>
      <div className={classes.further} data-not-in-picture="">
        {[a, b].map((selection, place) => (
          <ButtonLink
            key={selection}
            to="/sites/$site/journeys"
            params={{ site }}
            search={{ ...filterOf(search), selection }}
          >
            Journeys: <bdi>{names[place]}</bdi>
          </ButtonLink>
        ))}
      </div>
    </ReportPage>
  )
}

interface BothProps {
  reports: readonly [MetricsReport, MetricsReport]
  names: readonly [string, string]
  chosen: string
  timeZone: string
  onChoose: (metric: string) => void
}

/** How far the second is from the first, as a part of the first. */
export function differenceOf(first: number | null | undefined, second: number | null | undefined): number | null {
  if (first === null || first === undefined || second === null || second === undefined || first === 0) return null
  return (second - first) / first
}

function Both({ reports: [first, second], names, chosen, timeZone, onChoose }: BothProps) {
  const pairs = first.metrics.flatMap((one): { metric: MetricInfo; one: Series; other: Series }[] => {
    const other = second.metrics.find((series) => series.metric.name === one.metric.name)
    return other ? [{ metric: one.metric, one, other }] : []
  })
  const drawn = pairs.find(({ metric }) => metric.name === chosen) ?? pairs[0]
  if (!drawn) return null
  const lines: Line[] = [
    { name: names[0], kind: 'now', values: drawn.one.series.map((measure) => measure.value) },
    { name: names[1], kind: 'other', values: drawn.other.series.map((measure) => measure.value) },
  ]
  return (
    <>
      <h2 className={classes.drawn}>{metricName(drawn.metric.name)}</h2>
      <TimeChart
        metric={drawn.metric}
        title={metricName(drawn.metric.name)}
        lines={lines}
        buckets={first.buckets}
        interval={first.interval}
        timeZone={timeZone}
      />
      <Legend lines={lines} />
      <div className={`${table.scroll} ${classes.both}`}>
        <table className={table.table}>
          <caption className="visually-hidden">Metrics of both segments</caption>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">
                <bdi>{names[0]}</bdi>
              </th>
              <th scope="col">
                <bdi>{names[1]}</bdi>
              </th>
              <th scope="col">Second against first</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(({ metric, one, other }) => {
              const difference = differenceOf(one.total.value, other.total.value)
              return (
                <tr key={metric.name} data-on={metric === drawn.metric || undefined}>
                  <th scope="row" className={table.name}>
                    <button
                      type="button"
                      className={table.rowButton}
                      aria-pressed={metric === drawn.metric}
                      title={metric.definition}
                      onClick={() => onChoose(metric.name)}
                    >
                      {metricName(metric.name)}
                    </button>
                  </th>
                  {[one, other].map((series, place) => (
                    <td key={names[place]}>
                      <Door selection={series.total.value === 0 ? null : series.total.selection}>
                        {measureText(series.total, metric)}
                      </Door>
                    </td>
                  ))}
                  <td>
                    {difference === null ? (
                      NOTHING
                    ) : (
                      <ChangeNote change={difference} better={metric.better} against="the first" />
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </>
  )
}
