/** The list of a site's sessions: what it holds, in a sentence, over time, and each session as a row. */

import { IconArrowBackUp, IconSearchOff } from '@tabler/icons-react'
import { getRouteApi, useLocation } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import { failureDetail } from '../api/client'
import { counted, share } from '../format/numbers'
import { SelectionChip } from '../report/SelectionChip'
import { corrected, mistakeOf } from '../search/draft'
import { filterParams, withoutSelection, withSearch } from '../search/filter'
import { isDrawn, type RangeSearch, rangeLabel, rangePhrase, toInstant, withRange } from '../search/range'
import { Button, ButtonLink } from '../shell/Button'
import { Failed, sentence } from '../shell/Failed'
import { Notice } from '../shell/Notice'
import { StaleNote } from '../shell/StaleNote'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import { type ColumnId, columnsParam, keepColumns } from './columns'
import { EmptySearch } from './EmptySearch'
import { EmptySessions } from './EmptySessions'
import { Histogram } from './Histogram'
import { ListToolbar } from './ListToolbar'
import { columnsOf, type SessionsSearch } from './listSearch'
import { NewSessions } from './NewSessions'
import { chosenOrder, orderOf, withOrder } from './order'
import { SelectionBar } from './SelectionBar'
import classes from './SessionsPage.module.css'
import { SessionTable } from './SessionTable'
import { useSelection } from './useSelection'
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
  const { query, rows, total, range, withErrors, nHeld, showHeld, listKey } = useSessionList({
    site: siteId,
    search,
    mayInsert: () => isAtRest(listRef.current),
  })
  const setSearch = (next: SessionsSearch) => void navigate({ search: next })
  const columns = useMemo(() => columnsOf(search), [search])
  const params = filterParams(search)
  const selection = useSelection(listKey)
  // The range that the drawn one is a part of, to go back to.
  const drawnFrom = useLocation({ select: (location) => location.state.drawnFrom })

  const drawRange = (from: number, to: number) => {
    const { last, from: first, to: end } = search
    const before: RangeSearch = { ...(last && { last }), ...(first && { from: first }), ...(end && { to: end }) }
    void navigate({
      search: withRange(search, { from: toInstant(from), to: toInstant(to) }),
      state: { drawnFrom: isDrawn(search) ? (drawnFrom ?? {}) : before },
    })
  }
  const setColumns = (next: readonly ColumnId[]) => {
    keepColumns(next)
    const { columns: _, ...rest } = search
    const param = columnsParam(next)
    void navigate({ search: { ...rest, ...(param && { columns: param }) }, replace: true })
  }
  const setRow = (id: string | null) => {
    const { row: _, ...rest } = search
    void navigate({ search: { ...rest, ...(id && { row: id }) }, replace: true, resetScroll: false })
  }

  useTitle('Sessions', site?.name ?? siteId)

  const mistake = mistakeOf(query.error)
  if (mistake) {
    const { suggestion } = mistake
    const mended = suggestion && corrected(search.q ?? '', suggestion).text
    return (
      <Notice
        role="alert"
        icon={<IconSearchOff size={20} stroke={1.6} />}
        title="This search cannot be read"
        actions={
          <>
            {mended && (
              <Button kind="primary" onClick={() => setSearch(withSearch(search, mended))}>
                Search {mended}
              </Button>
            )}
            <Button onClick={() => setSearch(withSearch(search, ''))}>Clear the search</Button>
          </>
        }
      >
        <p>{sentence(mistake.message)}</p>
      </Notice>
    )
  }
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
                {search.q && `${total === 1 ? 'matches' : 'match'} `}
                {rangePhrase(search, timeZone)}
                {total > 0 && `, ${share(withErrors, total)} with errors`}
              </span>
            </>
          )}
        </h1>
        <div className={classes.controls}>
          {isDrawn(search) && (
            <Button
              icon={<IconArrowBackUp size={15} stroke={1.6} />}
              onClick={() => setSearch(withRange(search, drawnFrom ?? {}))}
            >
              Back to {rangeLabel(drawnFrom ?? {}, timeZone).toLowerCase()}
            </Button>
          )}
          <ListToolbar
            site={siteId}
            params={params}
            order={orderOf(search)}
            columns={columns}
            bots={search.bots === 'include'}
            onOrder={(order) => setSearch(withOrder(search, order))}
            onColumns={setColumns}
            onBots={(include) => {
              const { bots: _, ...rest } = search
              setSearch(include ? { ...rest, bots: 'include' } : rest)
            }}
          />
        </div>
      </div>
      {search.selection && (
        <div className={classes.narrowed}>
          <SelectionChip
            site={siteId}
            selection={search.selection}
            onRemove={() => setSearch(withoutSelection(search))}
          />
        </div>
      )}
      {!isEmpty && <Histogram site={siteId} params={params} timeZone={timeZone} onRange={drawRange} />}
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
        search.q || search.selection ? (
          <EmptySearch site={siteId} search={search} timeZone={timeZone} onChange={setSearch} />
        ) : (
          <EmptySessions siteId={siteId} site={site} search={search} timeZone={timeZone} onChange={setSearch} />
        )
      ) : (
        <SessionTable
          ref={listRef}
          rows={rows}
          total={total}
          search={search}
          siteId={siteId}
          listKey={listKey}
          timeZone={timeZone}
          columns={columns}
          selection={selection}
          isLoading={query.isPending}
          isStale={query.isPlaceholderData}
          hasMore={query.hasNextPage}
          onMore={() => {
            if (query.hasNextPage && !query.isFetchingNextPage && !query.isError) void query.fetchNextPage()
          }}
          onOrder={(sort) => setSearch(withOrder(search, chosenOrder(orderOf(search), sort)))}
          onRow={setRow}
        />
      )}
      <SelectionBar
        site={siteId}
        list={search}
        range={range}
        selection={selection}
        rows={rows}
        total={total ?? 0}
        onErased={() => void query.refetch()}
      />
    </div>
  )
}
