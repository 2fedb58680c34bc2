/** One session: who it was, what it added up to, everything that happened. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useState } from 'react'
import { failureDetail } from '../api/client'
import { useLive } from '../api/live'
import { sessionQuery, sessionsKey } from '../api/queries'
import type { Session } from '../api/types'
import { shortDateTime } from '../format/times'
import { whoOf } from '../format/words'
import { Watch } from '../replay/Watch'
import { rememberPlace } from '../sessions/listPlace'
import { replaceRow, type SessionPages } from '../sessions/livePages'
import { ButtonLink } from '../shell/Button'
import { Failed } from '../shell/Failed'
import { useKeys } from '../shell/keys'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { Overview } from './Overview'
import { SessionHeader, SessionHeaderSkeleton } from './SessionHeader'
import classes from './SessionPage.module.css'
import { Stats } from './Stats'
import { listSearch, momentOf, momentParam } from './search'
import { type Playhead, Timeline } from './Timeline'
import { useNeighbours } from './useNeighbours'
import { useTimeline } from './useTimeline'

const route = getRouteApi('/sites/$site/sessions/$id')

export function SessionPage() {
  const { site: siteParam, id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const router = useRouter()
  const client = useQueryClient()
  const fromList = useLocation({
    select: (location) => location.state.fromList === true,
  })

  const query = useQuery({
    ...sessionQuery(siteParam, id),
    // The list knows this session already.
    placeholderData: () => findInLists(client.getQueriesData<SessionPages>({ queryKey: ['sessions'] }), id),
  })
  const session = query.data
  const siteId = session?.site ?? (siteParam === '-' ? null : siteParam)
  const { site, timeZone } = useSite(siteId ?? undefined)
  const timeline = useTimeline(siteParam, id)
  const list = listSearch(search)
  const neighbours = useNeighbours(siteId, list, id)

  useLive(session?.status === 'live' ? siteId : null, {
    onSession: (changed) => {
      client.setQueriesData<SessionPages>(
        { queryKey: sessionsKey(changed.site) },
        (pages) => pages && replaceRow(pages, changed),
      )
      if (changed.id !== id) return
      client.setQueryData(sessionQuery(siteParam, id).queryKey, changed)
      void timeline.refreshTail()
    },
    onResync: () => {
      void query.refetch()
      void timeline.refreshTail()
    },
  })

  // Whichever session is looked at last is where the list will stand.
  useEffect(() => {
    rememberPlace(client, neighbours.listKey, { id })
  }, [client, neighbours.listKey, id])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each session begins at its top.
  useLayoutEffect(() => {
    window.scrollTo({ top: 0 })
  }, [id])

  const goTo = (other: string | null) => {
    if (!other) return
    const { show } = search
    void navigate({
      to: '/sites/$site/sessions/$id',
      params: { site: siteParam, id: other },
      search: { ...list, ...(show && { show }) },
      state: { fromList },
      replace: true,
    })
  }
  const goBack = () => {
    if (fromList) router.history.back()
    else if (siteId)
      void navigate({
        to: '/sites/$site/sessions',
        params: { site: siteId },
        search: list,
      })
    else void navigate({ to: '/' })
  }
  const isWatching = search.at !== undefined
  // Whether somebody asked to watch, on this screen, and not by a link to a moment.
  const [asked, setAsked] = useState(false)
  const watch = () => {
    if (!session) return
    setAsked(true)
    void navigate({ search: (old) => ({ ...old, at: momentParam(session.start, session.start) }) })
  }
  const stopWatching = () => {
    setAsked(false)
    void navigate({ search: ({ at: _, ...old }) => old, replace: true })
  }
  useKeys({
    ...(session && hasReplay(session) && { v: isWatching ? stopWatching : watch }),
    '[': () => goTo(neighbours.newer),
    ']': () => goTo(neighbours.older),
    Escape: goBack,
  })

  const who = session && whoOf(session)
  useTitle(
    who
      ? `${who.name}${who.tag ? ` ${who.tag}` : ''}, ${shortDateTime(session.start, timeZone, Date.now())}`
      : 'Session',
    site?.name,
  )

  if (query.isError && !session) {
    const isGone = failureDetail(query.error).status === 404
    return (
      <Failed
        error={query.error}
        title={isGone ? 'There is no such session' : 'The session could not be read'}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      >
        {siteId && (
          <ButtonLink to="/sites/$site/sessions" params={{ site: siteId }} search={list}>
            To the sessions
          </ButtonLink>
        )}
      </Failed>
    )
  }

  const timelineWith = (playhead: Playhead | null) => (
    <Timeline
      key={id}
      timeline={timeline}
      session={session}
      siteParam={siteParam}
      timeZone={timeZone}
      search={search}
      onSearch={(next) => void navigate({ search: next, replace: true })}
      playhead={playhead}
    />
  )
  return (
    <div className={classes.page}>
      {session ? (
        <>
          <SessionHeader
            session={session}
            timeZone={timeZone}
            neighbours={neighbours}
            onBack={goBack}
            onNewer={() => goTo(neighbours.newer)}
            onOlder={() => goTo(neighbours.older)}
            onWatch={hasReplay(session) && !isWatching ? watch : null}
          />
          {!isWatching && <Stats session={session} />}
        </>
      ) : (
        <SessionHeaderSkeleton />
      )}
      {session && isWatching ? (
        <Watch
          key={id}
          session={session}
          siteParam={siteParam}
          rows={timeline.rows}
          timeZone={timeZone}
          moment={momentOf(search, session.start)}
          playing={asked}
          onMoment={(at) =>
            void navigate({ search: (old) => ({ ...old, at: momentParam(at, session.start) }), replace: true })
          }
          onClose={stopWatching}
          timeline={timelineWith}
        />
      ) : (
        <div className={classes.columns}>
          {timelineWith(null)}
          <Overview session={session} timeZone={timeZone} siteParam={siteParam} />
        </div>
      )}
    </div>
  )
}

/** Whether there is something to watch. */
export const hasReplay = (session: Session): boolean => session.replay.chunks > 0

function findInLists(lists: [unknown, SessionPages | undefined][], id: string): Session | undefined {
  for (const [, pages] of lists) {
    for (const page of pages?.pages ?? []) {
      const found = page.sessions.find((session) => session.id === id)
      if (found) return found
    }
  }
  return undefined
}
