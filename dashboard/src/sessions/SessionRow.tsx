/** One session in the list. The whole row is one link; on a phone the same cells make a card. */

import {
  IconAlertTriangle,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconDevices,
  IconDeviceTablet,
  IconExclamationCircle,
  IconRobot,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo, type ReactNode } from 'react'
import type { DeviceClass, Session } from '../api/types'
import { duration, spokenDuration } from '../format/durations'
import { count, NOTHING, noun } from '../format/numbers'
import { absolute, relative } from '../format/times'
import { BOT_REASON, browserAndSystem, countryName, frustrations, placeOf, whoOf } from '../format/words'
import { LiveBadge } from './LiveBadge'
import type { SessionsSearch } from './range'
import classes from './SessionTable.module.css'

export const DEVICE_ICON: Record<DeviceClass, typeof IconDevices> = {
  desktop: IconDeviceDesktop,
  mobile: IconDeviceMobile,
  tablet: IconDeviceTablet,
  other: IconDevices,
}

export interface SessionRowProps {
  session: Session
  index: number
  /** From the top of the rows, px. */
  top: number
  siteId: string
  search: SessionsSearch
  timeZone: string
  now: number
  onOpen: () => void
}

export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { session, index, top, siteId, search, timeZone, now, onOpen } = props
  const { counts } = session
  const who = whoOf(session)
  const place = placeOf(session)
  const country = session.place.country
  const DeviceIcon = DEVICE_ICON[session.device.class]
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      className={`${classes.grid} ${classes.row}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className={classes.who}>
        <Link
          to="/sites/$site/sessions/$id"
          params={{ site: siteId, id: session.id }}
          search={search}
          state={{ fromList: true }}
          className={classes.link}
          data-row-link=""
          data-anonymous={!who.isUser || undefined}
          title={who.isUser ? who.name : `Visitor ${session.visitor_id}`}
          onClick={onOpen}
        >
          {who.name}
          {who.tag && <span className={classes.tag}> {who.tag}</span>}
        </Link>
        {session.status === 'live' && <LiveBadge />}
        {session.bot && (
          <span className={classes.bot} title={`Bot: ${BOT_REASON[session.bot]}`}>
            <IconRobot size={13} stroke={1.7} aria-hidden="true" />
            bot
          </span>
        )}
      </span>
      <span role="cell" className={classes.started}>
        {/* A link of its own above the row's, so that it can tell its absolute time when it is pointed at. */}
        <Link
          to="/sites/$site/sessions/$id"
          params={{ site: siteId, id: session.id }}
          search={search}
          state={{ fromList: true }}
          tabIndex={-1}
          title={absolute(session.start, timeZone)}
          onClick={onOpen}
        >
          <time dateTime={new Date(session.start).toISOString()}>{relative(session.start, now, timeZone)}</time>
        </Link>
      </span>
      <span role="cell" className={`${classes.number} ${classes.duration}`}>
        <span aria-hidden="true">{duration(session.duration_ms)}</span>
        <span className="visually-hidden">{spokenDuration(session.duration_ms)}</span>
      </span>
      <NumberCell n={counts.page_views} unit={noun(counts.page_views, 'page')} className={classes.pages} />
      <NumberCell n={counts.events} unit={noun(counts.events, 'event')} className={classes.events} />
      <NumberCell
        n={counts.errors}
        unit={noun(counts.errors, 'error')}
        className={classes.errors}
        icon={<IconExclamationCircle size={14} stroke={1.8} aria-hidden="true" />}
      />
      <NumberCell
        n={frustrations(session)}
        unit="frustration"
        className={`${classes.frustration} ${classes.wide}`}
        icon={<IconAlertTriangle size={14} stroke={1.8} aria-hidden="true" />}
      />
      <span role="cell" className={`${classes.device} ${classes.afterNumbers}`} title={session.device.label}>
        <DeviceIcon size={15} stroke={1.5} aria-hidden="true" />
        <span>{browserAndSystem(session)}</span>
      </span>
      <span role="cell" className={classes.place} title={country ? countryName(country) : undefined}>
        {place ?? <span className={classes.nothing}>{NOTHING}</span>}
      </span>
      <span role="cell" className={`${classes.path} ${classes.wide}`} title={pathOf(session)}>
        {pathOf(session) || <span className={classes.nothing}>{NOTHING}</span>}
      </span>
    </div>
  )
})

function pathOf({ entry, exit, counts }: Session): string {
  if (!entry) return ''
  if (!exit || counts.page_views <= 1) return entry.path
  return `${entry.path} → ${exit.path}`
}

interface NumberCellProps {
  n: number
  unit: string
  className: string | undefined
  icon?: ReactNode
}

/** A number with its unit: in the column's head on a wide screen, beside it on a phone. */
function NumberCell({ n, unit, className = '', icon }: NumberCellProps) {
  return (
    <span role="cell" className={`${classes.number} ${className}`} data-zero={n === 0 || undefined}>
      {n > 0 && icon}
      {n === 0 && icon ? NOTHING : count(n)}
      <span className={classes.unit}> {unit}</span>
    </span>
  )
}

/** A row that is being read. */
export function SkeletonRow({ index, top }: { index: number; top: number }) {
  const width = 45 + ((index * 37) % 40)
  return (
    <div className={`${classes.grid} ${classes.row}`} style={{ transform: `translateY(${top}px)` }} aria-hidden="true">
      <span className={classes.who}>
        <i className={classes.bone} style={{ width: `${width}%` }} />
      </span>
      <span className={classes.started}>
        <i className={classes.bone} style={{ width: '62%' }} />
      </span>
      {['duration', 'pages', 'events', 'errors'].map((name) => (
        <span key={name} className={`${classes.number} ${classes[name]}`}>
          <i className={classes.bone} style={{ width: name === 'duration' ? 48 : 20 }} />
        </span>
      ))}
      <span className={classes.wide} />
      <span className={`${classes.device} ${classes.afterNumbers}`}>
        <i className={classes.bone} style={{ width: `${40 + ((index * 23) % 35)}%` }} />
      </span>
      <span className={classes.place}>
        <i className={classes.bone} style={{ width: `${40 + ((index * 53) % 40)}%` }} />
      </span>
      <span className={classes.wide} />
    </div>
  )
}
