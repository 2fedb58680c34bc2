/** Every metric with its change; the chosen one over time, with its definition and each bucket's numbers. */

import { Switch } from '@mantine/core'
import type { MetricsReport, Series } from '../api/reportTypes'
import { Bones } from '../report/Answer'
import { bucketWords } from '../report/buckets'
import { ChangeNote } from '../report/ChangeNote'
import { Door } from '../report/Door'
import { Pick } from '../report/Pick'
import { useScope } from '../report/ReportScope'
import { ReportView } from '../report/ReportView'
import { madeOf, measureText, metricName, unitWords, valueText } from '../report/readings'
import { Legend, type Line, TimeChart } from '../report/TimeChart'
import table from '../report/table.module.css'
import classes from './Metrics.module.css'
import type { MetricsViewProps } from './MetricsPage'
import { INTERVALS, METRIC_GROUPS, type MetricsSearch, overTimeParams } from './metricsSearch'

export function OverTimeView(props: MetricsViewProps) {
  const { search, onSearch } = props
  const chosen = search.metric ?? 'sessions'
  const seriesOf = ({ metrics }: MetricsReport) => metrics.find((one) => one.metric.name === chosen) ?? metrics[0]
  return (
    <ReportView
      {...props}
      report="metrics"
      params={overTimeParams(search)}
      what="the metrics"
      skeleton={<Bones rows={10} />}
      title={(answer) => {
        const series = seriesOf(answer)
        return series && `${metricName(series.metric.name)} ${measureText(series.total, series.metric).toLowerCase()}`
      }}
      isEmpty={({ metrics }) => metrics.every((one) => (one.total.value ?? 0) === 0)}
    >
      {(answer) => {
        const series = seriesOf(answer)
        return (
          series && (
            <div className={classes.overTime}>
              <MetricList
                report={answer}
                chosen={series.metric.name}
                onChoose={(metric) => onSearch({ ...search, metric })}
              />
              <Chosen report={answer} series={series} search={search} onSearch={onSearch} />
            </div>
          )
        )
      }}
    </ReportView>
  )
}

interface MetricListProps {
  report: MetricsReport
  chosen: string
  onChoose: (metric: string) => void
}

function MetricList({ report, chosen, onChoose }: MetricListProps) {
  return (
    <div className={classes.list}>
      {METRIC_GROUPS.map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h2>{group.name}</h2>
          <ul>
            {group.metrics.flatMap((name) => {
              const series = report.metrics.find((one) => one.metric.name === name)
              if (!series) return []
              return [
                <li key={name}>
                  <button type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
                    <span className={classes.metricName}>{metricName(name)}</span>
                    <span className={classes.metricValue}>{measureText(series.total, series.metric)}</span>
                    <span className={classes.metricChange}>
                      {series.previous && series.change !== null && (
                        <ChangeNote change={series.change} better={series.metric.better} />
                      )}
                    </span>
                  </button>
                </li>,
              ]
            })}
          </ul>
        </section>
      ))}
    </div>
  )
}

interface ChosenProps {
  report: MetricsReport
  series: Series
  search: MetricsSearch
  onSearch: (next: MetricsSearch) => void
}

function Chosen({ report, series, search, onSearch }: ChosenProps) {
  const { timeZone } = useScope()
  const { metric, total, previous } = series
  const name = metricName(metric.name)
  const lines: Line[] = [
    { name: 'This period', kind: 'now', values: series.series.map((one) => one.value) },
    ...(previous
      ? [{ name: 'The period before', kind: 'before' as const, values: previous.series.map((one) => one.value) }]
      : []),
  ]
  const base = madeOf(total, metric)
  return (
    <section className={classes.chosen} aria-label={name}>
      <div className={classes.head}>
        <div className={classes.reading}>
          <span className={classes.big}>
            <Door selection={total.selection}>{measureText(total, metric)}</Door>
          </span>
          {base && <span className={table.unit}>{base}</span>}
          {previous && (
            <span className={classes.against}>
              <ChangeNote change={series.change} better={metric.better} />
              <span className={table.unit}>
                {' '}
                against {valueText(previous.total.value, metric)} in the period before
              </span>
            </span>
          )}
        </div>
        <div className={classes.controls} data-not-in-picture="">
          <Switch
            size="xs"
            label="Period before"
            checked={search.compare !== 'none'}
            onChange={(event) => {
              const { compare: _, ...rest } = search
              onSearch(event.currentTarget.checked ? rest : { ...rest, compare: 'none' })
            }}
          />
          <Pick
            label="By"
            value={report.interval}
            options={INTERVALS.map((one) => ({ value: one, name: one }))}
            onChange={(interval) => onSearch({ ...search, interval })}
          />
        </div>
      </div>
      <p className={classes.definition}>
        {metric.definition} <span className={table.unit}>Unit: {unitWords(metric)}.</span>
        {!total.exact && <span className={table.unit}> Within 0.4 % of the exact value.</span>}
      </p>
      {total.state === 'not_measurable' && (
        <p className={classes.definition}>
          <strong>Not measurable here:</strong> these visitors keep no storage, so nobody can tell who came back.
        </p>
      )}
      <TimeChart
        metric={metric}
        title={name}
        lines={lines}
        buckets={report.buckets}
        interval={report.interval}
        timeZone={timeZone}
      />
      <Legend lines={lines} />
      <details className={classes.details}>
        <summary>Each {report.interval} as a table</summary>
        <div className={table.scroll}>
          <table className={table.table}>
            <caption className="visually-hidden">{name} over time</caption>
            <thead>
              <tr>
                <th scope="col">{report.interval === 'hour' ? 'Hour' : 'From'}</th>
                <th scope="col">{name}</th>
                <th scope="col">Made of</th>
                {previous && <th scope="col">The period before</th>}
              </tr>
            </thead>
            <tbody>
              {report.buckets.map((bucket, index) => {
                const measure = series.series[index]
                return (
                  <tr key={bucket.from}>
                    <th scope="row">{bucketWords(bucket, report.interval, timeZone)}</th>
                    <td>
                      {measure && (
                        <Door selection={measure.value === 0 ? null : measure.selection} part={bucket}>
                          {measureText(measure, metric)}
                        </Door>
                      )}
                    </td>
                    <td className={table.quiet}>{(measure && madeOf(measure, metric)) ?? ''}</td>
                    {previous && <td>{valueText(previous.series[index]?.value, metric)}</td>}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  )
}
