/** Who and when, the way back, and the way to the sessions beside it in the list. */

import { IconArrowLeft, IconChevronDown, IconChevronUp, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Session } from '../api/types'
import { count } from '../format/numbers'
import { absolute, clock, day, dayKey, zoneName } from '../format/times'
import { whoOf } from '../format/words'
import { LiveBadge } from '../sessions/LiveBadge'
import { Button } from '../shell/Button'
import classes from './SessionHeader.module.css'
import type { Neighbours } from './useNeighbours'

export interface SessionHeaderProps {
  session: Session
  timeZone: string
  neighbours: Neighbours
  onBack: () => void
  onNewer: () => void
  onOlder: () => void
  /** Nothing where there is no replay, or it is being watched. */
  onWatch: (() => void) | null
}

export function SessionHeader(props: SessionHeaderProps) {
  const { session, timeZone, neighbours, onBack, onNewer, onOlder, onWatch } = props
  const who = whoOf(session)
  const { start, end } = session
  const sameDay = dayKey(start, timeZone) === dayKey(end, timeZone)
  return (
    <div className={classes.header}>
      <button
        type="button"
        className={classes.icon}
        onClick={onBack}
        aria-label="Back to the sessions"
        title="Back to the sessions (Esc)"
      >
        <IconArrowLeft size={18} stroke={1.6} />
      </button>
      <div className={classes.text}>
        <h1 className={classes.who}>
          {session.user ? (
            <Link
              to="/sites/$site/users/$user"
              params={{ site: session.site, user: session.user.id }}
              className={classes.name}
              title={`All sessions of ${who.name}`}
            >
              {who.name}
            </Link>
          ) : (
            <span className={classes.name}>{who.name}</span>
          )}
          {who.tag && <span className={classes.tag}>{who.tag}</span>}
          {session.status === 'live' && <LiveBadge />}
        </h1>
        <p className={classes.when} title={`${absolute(start, timeZone)} – ${absolute(end, timeZone)}`}>
          {day(start, timeZone)}, {clock(start, timeZone)} – {sameDay ? '' : `${day(end, timeZone)}, `}
          {clock(end, timeZone)} <span className={classes.zone}>{zoneName(timeZone)}</span>
        </p>
      </div>
      {onWatch && (
        <Button
          kind="primary"
          className={classes.watch ?? ''}
          icon={<IconPlayerPlay size={16} stroke={1.8} aria-hidden="true" />}
          onClick={onWatch}
          title="View the replay (v)"
        >
          View replay
        </Button>
      )}
      <nav className={classes.neighbours} aria-label="Sessions of the list">
        {neighbours.position !== null && (
          <span className={classes.position}>
            {count(neighbours.position)} of {count(neighbours.total)}
          </span>
        )}
        <button
          type="button"
          className={classes.icon}
          onClick={onNewer}
          disabled={!neighbours.newer}
          aria-label="Session before it in the list"
          title="Before it in the list ([)"
        >
          <IconChevronUp size={18} stroke={1.6} />
        </button>
        <button
          type="button"
          className={classes.icon}
          onClick={onOlder}
          disabled={!neighbours.older}
          aria-label="Session after it in the list"
          title="After it in the list (])"
        >
          <IconChevronDown size={18} stroke={1.6} />
        </button>
      </nav>
    </div>
  )
}

export function SessionHeaderSkeleton() {
  return (
    <div className={classes.skeleton} role="status">
      <i />
      <i />
      <span className="visually-hidden">Loading the session</span>
    </div>
  )
}
