/** In a list of the sessions with an ending: which one this session has, and the event that decided it. */

import { useInfiniteQuery } from '@tanstack/react-query'
import { sessionsQuery } from '../api/queries'
import type { EndingEvidence } from '../api/reportTypes'
import type { SessionPage } from '../api/types'
import { offset } from '../format/durations'
import { absolute, clock } from '../format/times'
import { StepMark } from '../report/StepMark'
import classes from './EndingNote.module.css'
import { listParams, type SessionsSearch } from './listSearch'

export interface EndingNoteProps {
  siteId: string
  search: SessionsSearch
  sessionId: string
  timeZone: string
}

export function EndingNote({ siteId, search, sessionId, timeZone }: EndingNoteProps) {
  // The list's own pages, which are there already.
  const { data } = useInfiniteQuery(sessionsQuery(siteId, listParams(search)))
  const evidence = data && evidenceOf(data.pages, sessionId)
  if (!evidence) return null
  return (
    <p className={classes.note}>
      <strong>{evidence.rule}</strong>, decided by <StepMark step={evidence.step} />{' '}
      <time dateTime={new Date(evidence.at).toISOString()} title={absolute(evidence.at, timeZone)}>
        at {clock(evidence.at, timeZone)}, {offset(evidence.offset_ms)}
      </time>
    </p>
  )
}

/** What decided a session's ending, where the list is one of an ending's sessions. */
export function evidenceOf(pages: readonly SessionPage[], sessionId: string): EndingEvidence | null {
  for (const page of pages) {
    const place = page.sessions.findIndex((session) => session.id === sessionId)
    if (place >= 0) return page.evidence?.[place] ?? null
  }
  return null
}
