/** The cities with most sessions; each number opens their sessions. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { reportQuery } from '../api/reportQueries'
import type { SegmentRow } from '../api/reportTypes'
import { countryName } from '../format/words'
import { Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { Panel } from '../report/ReportPage'
import { ReportScope } from '../report/ReportScope'
import { measureText, metricName } from '../report/readings'
import { ShareBar } from '../report/ShareBar'
import { moreText } from '../report/stepWords'
import table from '../report/table.module.css'
import { type FilterSearch, filterOf, filterParams } from '../search/filter'
import { useSite } from '../shell/useSite'
import classes from './places.module.css'

const ROWS = 15

export interface CitiesProps {
  site: string
  search: FilterSearch
  /** Names of the metrics that are told. */
  metrics: readonly string[]
}

export function Cities({ site, search, metrics }: CitiesProps) {
  const { timeZone } = useSite(site)
  const { data, isError } = useQuery(
    reportQuery(site, 'segments', {
      ...filterParams(search),
      dimensions: 'city,country',
      metrics: metrics.join(),
      limit: ROWS,
    }),
  )
  const known = data?.rows.filter((row) => row.key[0] !== null) ?? []
  const most = Math.max(1, ...known.map((row) => row.sessions))
  const columns = (data?.metrics ?? []).flatMap((metric, place) =>
    metric.name === 'sessions' ? [] : [{ metric, place }],
  )
  return (
    <Panel
      title="Cities"
      className={classes.cities}
      tools={
        <Link
          to="/sites/$site/metrics"
          params={{ site }}
          search={{ ...filterOf(search), view: 'segments', by: 'city' }}
          className={table.unit}
        >
          All cities
        </Link>
      }
    >
      {!data && !isError && <Bones rows={5} />}
      {isError && <p className={classes.none}>The cities could not be read.</p>}
      {data && known.length === 0 && (
        <p className={classes.none}>
          No city is known of these sessions. Cities need a city database on the server; countries come without one.
        </p>
      )}
      {data && known.length > 0 && (
        <ReportScope site={site} timeZone={timeZone} filter={filterOf(search)} range={data.range}>
          <div className={table.scroll}>
            <table className={table.table}>
              <caption className="visually-hidden">Cities by sessions</caption>
              <thead>
                <tr>
                  <th scope="col">City</th>
                  <th scope="col" data-kind="bar">
                    <span className="visually-hidden">Sessions, drawn</span>
                  </th>
                  <th scope="col">Sessions</th>
                  {columns.map(({ metric }) => (
                    <th key={metric.name} scope="col" title={metric.definition}>
                      {metricName(metric.name)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {known.map((row) => (
                  <tr key={row.selection}>
                    <th scope="row" className={table.name} title={cityText(row)}>
                      <bdi>{row.key[0]}</bdi> <span className={table.unit}>{countryOf(row)}</span>
                    </th>
                    <td data-kind="bar">
                      <ShareBar share={row.sessions / most} />
                    </td>
                    <td>
                      <Door selection={row.selection} n={row.sessions} />
                    </td>
                    {columns.map(({ metric, place }) => {
                      const measure = row.measures[place]
                      return (
                        <td key={metric.name}>
                          {measure && (
                            <Door selection={measure.value === 0 ? null : measure.selection}>
                              {measureText(measure, metric)}
                            </Door>
                          )}
                        </td>
                      )
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {data.rest && <p className={table.more}>{moreText(data.rest.segments, 'city', 'cities')}.</p>}
        </ReportScope>
      )}
    </Panel>
  )
}

const countryOf = ({ key: [, country] }: SegmentRow): string => (country ? countryName(country) : '')
const cityText = (row: SegmentRow): string => [row.key[0], countryOf(row)].filter(Boolean).join(', ')
