/** The most viewed pages, the most met errors, the countries: a few of each, and the way to all. */

import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { errorGroupsQuery } from '../api/queries'
import { reportQuery } from '../api/reportQueries'
import { groupSearch } from '../errors/errorsSearch'
import { count, NOTHING } from '../format/numbers'
import { CountryMap } from '../places/CountryMap'
import { Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { Panel } from '../report/ReportPage'
import { ReportScope } from '../report/ReportScope'
import { percent } from '../report/readings'
import { ShareBar } from '../report/ShareBar'
import { segmentValue } from '../report/stepWords'
import { type FilterSearch, filterOf, filterParams, joinSearches, withSearch } from '../search/filter'
import { useSite } from '../shell/useSite'
import classes from './Tops.module.css'

const ROWS = 7
/** Below a map. */
const COUNTRIES = 4

interface TopProps {
  site: string
  search: FilterSearch
}

interface Row {
  key: string
  name: ReactNode
  title: string
  number: ReactNode
  share: number
  tone?: 'path' | 'error' | 'rest'
}

function Rows({ rows, empty, unit }: { rows: Row[] | undefined; empty: string; unit: string }) {
  if (!rows) return <Bones rows={5} />
  if (rows.length === 0) return <p className={classes.empty}>{empty}</p>
  return (
    <table className={classes.table}>
      <colgroup>
        <col />
        <col className={classes.figures} />
      </colgroup>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">{unit}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, title, number, share, tone }) => (
          <tr key={key}>
            <th scope="row" title={title}>
              <bdi>{name}</bdi>
              <ShareBar share={share} tone={tone ?? 'path'} />
            </th>
            <td>{number}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function useScopeProps({ site, search }: TopProps) {
  const { timeZone } = useSite(site)
  return { site, timeZone, filter: filterOf(search) }
}

export function TopPages({ site, search }: TopProps) {
  const scope = useScopeProps({ site, search })
  const { data, isError } = useQuery(reportQuery(site, 'pages', { ...filterParams(search), limit: ROWS }))
  // The report has them by views; here they stand by the number that is shown.
  const pages = data?.rows.toSorted((one, other) => other.sessions - one.sessions)
  const most = Math.max(1, pages?.[0]?.sessions ?? 0)
  return (
    <Panel
      title="Top pages"
      note="sessions that viewed them"
      tools={
        <Link to="/sites/$site/pages" params={{ site }} search={filterOf(search)} className={classes.all}>
          All pages <IconArrowRight size={14} stroke={1.7} aria-hidden="true" />
        </Link>
      }
    >
      <ReportScope {...scope} range={data?.range ?? NO_RANGE}>
        <Rows
          unit="Sessions"
          empty={isError ? 'The pages could not be read.' : 'No page was viewed.'}
          rows={
            isError
              ? []
              : pages?.map((row) => ({
                  key: row.route,
                  name: row.route,
                  title: row.route,
                  number: <Door selection={row.selection} n={row.sessions} />,
                  share: row.sessions / most,
                }))
          }
        />
      </ReportScope>
    </Panel>
  )
}

export function TopErrors({ site, search }: TopProps) {
  const { data, isError } = useQuery(errorGroupsQuery(site, filterParams(search)))
  const most = Math.max(1, ...(data?.groups.map((group) => group.sessions) ?? []))
  const list = (id: string) => withSearch(filterOf(search), joinSearches(search.q, groupSearch(id)))
  return (
    <Panel
      title="Top errors"
      note="sessions that met them"
      tools={
        <Link to="/sites/$site/errors" params={{ site }} search={filterOf(search)} className={classes.all}>
          All errors <IconArrowRight size={14} stroke={1.7} aria-hidden="true" />
        </Link>
      }
    >
      <Rows
        unit="Sessions"
        empty={isError ? 'The errors could not be read.' : 'No errors.'}
        rows={
          isError
            ? []
            : data?.groups.slice(0, ROWS).map((group) => ({
                key: group.id,
                name: (
                  <>
                    <strong>{group.name}</strong> {group.message}
                  </>
                ),
                title: `${group.name}: ${group.message}`,
                number: (
                  <Link
                    to="/sites/$site/sessions"
                    params={{ site }}
                    search={list(group.id)}
                    className={classes.door}
                    title="Open these sessions"
                  >
                    {count(group.sessions)}
                  </Link>
                ),
                share: group.sessions / most,
                tone: 'error' as const,
              }))
        }
      />
    </Panel>
  )
}

export function TopCountries({ site, search }: TopProps) {
  const scope = useScopeProps({ site, search })
  const { data, isError } = useQuery(
    reportQuery(site, 'segments', {
      ...filterParams(search),
      dimensions: 'country',
      metrics: 'sessions',
      limit: COUNTRIES,
    }),
  )
  const whole = data?.total.sessions ?? 0
  return (
    <Panel
      title="Countries"
      note="share of sessions"
      tools={
        <Link
          to="/sites/$site/metrics"
          params={{ site }}
          search={{ ...filterOf(search), view: 'segments', by: 'country' }}
          className={classes.all}
        >
          All <IconArrowRight size={14} stroke={1.7} aria-hidden="true" />
        </Link>
      }
    >
      <CountryMap site={site} search={search} />
      <ReportScope {...scope} range={data?.range ?? NO_RANGE}>
        <Rows
          unit="Share of sessions"
          empty={isError ? 'The countries could not be read.' : NOTHING}
          rows={
            isError
              ? []
              : data?.rows.map((row) => {
                  const value = row.key[0] ?? null
                  return {
                    key: value ?? '',
                    name: segmentValue('country', value),
                    title: segmentValue('country', value),
                    number: (
                      <Door selection={row.selection} title={`Open these ${count(row.sessions)} sessions`}>
                        {percent(whole === 0 ? null : row.sessions / whole)}
                      </Door>
                    ),
                    share: whole === 0 ? 0 : row.sessions / whole,
                    tone: value === null ? ('rest' as const) : ('path' as const),
                  }
                })
          }
        />
      </ReportScope>
    </Panel>
  )
}

/** Until the answer is there, there is no door either. */
const NO_RANGE = { from: 0, to: 0, time_zone: 'UTC' }
