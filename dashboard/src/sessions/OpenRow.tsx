/** The second line of a row: the path through the pages with its errors, and, in a search, why the session is here. */

import { IconCheck, IconExclamationCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { briefTimelineQuery, sessionExplanationQuery } from '../api/queries'
import type { MatchedClause, Session } from '../api/types'
import { count, counted } from '../format/numbers'
import { absolute, clock } from '../format/times'
import { splitLine } from '../session/timeline'
import { EndingNote } from './EndingNote'
import type { SessionsSearch } from './listSearch'
import classes from './OpenRow.module.css'
import { pathOf } from './path'

/** Events shown for one part of the search; the rest is in the timeline. */
const MARKS = 4

export interface OpenRowProps {
  session: Session
  siteId: string
  search: SessionsSearch
  timeZone: string
}

export function OpenRow({ session, siteId, search, timeZone }: OpenRowProps) {
  const brief = useQuery(briefTimelineQuery(siteId, session.id, 'page,error'))
  const why = useQuery({
    ...sessionExplanationQuery(siteId, session.id, search.q ?? ''),
    enabled: search.q !== undefined,
  })
  const path = brief.data ? pathOf(brief.data.rows) : null
  const door = (open?: string) => ({
    to: '/sites/$site/sessions/$id' as const,
    params: { site: siteId, id: session.id },
    search: { ...search, ...(open && { open }) },
    state: { fromList: true },
  })
  return (
    <div role="row" className={classes.row}>
      <div role="cell" className={classes.cell}>
        {search.selection && <EndingNote siteId={siteId} search={search} sessionId={session.id} timeZone={timeZone} />}
        <div className={classes.path}>
          {brief.isPending && <i className={classes.bone} />}
          {brief.isError && <span className={classes.quiet}>The path could not be read.</span>}
          {path?.steps.map((step, place) => (
            <span key={step.key} className={classes.step} data-tone={step.kind}>
              {place > 0 && step.kind === 'page' && <span className={classes.arrow}>→</span>}
              <Link {...door(step.key)} title={absolute(step.at, timeZone)}>
                {step.kind === 'error' && <IconExclamationCircle size={14} stroke={1.8} aria-hidden="true" />}
                {step.name}
                {step.times > 1 && <span className={classes.times}> ×{count(step.times)}</span>}
              </Link>
            </span>
          ))}
          {path && path.nLeft > 0 && <span className={classes.quiet}>and {counted(path.nLeft, 'more step')}</span>}
          {path && path.steps.length === 0 && <span className={classes.quiet}>No page view was recorded.</span>}
        </div>
        {search.q && (
          <ul className={classes.why} aria-label="Why it was found">
            {why.isPending && (
              <li>
                <i className={classes.bone} />
              </li>
            )}
            {why.isError && <li className={classes.quiet}>Why it was found could not be read.</li>}
            {why.data?.clauses.map((clause, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same part may be there twice.
              <li key={`${place} ${clause.text}`} className={classes.clause} data-matched={clause.matched}>
                <code>
                  <IconCheck size={13} stroke={2.2} aria-hidden="true" />
                  <span className="visually-hidden">{clause.matched ? 'Matched: ' : 'Not matched: '}</span>
                  {clause.text}
                </code>
                <span className={classes.events}>
                  {clause.events.slice(0, MARKS).map((event) => (
                    <Link
                      key={`${event.tab_id}.${event.seq}`}
                      {...door(`${event.tab_id}.${event.seq}`)}
                      title={`${event.line}, ${absolute(event.at, timeZone)}`}
                    >
                      <time>{clock(event.at, timeZone)}</time> {splitLine(event.line).rest || event.line}
                    </Link>
                  ))}
                  {clause.events.length > MARKS && (
                    <span className={classes.quiet}>and {count(clause.events.length - MARKS)} more</span>
                  )}
                  {clause.events.length === 0 && <span className={classes.quiet}>{reasonOf(clause)}</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}

/** Said of a part that no event stands for. */
function reasonOf({ negated, matched }: MatchedClause): string {
  if (!matched) return 'no longer: the session has changed since'
  return negated ? 'nothing of the kind in the session' : 'by what the session is'
}
