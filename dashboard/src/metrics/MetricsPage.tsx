/** How it goes: the metrics over time, by segment, and of two segments side by side. */

import { getRouteApi } from '@tanstack/react-router'
import { besideOf, sidesOf } from '../beside/sides'
import { ReportTabs } from '../report/ReportPage'
import { filterOf } from '../search/filter'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { BesideView } from './BesideView'
import type { MetricsSearch } from './metricsSearch'
import { OverTimeView } from './OverTimeView'
import { SegmentsView } from './SegmentsView'

const route = getRouteApi('/sites/$site/metrics')

export interface MetricsViewProps {
  site: string
  search: MetricsSearch
  timeZone: string
  tabs: React.ReactNode
  onSearch: (next: MetricsSearch) => void
}

export function MetricsPage() {
  const { site: siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  useTitle('Metrics', site?.name ?? siteId)
  const filter = filterOf(search)
  const tabs = (
    <ReportTabs
      to="/sites/$site/metrics"
      site={siteId}
      label="Metrics"
      tabs={[
        { name: 'Over time', search: { ...filter, ...besideOf(search) }, isOn: search.view === undefined },
        { name: 'Segments', search: { ...filter, view: 'segments' }, isOn: search.view === 'segments' },
      ]}
    />
  )
  const props: MetricsViewProps = {
    site: siteId,
    search,
    timeZone,
    tabs,
    onSearch: (next) => void navigate({ search: next }),
  }
  if (search.view === 'segments') return <SegmentsView {...props} />
  const sides = sidesOf(search)
  if (sides) return <BesideView {...props} sides={sides} />
  return <OverTimeView {...props} />
}
