/** One cell of a session's row for each column, also the parts of a card on a phone. */

import {
  IconAlertTriangle,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconDevices,
  IconDeviceTablet,
  IconExclamationCircle,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { DeviceClass, Session } from '../api/types'
import { duration, latency, spokenDuration } from '../format/durations'
import { count, NOTHING, noun } from '../format/numbers'
import { browserAndSystem, CHANNEL, countryName, frustrations, placeOf } from '../format/words'
import type { ColumnId } from './columns'
import classes from './SessionTable.module.css'

export const DEVICE_ICON: Record<DeviceClass, typeof IconDevices> = {
  desktop: IconDeviceDesktop,
  mobile: IconDeviceMobile,
  tablet: IconDeviceTablet,
  other: IconDevices,
}

/** Columns whose cells need nothing but the session; who and when are links, which the row itself makes. */
export type PlainColumn = Exclude<ColumnId, 'who' | 'started'>

export function PlainCell({ id, session }: { id: PlainColumn; session: Session }) {
  const { counts } = session
  switch (id) {
    case 'duration':
      return <SpanCell ms={session.duration_ms} className={classes.duration} />
    case 'active':
      return <SpanCell ms={session.active_ms} unit="active" />
    case 'load':
      return (
        <NumberCell n={session.load_ms ?? 0} unit="load" text={latency(session.load_ms)} className={classes.more} />
      )
    case 'pages':
      return <NumberCell n={counts.page_views} unit={noun(counts.page_views, 'page')} className={classes.pages} />
    case 'events':
      return <NumberCell n={counts.events} unit={noun(counts.events, 'event')} className={classes.events} />
    case 'clicks':
      return <NumberCell n={counts.clicks} unit={noun(counts.clicks, 'click')} className={classes.more} />
    case 'requests':
      return <NumberCell n={counts.requests} unit={noun(counts.requests, 'request')} className={classes.more} />
    case 'failed':
      return <WarnCell n={counts.failed_requests} unit={noun(counts.failed_requests, 'failed request')} />
    case 'errors':
      return (
        <NumberCell
          n={counts.errors}
          unit={noun(counts.errors, 'error')}
          className={classes.errors}
          icon={<IconExclamationCircle size={14} stroke={1.8} aria-hidden="true" />}
        />
      )
    case 'frustration':
      return <WarnCell n={frustrations(session)} unit="frustration" />
    case 'rage':
      return <WarnCell n={counts.rage_clicks} unit={noun(counts.rage_clicks, 'rage click')} />
    case 'dead':
      return <WarnCell n={counts.dead_clicks} unit={noun(counts.dead_clicks, 'dead click')} />
    case 'device': {
      const DeviceIcon = DEVICE_ICON[session.device.class]
      return (
        <span role="cell" className={`${classes.device} ${classes.afterNumbers}`} title={session.device.label}>
          <DeviceIcon size={15} stroke={1.5} aria-hidden="true" />
          <span>{browserAndSystem(session)}</span>
        </span>
      )
    }
    case 'place': {
      const { country } = session.place
      return (
        <TextCell
          text={placeOf(session)}
          title={country ? countryName(country) : undefined}
          className={classes.place ?? ''}
        />
      )
    }
    case 'path':
      return <TextCell text={pathOf(session)} title={pathOf(session)} className={classes.path ?? ''} />
    case 'channel':
      return <TextCell text={CHANNEL[session.acquisition.channel]} className={classes.path ?? ''} />
    case 'release':
      return <TextCell text={session.release ?? null} title={session.release} className={classes.path ?? ''} />
  }
}

function pathOf({ entry, exit, counts }: Session): string {
  if (!entry) return ''
  if (!exit || counts.page_views <= 1) return entry.path
  return `${entry.path} → ${exit.path}`
}

interface TextCellProps {
  text: string | null
  title?: string | null | undefined
  className: string
}

function TextCell({ text, title, className }: TextCellProps) {
  return (
    <span role="cell" className={className} title={title ?? undefined}>
      {text || <span className={classes.nothing}>{NOTHING}</span>}
    </span>
  )
}

function SpanCell({
  ms,
  unit,
  className = classes.more,
}: {
  ms: number
  unit?: string
  className?: string | undefined
}) {
  return (
    <span role="cell" className={`${classes.number} ${className ?? ''}`}>
      <span aria-hidden="true">{duration(ms)}</span>
      <span className="visually-hidden">{spokenDuration(ms)}</span>
      {unit && <span className={classes.unit}> {unit}</span>}
    </span>
  )
}

interface NumberCellProps {
  n: number
  unit: string
  className?: string | undefined
  icon?: ReactNode
  /** The number in words of its own. */
  text?: string
}

/** A number with its unit: in the column's head on a wide screen, beside it on a phone. */
function NumberCell({ n, unit, className = '', icon, text }: NumberCellProps) {
  return (
    <span role="cell" className={`${classes.number} ${className}`} data-zero={n === 0 || undefined}>
      {n > 0 && icon}
      {text ?? (n === 0 && icon ? NOTHING : count(n))}
      <span className={classes.unit}> {unit}</span>
    </span>
  )
}

/** A sign of frustration, or something that failed. */
function WarnCell({ n, unit }: { n: number; unit: string }) {
  return (
    <NumberCell
      n={n}
      unit={unit}
      className={`${classes.frustration} ${classes.more}`}
      icon={<IconAlertTriangle size={14} stroke={1.8} aria-hidden="true" />}
    />
  )
}
