/** The metrics, each with its shape over the range and its change; a tile opens the metric over time. */

import { Link } from '@tanstack/react-router'
import type { OverviewReport, Series } from '../api/reportTypes'
import { ChangeNote } from '../report/ChangeNote'
import { measureText, metricName } from '../report/readings'
import { Sparkline } from '../report/Sparkline'
import { type FilterSearch, filterOf } from '../search/filter'
import classes from './MetricTiles.module.css'

export function MetricTiles({ report, search, site }: { report: OverviewReport; search: FilterSearch; site: string }) {
  return (
    <ul className={classes.tiles} aria-label="Metrics">
      {report.metrics.map((series) => (
        <Tile key={series.metric.name} series={series} search={search} site={site} />
      ))}
    </ul>
  )
}

function Tile({ series, search, site }: { series: Series; search: FilterSearch; site: string }) {
  const { metric, total, previous } = series
  const text = measureText(total, metric)
  return (
    <li>
      <Link
        to="/sites/$site/metrics"
        params={{ site }}
        search={{ ...filterOf(search), metric: metric.name }}
        className={classes.tile}
        title={metric.definition}
      >
        <span className={classes.name}>{metricName(metric.name)}</span>
        <span className={classes.value} data-words={total.state === 'not_measurable' || undefined}>
          {text}
        </span>
        <span className={classes.change}>
          {total.state === 'number' && series.change !== null && (
            <ChangeNote change={series.change} better={metric.better} />
          )}
        </span>
        <span className={classes.line}>
          {total.state === 'not_measurable' ? (
            <span className={classes.quiet}>These visitors keep no storage.</span>
          ) : (
            <Sparkline
              values={series.series.map((one) => one.value)}
              before={previous?.series.map((one) => one.value)}
            />
          )}
        </span>
      </Link>
    </li>
  )
}
