/** Pages, endpoints, web vitals: what was viewed and called, how fast, and what made it slow. A tab each. */

import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { besideOf, sidesOf } from '../beside/sides'
import { ReportTabs } from '../report/ReportPage'
import { filterOf } from '../search/filter'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { type BesideViewProps, EndpointsBeside, PagesBeside, VitalsBeside } from './BesideViews'
import { EndpointsView } from './EndpointsView'
import { PagesView } from './PagesView'
import type { PagesSearch } from './pagesSearch'
import { VitalsView } from './VitalsView'

const route = getRouteApi('/sites/$site/pages')

export interface PagesViewProps {
  site: string
  search: PagesSearch
  timeZone: string
  tabs: ReactNode
  onSearch: (next: PagesSearch) => void
}

const NAMES = { pages: 'Pages', endpoints: 'Endpoints', vitals: 'Web vitals' } as const

export function PagesPage() {
  const { site: siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  const filter = { ...filterOf(search), ...besideOf(search) }
  useTitle(NAMES[search.view ?? 'pages'], site?.name ?? siteId)
  const tabs = (
    <ReportTabs
      to="/sites/$site/pages"
      site={siteId}
      label="Pages"
      tabs={[
        { name: NAMES.pages, search: filter, isOn: search.view === undefined },
        { name: NAMES.endpoints, search: { ...filter, view: 'endpoints' }, isOn: search.view === 'endpoints' },
        { name: NAMES.vitals, search: { ...filter, view: 'vitals' }, isOn: search.view === 'vitals' },
      ]}
    />
  )
  const props: PagesViewProps = {
    site: siteId,
    search,
    timeZone,
    tabs,
    onSearch: (next) => void navigate({ search: next }),
  }
  const sides = sidesOf(search)
  if (sides) return besideView(search.view, { ...props, sides })
  switch (search.view) {
    case 'endpoints':
      return <EndpointsView {...props} />
    case 'vitals':
      return <VitalsView {...props} />
    case undefined:
      return <PagesView {...props} />
  }
}

function besideView(view: PagesSearch['view'], props: BesideViewProps) {
  switch (view) {
    case 'endpoints':
      return <EndpointsBeside {...props} />
    case 'vitals':
      return <VitalsBeside {...props} />
    case undefined:
      return <PagesBeside {...props} />
  }
}
