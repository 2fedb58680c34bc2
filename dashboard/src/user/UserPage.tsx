/** One user over all sessions: since when, how much, on what, from where; each session, or all of them as one timeline. */

import { IconListDetails, IconTimeline } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { failureDetail } from '../api/client'
import { sessionsQuery, userQuery } from '../api/queries'
import { dayKey } from '../format/times'
import { quoted } from '../search/chips'
import { DEFAULT_COLUMNS } from '../sessions/columns'
import { listParams, type SessionsSearch } from '../sessions/listSearch'
import { rowsOf } from '../sessions/livePages'
import { SelectionBar } from '../sessions/SelectionBar'
import { SessionTable } from '../sessions/SessionTable'
import { useSelection } from '../sessions/useSelection'
import { ButtonLink } from '../shell/Button'
import { Failed } from '../shell/Failed'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { MergedTimeline } from './MergedTimeline'
import { Summary, SummarySkeleton } from './Summary'
import classes from './UserPage.module.css'

const route = getRouteApi('/sites/$site/users/$user')

export function UserPage() {
  const { site: siteId, user: userId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  const user = useQuery(userQuery(siteId, userId))
  const isTimeline = search.view === 'timeline'

  // The list of this user's sessions as its own page would show it, so that a session opened here knows its neighbours.
  const firstSeen = user.data?.first_seen
  const list: SessionsSearch = useMemo(
    () => ({
      q: `user:${quoted(userId)}`,
      ...(firstSeen !== undefined && { from: dayKey(firstSeen, timeZone) }),
    }),
    [userId, firstSeen, timeZone],
  )
  const options = sessionsQuery(siteId, listParams(list))
  const sessions = useInfiniteQuery({ ...options, enabled: user.isSuccess })
  const rows = useMemo(() => rowsOf(sessions.data), [sessions.data])
  const listKey = JSON.stringify(options.queryKey)
  const selection = useSelection(listKey)
  const total = sessions.data?.pages[0]?.total
  useTitle(userId, site?.name ?? siteId)

  if (user.isError) {
    const isGone = failureDetail(user.error).status === 404
    return (
      <Failed
        error={user.error}
        title={isGone ? 'There is no such user' : 'The user could not be read'}
        onRetry={() => void user.refetch()}
        isRetrying={user.isFetching}
      >
        <ButtonLink to="/sites/$site/sessions" params={{ site: siteId }}>
          To the sessions
        </ButtonLink>
      </Failed>
    )
  }
  const onMore = () => {
    if (sessions.hasNextPage && !sessions.isFetchingNextPage && !sessions.isError) void sessions.fetchNextPage()
  }
  return (
    <div className={classes.page}>
      {user.data ? <Summary user={user.data} timeZone={timeZone} /> : <SummarySkeleton />}
      <div className={classes.bar}>
        <div className={classes.views} role="tablist" aria-label="Sessions or timeline">
          {([false, true] as const).map((one) => (
            <button
              key={String(one)}
              type="button"
              role="tab"
              aria-selected={one === isTimeline}
              onClick={() => void navigate({ search: one ? { view: 'timeline' } : {}, replace: true })}
            >
              {one ? (
                <IconTimeline size={15} stroke={1.6} aria-hidden="true" />
              ) : (
                <IconListDetails size={15} stroke={1.6} aria-hidden="true" />
              )}
              {one ? 'One timeline' : 'Sessions'}
            </button>
          ))}
        </div>
        {user.data && (
          <ButtonLink to="/sites/$site/sessions" params={{ site: siteId }} search={list}>
            Open in the list
          </ButtonLink>
        )}
      </div>
      {sessions.isError && rows.length === 0 ? (
        <Failed
          error={sessions.error}
          title="The sessions could not be read"
          onRetry={() => void sessions.refetch()}
          isRetrying={sessions.isFetching}
        />
      ) : isTimeline ? (
        <MergedTimeline
          sessions={rows}
          total={total}
          siteId={siteId}
          list={list}
          timeZone={timeZone}
          hasMore={sessions.hasNextPage}
          onMore={onMore}
        />
      ) : (
        <SessionTable
          rows={rows}
          total={total}
          search={{ ...list, ...(search.row && { row: search.row }) }}
          siteId={siteId}
          listKey={listKey}
          timeZone={timeZone}
          columns={DEFAULT_COLUMNS}
          selection={selection}
          isLoading={sessions.isPending}
          isStale={false}
          hasMore={sessions.hasNextPage}
          onMore={onMore}
          onOrder={(sort) =>
            void navigate({
              to: '/sites/$site/sessions',
              params: { site: siteId },
              search: { ...list, ...(sort !== 'start' && { sort }) },
            })
          }
          onRow={(id) => void navigate({ search: id ? { row: id } : {}, replace: true, resetScroll: false })}
        />
      )}
      <SelectionBar
        site={siteId}
        list={list}
        range={sessions.data?.pages[0]?.range}
        selection={selection}
        rows={rows}
        total={total ?? 0}
        onErased={() => void sessions.refetch()}
      />
    </div>
  )
}
