/**
 * One session in the list. The whole row is one link; on a phone the same cells make a card. It can be selected, and
 * opened to a second line that tells its path and why it was found.
 */

import { IconChevronRight, IconPlayerPlay, IconRobot } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo, type Ref } from 'react'
import type { Session } from '../api/types'
import { absolute, relative } from '../format/times'
import { BOT_REASON, whoOf } from '../format/words'
import { PlainCell } from './cells'
import { COLUMN, type ColumnId } from './columns'
import { LiveBadge } from './LiveBadge'
import type { SessionsSearch } from './listSearch'
import { OpenRow } from './OpenRow'
import classes from './SessionTable.module.css'

export interface SessionRowProps {
  /** Measures the row, where its height is not the usual one. */
  ref?: Ref<HTMLDivElement> | undefined
  session: Session
  index: number
  /** From the top of the rows, px. */
  top: number
  siteId: string
  /** What its page is opened with. */
  search: SessionsSearch
  columns: readonly ColumnId[]
  timeZone: string
  now: number
  isOpen: boolean
  isSelected: boolean
  onOpen: (id: string) => void
  onToggle: (id: string) => void
  onSelect: (index: number, isRange: boolean) => void
}

export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { ref, session, index, top, siteId, search, columns, timeZone, now, isOpen, isSelected } = props
  const { onOpen, onToggle, onSelect } = props
  const who = whoOf(session)
  const name = who.tag ? `${who.name} ${who.tag}` : who.name
  const link = {
    to: '/sites/$site/sessions/$id',
    params: { site: siteId, id: session.id },
    search,
    state: { fromList: true },
    onClick: () => onOpen(session.id),
  } as const
  return (
    <div
      ref={ref}
      data-index={index}
      data-open={isOpen || undefined}
      data-selected={isSelected || undefined}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        className={`${classes.grid} ${classes.cells}`}
      >
        <span role="cell" className={classes.lead}>
          <input
            type="checkbox"
            className={classes.check}
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={(event) => onSelect(index, (event.nativeEvent as MouseEvent).shiftKey === true)}
          />
          <button
            type="button"
            className={classes.chevron}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Close' : 'Open'} the row of ${name}`}
            title={isOpen ? 'Close the row (o)' : 'Path, and why it is here (o)'}
            onClick={() => onToggle(session.id)}
          >
            <IconChevronRight size={15} stroke={1.8} />
          </button>
        </span>
        {columns.map((id) => {
          switch (id) {
            case 'who':
              return (
                <span key={id} role="cell" className={classes.who}>
                  <Link
                    {...link}
                    className={classes.link}
                    data-row-link=""
                    data-anonymous={!who.isUser || undefined}
                    title={who.isUser ? who.name : `Visitor ${session.visitor_id}`}
                  >
                    {who.name}
                    {who.tag && <span className={classes.tag}> {who.tag}</span>}
                  </Link>
                  {session.status === 'live' && <LiveBadge />}
                  {session.replay.chunks > 0 && (
                    <span className={classes.replay} title="There is a replay to view">
                      <IconPlayerPlay size={13} stroke={1.7} aria-hidden="true" />
                      <span className="visually-hidden">with replay</span>
                    </span>
                  )}
                  {session.bot && (
                    <span className={classes.bot} title={`Bot: ${BOT_REASON[session.bot]}`}>
                      <IconRobot size={13} stroke={1.7} aria-hidden="true" />
                      bot
                    </span>
                  )}
                </span>
              )
            case 'started':
              return (
                <span key={id} role="cell" className={classes.started}>
                  {/* A link of its own above the row's, so that it can tell its absolute time when it is pointed at. */}
                  <Link {...link} tabIndex={-1} title={absolute(session.start, timeZone)}>
                    <time dateTime={new Date(session.start).toISOString()}>
                      {relative(session.start, now, timeZone)}
                    </time>
                  </Link>
                </span>
              )
            default:
              return <PlainCell key={id} id={id} session={session} />
          }
        })}
      </div>
      {isOpen && <OpenRow session={session} siteId={siteId} search={search} timeZone={timeZone} />}
    </div>
  )
})

/** A row that is being read. */
export function SkeletonRow({ index, top, columns }: { index: number; top: number; columns: readonly ColumnId[] }) {
  return (
    <div className={classes.row} style={{ transform: `translateY(${top}px)` }} aria-hidden="true">
      <div className={`${classes.grid} ${classes.cells}`}>
        <span className={classes.lead} />
        {columns.map((id, place) => (
          <span key={id} className={`${COLUMN[id].isNumber ? classes.number : ''} ${classes[id] ?? ''}`}>
            <i
              className={classes.bone}
              style={{ width: COLUMN[id].isNumber ? 28 : `${40 + (((index + 1) * (place + 3) * 17) % 40)}%` }}
            />
          </span>
        ))}
      </div>
    </div>
  )
}
