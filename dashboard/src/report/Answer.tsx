/** A report's answer in its states: being read, failed, a search that cannot be read, empty, there. */

import { IconSearchOff, IconZoomExclamation } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { failureDetail } from '../api/client'
import type { ReportRange } from '../api/reportTypes'
import { mistakeOf } from '../search/draft'
import { type FilterSearch, filterOf, withoutSelection, withSearch } from '../search/filter'
import { DEFAULT_PRESET, rangeLabel, rangePhrase, withRange } from '../search/range'
import { EmptySessions } from '../sessions/EmptySessions'
import { Button, ButtonLink } from '../shell/Button'
import { Failed, sentence } from '../shell/Failed'
import { Notice } from '../shell/Notice'
import { StaleNote } from '../shell/StaleNote'
import { useSite } from '../shell/useSite'
import classes from './Answer.module.css'
import { ReportScope } from './ReportScope'

export interface AnswerProps<Data, Search extends FilterSearch> {
  query: UseQueryResult<Data>
  site: string
  search: Search
  /** What could not be read: `the paths`. */
  what: string
  /** Whether there is nothing to show of the range and search at all. */
  isEmpty: (data: Data) => boolean
  onSearch: (next: Search) => void
  /** In the shape of what comes. */
  skeleton?: ReactNode
  children: (data: Data) => ReactNode
}

export function Answer<Data extends { range: ReportRange }, Search extends FilterSearch>({
  query,
  site,
  search,
  what,
  isEmpty,
  onSearch,
  skeleton,
  children,
}: AnswerProps<Data, Search>) {
  const { timeZone } = useSite(site)
  const { data, error } = query
  const mistake = mistakeOf(error)
  if (mistake) {
    return (
      <Notice
        role="alert"
        icon={<IconSearchOff size={20} stroke={1.6} />}
        title="This search cannot be read"
        actions={<Button onClick={() => onSearch(withSearch(search, ''))}>Clear the search</Button>}
      >
        <p>{sentence(mistake.message)}</p>
      </Notice>
    )
  }
  if (!data) {
    if (!query.isError) return skeleton ?? <Bones />
    const { code } = failureDetail(error)
    return (
      <Failed
        error={error}
        title={
          code === 'unknown_site' ? 'There is no such site' : `${sentence(what).replace(/\.$/, '')} could not be read`
        }
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      >
        {code === 'unknown_site' && <ButtonLink to="/">To the first site</ButtonLink>}
        {search.selection && (
          <Button onClick={() => onSearch(withoutSelection(search))}>Show all sessions again</Button>
        )}
      </Failed>
    )
  }
  if (isEmpty(data) && !query.isPlaceholderData) return <Empty site={site} search={search} onSearch={onSearch} />
  return (
    <ReportScope site={site} timeZone={timeZone} filter={filterOf(search)} range={data.range}>
      {query.isError && <StaleNote error={error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />}
      <div className={classes.answer} data-stale={query.isPlaceholderData || undefined} aria-busy={query.isFetching}>
        {children(data)}
      </div>
    </ReportScope>
  )
}

function Empty<Search extends FilterSearch>({
  site,
  search,
  onSearch,
}: {
  site: string
  search: Search
  onSearch: (next: Search) => void
}) {
  const { site: known, timeZone } = useSite(site)
  if (!search.q && !search.selection) {
    return (
      <EmptySessions
        siteId={site}
        site={known}
        search={search}
        timeZone={timeZone}
        // What it was given, with another range.
        onChange={(next) => onSearch(next as Search)}
      />
    )
  }
  const wider = search.from ? DEFAULT_PRESET : '30d'
  return (
    <Notice
      icon={<IconZoomExclamation size={20} stroke={1.6} />}
      title={
        search.q
          ? `No session ${rangePhrase(search, timeZone)} matches`
          : `None of those sessions is ${rangePhrase(search, timeZone)}`
      }
      actions={
        <>
          {search.q && (
            <Button kind="primary" onClick={() => onSearch(withSearch(search, ''))}>
              Clear the search
            </Button>
          )}
          {search.selection && (
            <Button onClick={() => onSearch(withoutSelection(search))}>Show all sessions again</Button>
          )}
          {rangeLabel(search) !== rangeLabel({ last: wider }) && (
            <Button onClick={() => onSearch(withRange(search, { last: wider }))}>
              Look at the {rangeLabel({ last: wider }).toLowerCase()}
            </Button>
          )}
          {search.q && (
            <ButtonLink to="/sites/$site/sessions" params={{ site }} search={filterOf(search)}>
              See which part finds nothing
            </ButtonLink>
          )}
        </>
      }
    >
      <p>So there is nothing to count.</p>
    </Notice>
  )
}

/** Grey lines in the place of what comes. */
export function Bones({ rows = 6 }: { rows?: number }) {
  return (
    <div className={classes.bones} aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike.
        <i key={index} style={{ width: `${[72, 54, 64, 46, 58, 40][index % 6]}%` }} />
      ))}
    </div>
  )
}
