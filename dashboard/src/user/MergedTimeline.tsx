/**
 * All sessions of a user as one timeline, newest session first, each told from its start. A session's events are read
 * when it comes into view, so that a user with a thousand sessions costs no more than what is looked at.
 */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { briefTimelineQuery } from '../api/queries'
import type { Session, TimelineRow } from '../api/types'
import { duration } from '../format/durations'
import { count, counted } from '../format/numbers'
import { absolute, clock, day } from '../format/times'
import { looksOf } from '../session/kinds'
import { DEFAULT_SHOWN, rowKey } from '../session/search'
import { splitLine } from '../session/timeline'
import { LiveBadge } from '../sessions/LiveBadge'
import type { SessionsSearch } from '../sessions/listSearch'
import classes from './MergedTimeline.module.css'

/** Height of a row, to keep room for what is not read yet, px. */
const ROW_PX = 26
/** Events told before the rest is asked for. */
const FIRST_ROWS = 40

export interface MergedTimelineProps {
  sessions: readonly Session[]
  total: number | undefined
  siteId: string
  list: SessionsSearch
  timeZone: string
  hasMore: boolean
  onMore: () => void
}

export function MergedTimeline(props: MergedTimelineProps) {
  const { sessions, total, siteId, list, timeZone, hasMore, onMore } = props
  const end = useSeen(onMore)
  return (
    <section aria-label="Timeline of all sessions">
      {sessions.map((session) => (
        <Chapter key={session.id} session={session} siteId={siteId} list={list} timeZone={timeZone} />
      ))}
      {(hasMore || total === undefined) && (
        <p ref={end} className={classes.end} role="status">
          Reading on…
        </p>
      )}
      {!hasMore && total !== undefined && <p className={classes.end}>That is all: {counted(total, 'session')}.</p>}
    </section>
  )
}

/** One session. */
function Chapter({
  session,
  siteId,
  list,
  timeZone,
}: Omit<MergedTimelineProps, 'sessions' | 'total' | 'hasMore' | 'onMore'> & { session: Session }) {
  const [isSeen, setSeen] = useState(false)
  const [showsAll, setShowsAll] = useState(false)
  const box = useSeen(() => setSeen(true))
  const { data, isError, refetch } = useQuery({
    ...briefTimelineQuery(siteId, session.id, DEFAULT_SHOWN.join(',')),
    enabled: isSeen,
  })
  const rows = (data?.rows ?? []).filter((row) => row.event)
  const shown = showsAll ? rows : rows.slice(0, FIRST_ROWS)
  const link = { to: '/sites/$site/sessions/$id' as const, params: { site: siteId, id: session.id } }
  const { counts } = session
  return (
    <article ref={box} className={classes.chapter}>
      <h3>
        <Link {...link} search={list} title={absolute(session.start, timeZone)}>
          {day(session.start, timeZone)}, {clock(session.start, timeZone).slice(0, 5)}
        </Link>
        {session.status === 'live' && <LiveBadge />}
        <span className={classes.about}>
          {duration(session.duration_ms)} · {counted(counts.page_views, 'page')}
          {counts.errors > 0 && <span className={classes.errors}> · {counted(counts.errors, 'error')}</span>}
        </span>
      </h3>
      {isError ? (
        <p className={classes.quiet}>
          These events could not be read.{' '}
          <button type="button" onClick={() => void refetch()}>
            Try again
          </button>
        </p>
      ) : data ? (
        <>
          <ol className={classes.rows}>
            {shown.map((row) => (
              <Line key={rowKey(row)} row={row} link={link} list={list} timeZone={timeZone} />
            ))}
          </ol>
          {rows.length > shown.length && (
            <button type="button" className={classes.more} onClick={() => setShowsAll(true)}>
              Show {counted(rows.length - shown.length, 'more event')}
            </button>
          )}
          {showsAll && data.next_cursor && (
            <p className={classes.quiet}>
              The first {count(rows.length)} events.{' '}
              <Link {...link} search={list}>
                All of them are in the session
              </Link>
              .
            </p>
          )}
        </>
      ) : (
        <div className={classes.pending} style={{ height: Math.min(8, counts.events) * ROW_PX }} aria-hidden="true" />
      )}
    </article>
  )
}

interface LineProps {
  row: TimelineRow
  link: { to: '/sites/$site/sessions/$id'; params: { site: string; id: string } }
  list: SessionsSearch
  timeZone: string
}

function Line({ row, link, list, timeZone }: LineProps) {
  const { Icon, tone } = looksOf(row)
  const { head, rest } = splitLine(row.line)
  return (
    <li data-tone={tone}>
      <Link {...link} search={{ ...list, open: rowKey(row) }} className={classes.line}>
        <time dateTime={new Date(row.at).toISOString()} title={absolute(row.at, timeZone)}>
          {clock(row.at, timeZone)}
        </time>
        <Icon size={14} stroke={1.7} aria-hidden="true" />
        <span className={classes.text}>
          <span className={classes.head}>{rest ? `${head}:` : head}</span>
          {rest && ` ${rest}`}
        </span>
      </Link>
    </li>
  )
}

/** Calls once its element comes near the view; where nothing can tell, at once. */
function useSeen(onSeen: () => void) {
  const element = useRef<HTMLElement & HTMLParagraphElement>(null)
  const latest = useRef(onSeen)
  useEffect(() => {
    latest.current = onSeen
  })
  useEffect(() => {
    if (typeof IntersectionObserver === 'undefined') {
      latest.current()
      return
    }
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) latest.current()
      },
      { rootMargin: '400px' },
    )
    if (element.current) observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return element
}
