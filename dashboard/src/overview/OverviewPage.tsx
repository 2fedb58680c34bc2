/** The first screen of a site: who is here now, how it goes, what changed, and where to look further. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useLive } from '../api/live'
import { newestSessionQuery } from '../api/queries'
import { reportQuery } from '../api/reportQueries'
import { counted } from '../format/numbers'
import { Answer, Bones } from '../report/Answer'
import { Door } from '../report/Door'
import { Panel, ReportPage } from '../report/ReportPage'
import { ReportTools } from '../report/ReportTools'
import { filterParams } from '../search/filter'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { Insights } from './Insights'
import { MetricTiles } from './MetricTiles'
import classes from './OverviewPage.module.css'
import type { OverviewSearch } from './overviewSearch'
import { TopCountries, TopErrors, TopPages } from './Tops'

const route = getRouteApi('/sites/$site/overview')

/** New sessions change the numbers; they are read again at most this often. */
const AGAIN_MS = 15_000

export function OverviewPage() {
  const { site: siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  const picture = useRef<HTMLDivElement>(null)
  const params = filterParams(search)
  const query = useQuery(reportQuery(siteId, 'overview', params))
  useTitle('Overview', site?.name ?? siteId)
  useFresh(siteId, () => void query.refetch())
  const onSearch = (next: OverviewSearch) => void navigate({ search: next })
  const { data } = query
  return (
    <ReportPage
      site={siteId}
      search={search}
      timeZone={timeZone}
      picture={picture}
      isFailed={query.isError && !query.data}
      onSearch={onSearch}
      title={data && counted(data.sessions, 'session')}
      tools={<ReportTools site={siteId} report="overview" params={params} picture={picture} />}
    >
      <Answer
        query={query}
        site={siteId}
        search={search}
        what="the overview"
        isEmpty={(answer) => answer.sessions === 0}
        onSearch={onSearch}
        skeleton={<Skeleton />}
      >
        {(answer) => (
          <>
            <p className={classes.live}>
              <span className={classes.pulse} data-on={answer.live.sessions > 0 || undefined} aria-hidden="true" />
              {answer.live.sessions === 0 ? (
                'Nobody is here right now'
              ) : (
                <span>
                  <Door selection={answer.live.selection} title="Open the live sessions" className={classes.liveNumber}>
                    {counted(answer.live.sessions, 'live session')}
                  </Door>{' '}
                  now
                </span>
              )}
            </p>
            <MetricTiles report={answer} search={search} site={siteId} />
            <Insights report={answer} />
            <div className={classes.tops}>
              <TopPages site={siteId} search={search} />
              <TopErrors site={siteId} search={search} />
              <TopCountries site={siteId} search={search} />
            </div>
          </>
        )}
      </Answer>
    </ReportPage>
  )
}

/** Reads again when sessions came, and at once for the first session of a site. */
function useFresh(site: string, read: () => void) {
  const client = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useLive(site, {
    onSession: (session) => {
      const { queryKey } = newestSessionQuery(site)
      const isFirst = client.getQueryData(queryKey) === null
      client.setQueryData(queryKey, (newest) => newest ?? session)
      if (isFirst) read()
      else
        timer.current ??= setTimeout(() => {
          timer.current = null
          read()
        }, AGAIN_MS)
    },
    onResync: read,
  })
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
    },
    [],
  )
}

function Skeleton() {
  return (
    <div aria-hidden="true">
      <div className={classes.tileBones}>
        {Array.from({ length: 11 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: all alike.
          <i key={index} />
        ))}
      </div>
      <div className={classes.tops}>
        {['Top pages', 'Top errors', 'Countries'].map((title) => (
          <Panel key={title} title={title}>
            <Bones />
          </Panel>
        ))}
      </div>
    </div>
  )
}
