/** Two sets of sessions side by side: every metric of both, and the chosen one over time. */

import type { MetricsReport, Series } from '../api/reportTypes'
import { BesideReport, type BothSides } from '../beside/BesideReport'
import { type BesideColumn, BesideTable } from '../beside/BesideTable'
import { besideOf, type Side } from '../beside/sides'
import { measureText, metricName } from '../report/readings'
import { Legend, type Line, TimeChart } from '../report/TimeChart'
import table from '../report/table.module.css'
import { filterOf } from '../search/filter'
import { ButtonLink } from '../shell/Button'
import classes from './Metrics.module.css'
import type { MetricsViewProps } from './MetricsPage'
import { besideParams } from './metricsSearch'

export function BesideView(props: MetricsViewProps & { sides: readonly [Side, Side] }) {
  const { site, search, timeZone, onSearch } = props
  return (
    <BesideReport {...props} report="metrics" params={besideParams} what="the metrics">
      {(both) => (
        <>
          <Both
            {...both}
            chosen={search.metric ?? 'sessions'}
            timeZone={timeZone}
            onChoose={(metric) => onSearch({ ...search, metric })}
          />
          <div className={classes.further} data-not-in-picture="">
            <ButtonLink
              to="/sites/$site/journeys"
              params={{ site }}
              search={{ ...filterOf(search), ...besideOf(search) }}
            >
              Their journeys
            </ButtonLink>
            <ButtonLink to="/sites/$site/pages" params={{ site }} search={{ ...filterOf(search), ...besideOf(search) }}>
              Their pages
            </ButtonLink>
          </div>
        </>
      )}
    </BesideReport>
  )
}

interface BothProps extends BothSides<MetricsReport> {
  chosen: string
  timeZone: string
  onChoose: (metric: string) => void
}

const SIZES: readonly string[] = ['sessions', 'visitors', 'page_views']

const VALUE: BesideColumn<Series> = {
  name: 'Value',
  definition: 'The metric over the range. Point at its name for what it means.',
  // How large a side is says nothing of how well it does.
  better: ({ metric }) => (SIZES.includes(metric.name) ? 'neither' : metric.better),
  read: ({ total, metric }) => ({ value: total.value, text: measureText(total, metric), selection: total.selection }),
}

function Both({ reports: [first, second], sides, chosen, timeZone, onChoose }: BothProps) {
  const of = (report: MetricsReport, name: string) => report.metrics.find((one) => one.metric.name === name)
  const drawn = of(first, chosen) ?? first.metrics[0]
  if (!drawn) return null
  const { metric } = drawn
  const values = (series: Series | undefined) => series?.series.map((measure) => measure.value) ?? []
  const lines: Line[] = [
    { name: sides[0].name, kind: 'now', values: values(drawn) },
    { name: sides[1].name, kind: 'other', values: values(of(second, metric.name)) },
  ]
  return (
    <>
      <h2 className={classes.drawn}>{metricName(metric.name)}</h2>
      <p className={classes.definition}>{metric.definition}</p>
      <TimeChart
        metric={metric}
        title={metricName(metric.name)}
        lines={lines}
        buckets={first.buckets}
        interval={first.interval}
        timeZone={timeZone}
      />
      <Legend lines={lines} />
      <div className={classes.both}>
        <BesideTable
          caption="Metrics of both sides"
          head="Metric"
          rows={[first.metrics, second.metrics]}
          keyOf={(series) => series.metric.name}
          nameOf={(series) => (
            <button
              type="button"
              className={table.rowButton}
              aria-pressed={series.metric.name === metric.name}
              onClick={() => onChoose(series.metric.name)}
            >
              {metricName(series.metric.name)}
            </button>
          )}
          titleOf={(series) => series.metric.definition}
          columns={[VALUE]}
          sides={sides}
          absent="Not measured"
        />
      </div>
    </>
  )
}
