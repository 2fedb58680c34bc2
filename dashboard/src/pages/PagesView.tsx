/** Each page with its views, its load times and its web vitals. */

import { IconFileOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Measure, PageRow, PagesReport } from '../api/reportTypes'
import type { VitalName } from '../api/types'
import { latency } from '../format/durations'
import { count, counted, NOTHING } from '../format/numbers'
import { VITAL } from '../format/words'
import { Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { RatingBar, RatingWord } from '../report/RatingBar'
import { ReportView } from '../report/ReportView'
import { percent, ratingOf, valueText } from '../report/readings'
import { Sparkline } from '../report/Sparkline'
import { moreText } from '../report/stepWords'
import table from '../report/table.module.css'
import { filterOf } from '../search/filter'
import { Button } from '../shell/Button'
import { Notice } from '../shell/Notice'
import classes from './Pages.module.css'
import type { PagesViewProps } from './PagesPage'
import { byValue, limitOf, MOST_ROWS, type PagesSearch, rowsParams } from './pagesSearch'
import { SortHead } from './SortHead'

const CORE: readonly VitalName[] = ['LCP', 'INP', 'CLS']

export function measureOf(row: { measures: readonly Measure[] }, name: string): Measure | undefined {
  return row.measures.find((measure) => measure.metric === name)
}

const SORTS: Record<string, (row: PageRow) => number | null> = {
  sessions: (row) => row.sessions,
  load_p75: (row) => measureOf(row, 'load_p75')?.value ?? null,
  ttfb_p75: (row) => measureOf(row, 'ttfb_p75')?.value ?? null,
  dom_ready: (row) => row.dom_ready_p75_ms,
  lcp_p75: (row) => measureOf(row, 'lcp_p75')?.value ?? null,
  inp_p75: (row) => measureOf(row, 'inp_p75')?.value ?? null,
  cls_p75: (row) => measureOf(row, 'cls_p75')?.value ?? null,
}

export function PagesView(props: PagesViewProps) {
  const { site, search, onSearch } = props
  return (
    <ReportView
      {...props}
      report="pages"
      params={rowsParams(search)}
      what="the pages"
      skeleton={<Bones rows={10} />}
      title={({ rows, rest, views }) => `${counted(rows.length + rest, 'page')}, ${counted(views, 'view')}`}
    >
      {(answer) =>
        answer.rows.length === 0 ? (
          <Notice icon={<IconFileOff size={20} stroke={1.6} />} title="No page was viewed">
            <p>No session of the range and search has a page view.</p>
          </Notice>
        ) : (
          <>
            <PageTable report={answer} site={site} search={search} onSearch={onSearch} />
            <More
              n={answer.rest}
              of={`${counted(answer.rest_views, 'view')}`}
              what="page"
              canMore={limitOf(search) < MOST_ROWS}
              onMore={() => onSearch({ ...search, limit: String(MOST_ROWS) })}
            />
          </>
        )
      }
    </ReportView>
  )
}

interface MoreProps {
  n: number
  of: string
  what: string
  canMore: boolean
  onMore: () => void
}

/** What is not shown, and the way to more of it. */
export function More({ n, of, what, canMore, onMore }: MoreProps) {
  if (n === 0) return null
  return (
    <p className={table.more}>
      {canMore && <Button onClick={onMore}>Show {count(Math.min(n, MOST_ROWS))} more</Button>} {moreText(n, what)}, with{' '}
      {of}
      {!canMore && '. The search narrows them: page:/shop/*'}.
    </p>
  )
}

interface PageTableProps {
  report: PagesReport
  site: string
  search: PagesSearch
  onSearch: (next: PagesSearch) => void
}

function PageTable({ report, site, search, onSearch }: PageTableProps) {
  const sorted = search.sort && search.sort in SORTS ? search.sort : 'views'
  const sort = {
    sorted,
    onSort: (name: string) => {
      const { sort: _, ...rest } = search
      onSearch(name === 'views' ? rest : { ...rest, sort: name })
    },
  }
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <caption className="visually-hidden">Pages</caption>
        <thead>
          <tr>
            <th scope="col">Page</th>
            <th scope="col" data-kind="bar">
              Views over time
            </th>
            <SortHead name="views" definition="Page views. Beside it the share of all views." {...sort}>
              Views
            </SortHead>
            <SortHead name="sessions" definition="Sessions that viewed the page." {...sort}>
              Sessions
            </SortHead>
            <SortHead
              name="load_p75"
              definition="Navigation start to loadEventEnd; three quarters of the full loads are as fast or faster."
              {...sort}
            >
              Load, p75
            </SortHead>
            <SortHead name="ttfb_p75" definition="Time to first byte, 75th percentile." {...sort}>
              TTFB
            </SortHead>
            <SortHead name="dom_ready" definition="domContentLoadedEventEnd, 75th percentile." {...sort}>
              DOM ready
            </SortHead>
            {CORE.map((vital) => (
              <SortHead
                key={vital}
                name={`${vital.toLowerCase()}_p75`}
                definition={`${VITAL[vital]}, 75th percentile. The bar: good, needs improvement, poor.`}
                {...sort}
              >
                {vital}
              </SortHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {byValue(report.rows, SORTS[sorted]).map((row) => (
            <tr key={row.route}>
              <th scope="row" className={table.name} title={row.route}>
                <Link
                  to="/sites/$site/pages"
                  params={{ site }}
                  search={{ ...filterOf(search), view: 'vitals', route: row.route }}
                  className={classes.route}
                >
                  <bdi>{row.route}</bdi>
                </Link>
              </th>
              <td data-kind="bar" className={classes.trend}>
                <Sparkline values={row.trend.map((one) => one.views)} height={22} />
              </td>
              <td>
                {count(row.views)} <span className={table.unit}>{percent(row.share)}</span>
              </td>
              <td>
                <Door selection={row.selection} n={row.sessions} />
              </td>
              <td>{latency(measureOf(row, 'load_p75')?.value)}</td>
              <td>{latency(measureOf(row, 'ttfb_p75')?.value)}</td>
              <td>{latency(row.dom_ready_p75_ms)}</td>
              {CORE.map((vital) => (
                <td key={vital} className={classes.vital}>
                  <Vital row={row} vital={vital} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Vital({ row, vital }: { row: PageRow; vital: VitalName }) {
  const name = vital.toLowerCase()
  const p75 = measureOf(row, `${name}_p75`)
  const rating = ratingOf(p75?.value, vital)
  if (!p75 || !rating) return <span className={table.quiet}>{NOTHING}</span>
  const part = (stat: string) => measureOf(row, `${name}_${stat}`)?.value ?? 0
  return (
    <>
      <span className={classes.rated}>
        <RatingWord rating={rating} isShort />
        {valueText(p75.value, { name: `${name}_p75`, unit: vital === 'CLS' ? 'score' : 'ms' })}
      </span>
      <RatingBar parts={[part('good'), part('needs_improvement'), part('poor')]} />
    </>
  )
}
