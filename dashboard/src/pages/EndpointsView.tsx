/** Each endpoint that pages called: how often, how fast, how it went. */

import { IconArrowsLeftRight } from '@tabler/icons-react'
import type { EndpointRow, EndpointsReport } from '../api/reportTypes'
import { latency } from '../format/durations'
import { count, counted } from '../format/numbers'
import { Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { ReportView } from '../report/ReportView'
import { percent } from '../report/readings'
import { Sparkline } from '../report/Sparkline'
import table from '../report/table.module.css'
import { Notice } from '../shell/Notice'
import classes from './Pages.module.css'
import type { PagesViewProps } from './PagesPage'
import { More } from './PagesView'
import { byValue, limitOf, MOST_ROWS, type PagesSearch, rowsParams } from './pagesSearch'
import { SortHead } from './SortHead'

const SORTS: Record<string, (row: EndpointRow) => number | null> = {
  sessions: (row) => row.sessions,
  average: (row) => row.average_ms,
  p95: (row) => row.p95_ms,
  success: (row) => (row.calls === 0 ? null : row.ok / row.calls),
  client_errors: (row) => row.client_errors,
  server_errors: (row) => row.server_errors,
  no_response: (row) => row.no_response,
}

export function EndpointsView(props: PagesViewProps) {
  const { search, onSearch } = props
  return (
    <ReportView
      {...props}
      report="endpoints"
      params={rowsParams(search)}
      what="the endpoints"
      skeleton={<Bones rows={10} />}
      title={({ rows, rest, calls }) => `${counted(rows.length + rest, 'endpoint')}, ${counted(calls, 'call')}`}
    >
      {(answer) =>
        answer.rows.length === 0 ? (
          <Notice icon={<IconArrowsLeftRight size={20} stroke={1.6} />} title="No page called an endpoint">
            <p>HTTP calls that pages make with fetch or XMLHttpRequest are told here.</p>
          </Notice>
        ) : (
          <>
            <EndpointTable report={answer} search={search} onSearch={onSearch} />
            <More
              n={answer.rest}
              of={counted(answer.rest_calls, 'call')}
              what="endpoint"
              canMore={limitOf(search) < MOST_ROWS}
              onMore={() => onSearch({ ...search, limit: String(MOST_ROWS) })}
            />
          </>
        )
      }
    </ReportView>
  )
}

interface EndpointTableProps {
  report: EndpointsReport
  search: PagesSearch
  onSearch: (next: PagesSearch) => void
}

function EndpointTable({ report, search, onSearch }: EndpointTableProps) {
  const sorted = search.sort && search.sort in SORTS ? search.sort : 'calls'
  const sort = {
    sorted,
    onSort: (name: string) => {
      const { sort: _, ...rest } = search
      onSearch(name === 'calls' ? rest : { ...rest, sort: name })
    },
  }
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <caption className="visually-hidden">Endpoints</caption>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col" data-kind="bar">
              Calls over time
            </th>
            <SortHead name="calls" definition="HTTP calls made by pages." {...sort}>
              Calls
            </SortHead>
            <SortHead name="sessions" definition="Sessions that called it." {...sort}>
              Sessions
            </SortHead>
            <SortHead name="average" definition="Mean duration of a call." {...sort}>
              Average
            </SortHead>
            <SortHead name="p95" definition="95 of 100 calls are as fast or faster." {...sort}>
              p95
            </SortHead>
            <SortHead name="success" definition="Calls with a status under 400 ÷ calls." {...sort}>
              Success
            </SortHead>
            <SortHead name="client_errors" definition="Calls with a status of 400 to 499." {...sort}>
              4xx
            </SortHead>
            <SortHead name="server_errors" definition="Calls with a status of 500 and over." {...sort}>
              5xx
            </SortHead>
            <SortHead name="no_response" definition="The network, a time limit, or given up by the page." {...sort}>
              No response
            </SortHead>
          </tr>
        </thead>
        <tbody>
          {byValue(report.rows, SORTS[sorted]).map((row) => (
            <tr key={row.endpoint}>
              <th scope="row" className={table.name} title={row.endpoint}>
                <Endpoint name={row.endpoint} />
              </th>
              <td data-kind="bar" className={classes.trend}>
                <Sparkline values={row.trend.map((one) => one.calls)} height={22} />
              </td>
              <td>{count(row.calls)}</td>
              <td>
                <Door selection={row.selection} n={row.sessions} />
              </td>
              <td>{latency(row.average_ms)}</td>
              <td>{latency(row.p95_ms)}</td>
              <td>{percent(row.calls === 0 ? null : row.ok / row.calls)}</td>
              <Failures n={row.client_errors} of={row.calls} selection={row.selections.client_errors} tone="warn" />
              <Failures n={row.server_errors} of={row.calls} selection={row.selections.server_errors} tone="error" />
              <Failures n={row.no_response} of={row.calls} selection={row.selections.no_response} tone="warn" />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Endpoint({ name }: { name: string }) {
  const [method = '', ...path] = name.split(' ')
  return (
    <>
      <span className={classes.method}>{method}</span> <bdi>{path.join(' ')}</bdi>
    </>
  )
}

interface FailuresProps {
  n: number
  of: number
  selection: string
  tone: 'warn' | 'error'
}

function Failures({ n, of, selection, tone }: FailuresProps) {
  return (
    <td data-tone={n > 0 ? tone : undefined} className={classes.failures}>
      {n === 0 ? (
        <span className={table.quiet}>0</span>
      ) : (
        <>
          <Door selection={selection} title="Open the sessions with at least one such call">
            {count(n)}
          </Door>{' '}
          <span className={table.unit}>{percent(n / of)}</span>
        </>
      )}
    </td>
  )
}
