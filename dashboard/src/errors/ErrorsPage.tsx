/** The errors of a site's sessions, grouped by what is alike: whom they hit, since when, and one of them in context. */

import { IconCircleCheck, IconSearchOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { failureDetail } from '../api/client'
import { errorGroupsQuery } from '../api/queries'
import { count, counted } from '../format/numbers'
import { SelectionChip } from '../report/SelectionChip'
import { mistakeOf } from '../search/draft'
import { filterOf, withoutSelection, withSearch } from '../search/filter'
import { rangePhrase } from '../search/range'
import { Button, ButtonLink } from '../shell/Button'
import { Failed, sentence } from '../shell/Failed'
import { Notice } from '../shell/Notice'
import { useSite } from '../shell/useSite'
import { useTitle } from '../shell/useTitle'
import classes from './ErrorsPage.module.css'
import { type ErrorsSearch, errorsParams } from './errorsSearch'
import { GroupTable } from './GroupTable'

const route = getRouteApi('/sites/$site/errors')

export function ErrorsPage() {
  const { site: siteId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { site, timeZone } = useSite(siteId)
  const query = useQuery(errorGroupsQuery(siteId, errorsParams(search)))
  const setSearch = (next: ErrorsSearch) => void navigate({ search: next, replace: next.group !== search.group })
  useTitle('Errors', site?.name ?? siteId)

  const mistake = mistakeOf(query.error)
  if (mistake) {
    return (
      <Notice
        role="alert"
        icon={<IconSearchOff size={20} stroke={1.6} />}
        title="This search cannot be read"
        actions={<Button onClick={() => setSearch(withSearch(search, ''))}>Clear the search</Button>}
      >
        <p>{sentence(mistake.message)}</p>
      </Notice>
    )
  }
  if (query.isError) {
    const isUnknown = failureDetail(query.error).code === 'unknown_site'
    return (
      <Failed
        error={query.error}
        title={isUnknown ? 'There is no such site' : 'The errors could not be read'}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      >
        {isUnknown && <ButtonLink to="/">To the first site</ButtonLink>}
      </Failed>
    )
  }
  const { data } = query
  const phrase = rangePhrase(search, timeZone)
  if (data && data.groups.length === 0) {
    return (
      <Notice
        icon={<IconCircleCheck size={20} stroke={1.6} />}
        title={`No errors ${phrase}`}
        actions={
          <>
            {search.q && <Button onClick={() => setSearch(withSearch(search, ''))}>Clear the search</Button>}
            {search.selection && (
              <Button onClick={() => setSearch(withoutSelection(search))}>Show all sessions again</Button>
            )}
            <ButtonLink to="/sites/$site/sessions" params={{ site: siteId }} search={filterOf(search)}>
              To the sessions
            </ButtonLink>
          </>
        }
      >
        <p>
          {search.q
            ? 'No session that matches the search has one.'
            : search.selection
              ? 'None of the sessions behind the number has one.'
              : 'Uncaught errors, unhandled rejections and errors the site captures are told here.'}
        </p>
      </Notice>
    )
  }
  return (
    <div className={classes.page}>
      <h1 className={classes.title} aria-live="polite">
        {data ? (
          <>
            <span>{counted(data.total_groups, 'error')}</span>{' '}
            <span className={classes.phrase}>
              {phrase}
              {search.q && ', in sessions that match'}
              {data.groups.length < data.total_groups && `; the first ${count(data.groups.length)} are shown`}
            </span>
          </>
        ) : (
          <span className={classes.titleSkeleton}>
            <span className="visually-hidden">Loading errors</span>
          </span>
        )}
      </h1>
      {search.selection && (
        <div className={classes.narrowed}>
          <SelectionChip
            site={siteId}
            selection={search.selection}
            onRemove={() => setSearch(withoutSelection(search))}
          />
        </div>
      )}
      <GroupTable
        groups={data?.groups ?? null}
        siteId={siteId}
        search={search}
        timeZone={timeZone}
        isStale={query.isPlaceholderData}
        onSort={(sort) => {
          const { sort: _, ...rest } = search
          setSearch(sort === 'sessions' ? rest : { ...rest, sort })
        }}
        onGroup={(id) => {
          const { group: _, ...rest } = search
          setSearch(id ? { ...rest, group: id } : rest)
        }}
      />
    </div>
  )
}
