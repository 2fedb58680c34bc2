/** One group of errors: the latest sessions that it hit, and the newest one's error with what was going on around it. */

import { IconArrowRight } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { errorsQuery, sessionsQuery } from '../api/queries'
import type { ErrorGroup, Session } from '../api/types'
import { duration } from '../format/durations'
import { count, counted } from '../format/numbers'
import { absolute, relative } from '../format/times'
import { browserAndSystem, whoOf } from '../format/words'
import { type FilterSearch, filterOf, filterParams, joinSearches, withSearch } from '../search/filter'
import { ErrorContext } from '../session/ErrorContext'
import { rowKey } from '../session/search'
import { rowsOf } from '../sessions/livePages'
import { ButtonLink } from '../shell/Button'
import { useNow } from '../shell/useNow'
import { type ErrorsSearch, groupSearch } from './errorsSearch'
import classes from './GroupDetail.module.css'

/** Sessions shown; all of them are one click away. */
const LATEST = 6

export interface GroupDetailProps {
  group: ErrorGroup
  siteId: string
  search: ErrorsSearch
  timeZone: string
}

export function GroupDetail({ group, siteId, search, timeZone }: GroupDetailProps) {
  const now = useNow(20_000)
  // What the list would be asked: opening it finds its first page read.
  const list = withSearch(filterOf(search), joinSearches(search.q, groupSearch(group.id)))
  const sessions = useInfiniteQuery(sessionsQuery(siteId, filterParams(list)))
  const rows = rowsOf(sessions.data)
  const newest = rows[0]
  return (
    <div className={classes.detail}>
      <section className={classes.latest} aria-label="Latest sessions with this error">
        <h2>Latest sessions</h2>
        {sessions.isPending &&
          [70, 54, 62].map((width) => <i key={width} className={classes.bone} style={{ width: `${width}%` }} />)}
        {sessions.isError && <p className={classes.quiet}>The sessions could not be read.</p>}
        {sessions.data && rows.length === 0 && <p className={classes.quiet}>None of them is kept any more.</p>}
        <ul>
          {rows.slice(0, LATEST).map((session) => {
            const who = whoOf(session)
            return (
              <li key={session.id}>
                <Link to="/sites/$site/sessions/$id" params={{ site: siteId, id: session.id }} search={list}>
                  <span className={classes.who}>
                    {who.name} {who.tag && <span className={classes.tag}>{who.tag}</span>}
                  </span>
                  <time dateTime={new Date(session.start).toISOString()} title={absolute(session.start, timeZone)}>
                    {relative(session.start, now, timeZone)}
                  </time>
                  <span className={classes.about}>
                    {duration(session.duration_ms)} · {counted(session.counts.page_views, 'page')} ·{' '}
                    {browserAndSystem(session)}
                  </span>
                </Link>
              </li>
            )
          })}
        </ul>
        {rows.length > 0 && (
          <ButtonLink to="/sites/$site/sessions" params={{ site: siteId }} search={list}>
            All {count(group.sessions)} sessions with this error
            <IconArrowRight size={15} stroke={1.7} />
          </ButtonLink>
        )}
      </section>
      {newest && (
        <InContext key={newest.id} group={group} session={newest} siteId={siteId} list={list} timeZone={timeZone} />
      )}
    </div>
  )
}

interface InContextProps {
  group: ErrorGroup
  session: Session
  siteId: string
  list: FilterSearch
  timeZone: string
}

function InContext({ group, session, siteId, list, timeZone }: InContextProps) {
  const navigate = useNavigate()
  const { data, isPending, isError } = useQuery(errorsQuery(siteId, session.id))
  const found = data?.findLast((one) => one.group === group.id)
  const open = (key: string) =>
    void navigate({
      to: '/sites/$site/sessions/$id',
      params: { site: siteId, id: session.id },
      search: { ...list, open: key },
    })
  return (
    <section className={classes.context} aria-label="The error in the newest session">
      <h2>In the newest session</h2>
      {isPending &&
        [48, 66, 58, 40].map((width) => <i key={width} className={classes.bone} style={{ width: `${width}%` }} />)}
      {isError && <p className={classes.quiet}>What was going on could not be read.</p>}
      {data && !found && <p className={classes.quiet}>Its timeline is no longer kept.</p>}
      {found && (
        <>
          <ErrorContext row={found.error} context={found} start={session.start} timeZone={timeZone} onJump={open} />
          <ButtonLink
            to="/sites/$site/sessions/$id"
            params={{ site: siteId, id: session.id }}
            search={{ ...list, open: rowKey(found.error) }}
          >
            Open in the session
            <IconArrowRight size={15} stroke={1.7} />
          </ButtonLink>
        </>
      )}
    </section>
  )
}
