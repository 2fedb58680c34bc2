/** How people move: common paths, where they leave, what errors did to them, funnels. A tab each. */

import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { besideOf, sidesOf } from '../beside/sides'
import { GoalsView } from '../goals/GoalsView'
import { ReportTabs } from '../report/ReportPage'
import { filterOf } from '../search/filter'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { type BesideViewProps, DropOffBeside, FunnelBeside, ImpactBeside, PathsBeside } from './BesideViews'
import { DropOffView } from './DropOffView'
import { FunnelView } from './FunnelView'
import { ImpactView } from './ImpactView'
import { type JourneysSearch, type JourneysView, parseFunnel } from './journeysSearch'
import { PathsView } from './PathsView'

const route = getRouteApi('/sites/$site/journeys')

const TABS: readonly { view: JourneysView | undefined; name: string }[] = [
  { view: undefined, name: 'Common paths' },
  { view: 'drop-off', name: 'Drop-off' },
  { view: 'error-impact', name: 'Error impact' },
  { view: 'funnel', name: 'Funnels' },
  { view: 'goals', name: 'Goals and endings' },
]

/** What a view is asked, and how it is asked something else. */
export interface JourneysChoicesProps {
  site: string
  search: JourneysSearch
  onSearch: (next: JourneysSearch, options?: { replace?: boolean }) => void
}

export interface JourneysViewProps extends JourneysChoicesProps {
  timeZone: string
  tabs: ReactNode
}

export function JourneysPage() {
  const { site: siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  const current = TABS.find((tab) => tab.view === search.view)
  useTitle(current?.name, 'Journeys', site?.name ?? siteId)
  // What steps are is the same question on the tabs that ask it.
  const shared = { ...filterOf(search), ...besideOf(search), ...(search.kinds && { kinds: search.kinds }) }
  const tabs = (
    <ReportTabs
      to="/sites/$site/journeys"
      site={siteId}
      label="Journeys"
      tabs={TABS.map(({ view, name }) => ({
        name,
        search: view === search.view ? search : { ...shared, ...(view && { view }) },
        isOn: view === search.view,
      }))}
    />
  )
  const props: JourneysViewProps = {
    site: siteId,
    search,
    timeZone,
    tabs,
    onSearch: (next, options) => void navigate({ search: next, ...options }),
  }
  const sides = sidesOf(search)
  // A funnel without two steps asks for them first; what counts as success is the same on every side.
  if (sides && search.view !== 'goals' && (search.view !== 'funnel' || parseFunnel(search.steps ?? '').length >= 2)) {
    return besideView(search.view, { ...props, sides })
  }
  switch (search.view) {
    case 'drop-off':
      return <DropOffView {...props} />
    case 'error-impact':
      return <ImpactView {...props} />
    case 'funnel':
      return <FunnelView {...props} />
    case 'goals':
      return <GoalsView {...props} />
    case undefined:
      return <PathsView {...props} />
  }
}

function besideView(view: Exclude<JourneysView, 'goals'> | undefined, props: BesideViewProps) {
  switch (view) {
    case 'drop-off':
      return <DropOffBeside {...props} />
    case 'error-impact':
      return <ImpactBeside {...props} />
    case 'funnel':
      return <FunnelBeside {...props} />
    case undefined:
      return <PathsBeside {...props} />
  }
}
