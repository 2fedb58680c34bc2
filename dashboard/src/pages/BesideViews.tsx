/** Pages, endpoints and web vitals of two sets of sessions side by side, such as of two releases. */

import type { EndpointRow, EndpointsReport, PageRow, PagesReport, VitalReport, VitalsReport } from '../api/reportTypes'
import type { VitalName } from '../api/types'
import { BesideReport, type BothSides } from '../beside/BesideReport'
import { type BesideCell, type BesideColumn, BesideTable } from '../beside/BesideTable'
import type { Side } from '../beside/sides'
import { latency } from '../format/durations'
import { count, NOTHING, share } from '../format/numbers'
import { VITAL } from '../format/words'
import { percent, valueText } from '../report/readings'
import type { PagesViewProps } from './PagesPage'
import { measureOf } from './PagesView'
import { MOST_ROWS, rowsParams, vitalsParams } from './pagesSearch'
import { RouteChoice } from './VitalsView'

export interface BesideViewProps extends PagesViewProps {
  sides: readonly [Side, Side]
}

const ABSENT = `Nobody of this side had it, or it is not among its ${MOST_ROWS} most frequent`

const time = (ms: number | null | undefined): BesideCell => ({ value: ms, text: latency(ms) })

export function PagesBeside(props: BesideViewProps) {
  return (
    <BesideReport
      {...props}
      report="pages"
      params={(side) => rowsParams({ ...side, limit: String(MOST_ROWS) })}
      what="the pages"
    >
      {({ reports, sides }: BothSides<PagesReport>) => (
        <BesideTable
          caption="Pages of both sides"
          head="Page"
          rows={[reports[0].rows, reports[1].rows]}
          keyOf={(row) => row.route}
          nameOf={(row) => <bdi>{row.route}</bdi>}
          titleOf={(row) => row.route}
          columns={PAGE_COLUMNS}
          sides={sides}
          absent={ABSENT}
        />
      )}
    </BesideReport>
  )
}

function vitalColumn(vital: VitalName): BesideColumn<PageRow> {
  const name = `${vital.toLowerCase()}_p75`
  return {
    name: vital,
    definition: `${VITAL[vital]}, 75th percentile.`,
    better: 'lower',
    read: (row) => {
      const value = measureOf(row, name)?.value
      return { value, text: valueText(value, { name, unit: vital === 'CLS' ? 'score' : 'ms' }) }
    },
  }
}

const PAGE_COLUMNS: readonly BesideColumn<PageRow>[] = [
  {
    name: 'Sessions',
    definition: 'Sessions that viewed the page.',
    better: null,
    read: (row) => ({ value: row.sessions, text: count(row.sessions), selection: row.selection }),
  },
  {
    name: 'Load, p75',
    definition: 'Navigation start to loadEventEnd; three quarters of the full loads are as fast or faster.',
    better: 'lower',
    read: (row) => time(measureOf(row, 'load_p75')?.value),
  },
  {
    name: 'TTFB',
    definition: 'Time to first byte, 75th percentile.',
    better: 'lower',
    read: (row) => time(measureOf(row, 'ttfb_p75')?.value),
  },
  ...(['LCP', 'INP', 'CLS'] as const).map(vitalColumn),
]

export function EndpointsBeside(props: BesideViewProps) {
  return (
    <BesideReport
      {...props}
      report="endpoints"
      params={(side) => rowsParams({ ...side, limit: String(MOST_ROWS) })}
      what="the endpoints"
    >
      {({ reports, sides }: BothSides<EndpointsReport>) => (
        <BesideTable
          caption="Endpoints of both sides"
          head="Endpoint"
          rows={[reports[0].rows, reports[1].rows]}
          keyOf={(row) => row.endpoint}
          nameOf={(row) => <bdi>{row.endpoint}</bdi>}
          titleOf={(row) => row.endpoint}
          columns={ENDPOINT_COLUMNS}
          sides={sides}
          absent={ABSENT}
        />
      )}
    </BesideReport>
  )
}

const ENDPOINT_COLUMNS: readonly BesideColumn<EndpointRow>[] = [
  {
    name: 'Calls',
    definition: 'HTTP calls made by pages.',
    better: null,
    read: (row) => ({ value: row.calls, text: count(row.calls) }),
  },
  { name: 'Average', definition: 'Mean duration of a call.', better: 'lower', read: (row) => time(row.average_ms) },
  {
    name: 'p95',
    definition: '95 of 100 calls are as fast or faster.',
    better: 'lower',
    read: (row) => time(row.p95_ms),
  },
  {
    name: 'Success',
    definition: 'Calls with a status under 400 ÷ calls.',
    better: 'higher',
    read: (row) => ({ value: row.calls === 0 ? null : row.ok / row.calls, text: share(row.ok, row.calls) }),
  },
]

export function VitalsBeside(props: BesideViewProps) {
  const { site, search, onSearch } = props
  return (
    <BesideReport
      {...props}
      report="vitals"
      params={vitalsParams}
      what="the web vitals"
      choices={<RouteChoice site={site} search={search} onSearch={onSearch} />}
    >
      {({ reports, sides }: BothSides<VitalsReport>) => (
        <BesideTable
          caption="Web vitals of both sides"
          head="Web vital"
          rows={[reports[0].vitals, reports[1].vitals]}
          keyOf={(vital) => vital.name}
          nameOf={(vital) => `${vital.name}, ${vital.long_name}`}
          titleOf={(vital) => vital.long_name}
          columns={VITAL_COLUMNS}
          sides={sides}
          absent={NOTHING}
        />
      )}
    </BesideReport>
  )
}

function rated(stat: 'good' | 'poor'): (vital: VitalReport) => BesideCell {
  return (vital) => {
    const value = measureOf(vital, `${vital.name.toLowerCase()}_${stat}`)?.value
    return { value, text: percent(value) }
  }
}

const VITAL_COLUMNS: readonly BesideColumn<VitalReport>[] = [
  {
    name: 'Measured',
    definition: 'Page views that it was measured of.',
    better: null,
    read: (vital) => ({ value: vital.measured, text: count(vital.measured) }),
  },
  {
    name: 'p75',
    definition: 'Three quarters of the page views that it was measured of are as low or lower.',
    better: 'lower',
    read: (vital) => {
      const name = `${vital.name.toLowerCase()}_p75`
      const value = measureOf(vital, name)?.value
      return { value, text: valueText(value, { name, unit: vital.unit }) }
    },
  },
  { name: 'Good', definition: 'Share of page views rated good.', better: 'higher', read: rated('good') },
  { name: 'Poor', definition: 'Share of page views rated poor.', better: 'lower', read: rated('poor') },
]
