/** The list of a site's sessions: what the range holds, in a sentence, and each session as a row. */

import { Switch } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useRef } from 'react'
import { failureDetail } from '../api/client'
import { counted, share } from '../format/numbers'
import { DEFINITION } from '../format/words'
import { ButtonLink } from '../shell/Button'
import { Hint } from '../shell/Definition'
import { Failed } from '../shell/Failed'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { EmptySessions } from './EmptySessions'
import { NewSessions } from './NewSessions'
import { RangePicker } from './RangePicker'
import { rangePhrase, type SessionsSearch } from './range'
import classes from './SessionsPage.module.css'
import { SessionTable } from './SessionTable'
import { StaleNote } from './StaleNote'
import { useSessionList } from './useSessionList'

const route = getRouteApi('/sites/$site/sessions')

/** Rows are put on top by themselves only where nobody is in the middle of the list. */
function isAtRest(list: HTMLElement | null): boolean {
  return window.scrollY < 4 && !list?.matches(':hover') && !list?.contains(document.activeElement)
}

export function SessionsPage() {
  const { site: siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  const listRef = useRef<HTMLDivElement>(null)
  const { query, rows, total, withErrors, nHeld, showHeld, listKey } = useSessionList({
    site: siteId,
    search,
    mayInsert: () => isAtRest(listRef.current),
  })
  const setSearch = (next: SessionsSearch) => void navigate({ search: next })

  useTitle('Sessions', site?.name ?? siteId)

  if (query.isError && rows.length === 0) {
    const isUnknown = failureDetail(query.error).code === 'unknown_site'
    return (
      <Failed
        error={query.error}
        title={isUnknown ? 'There is no such site' : 'The sessions could not be read'}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      >
        {isUnknown && <ButtonLink to="/">To the first site</ButtonLink>}
      </Failed>
    )
  }

  const isEmpty = total === 0 && rows.length === 0 && !query.isPlaceholderData
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <h1 className={classes.title} aria-live="polite">
          {total === undefined ? (
            <span className={classes.titleSkeleton}>
              <span className="visually-hidden">Loading sessions</span>
            </span>
          ) : (
            <>
              <span data-stale={query.isPlaceholderData || undefined}>{counted(total, 'session')}</span>{' '}
              <span className={classes.phrase}>
                {rangePhrase(search)}
                {total > 0 && `, ${share(withErrors, total)} with errors`}
              </span>
            </>
          )}
        </h1>
        <div className={classes.controls}>
          <Hint label={DEFINITION.bots}>
            <div>
              <Switch
                size="xs"
                label="Include bots"
                classNames={{
                  label: classes.switchLabel,
                  track: classes.switchTrack,
                  body: classes.switchBody,
                }}
                checked={search.bots === 'include'}
                onChange={(event) => {
                  const { bots: _, ...rest } = search
                  setSearch(event.currentTarget.checked ? { ...rest, bots: 'include' } : rest)
                }}
              />
            </div>
          </Hint>
          <RangePicker search={search} timeZone={timeZone} onChange={setSearch} />
        </div>
      </div>
      {query.isError && rows.length > 0 && (
        <StaleNote error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      )}
      <NewSessions
        n={nHeld}
        onShow={() => {
          showHeld()
          window.scrollTo({ top: 0 })
        }}
      />
      {isEmpty ? (
        <EmptySessions siteId={siteId} site={site} search={search} onChange={setSearch} />
      ) : (
        <SessionTable
          ref={listRef}
          rows={rows}
          total={total}
          search={search}
          siteId={siteId}
          listKey={listKey}
          timeZone={timeZone}
          isLoading={query.isPending}
          isStale={query.isPlaceholderData}
          hasMore={query.hasNextPage}
          onMore={() => {
            if (query.hasNextPage && !query.isFetchingNextPage && !query.isError) void query.fetchNextPage()
          }}
        />
      )}
    </div>
  )
}
