/** What is known of the session beside its events, grouped by what it speaks of. */

import { IconAlertTriangle, IconChevronDown, IconRobot } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Page, Session } from '../api/types'
import { duration } from '../format/durations'
import { count, counted, NOTHING } from '../format/numbers'
import { absolute } from '../format/times'
import { BOT_REASON, CHANNEL, countryName, DEFINITION, END_REASON, START_REASON } from '../format/words'
import { DEVICE_ICON } from '../sessions/cells'
import { Copyable } from '../shell/Copyable'
import { Definition } from '../shell/Definition'
import { Field, Fields } from './Fields'
import classes from './Overview.module.css'

export interface OverviewProps {
  session: Session | undefined
  timeZone: string
  siteParam: string
}

export function Overview({ session, timeZone, siteParam }: OverviewProps) {
  const [isOpen, setOpen] = useState(false)
  if (!session) return <aside className={classes.overview} aria-busy="true" />
  const DeviceIcon = DEVICE_ICON[session.device.class]
  return (
    <aside className={classes.overview} aria-label="Overview">
      <div className={classes.line}>
        <DeviceIcon size={17} stroke={1.5} aria-hidden="true" />
        <div>
          <div>{session.device.label}</div>
          <div className={classes.place}>{session.place.label || 'Place not known'}</div>
        </div>
      </div>
      <Notes session={session} />
      <button
        type="button"
        className={classes.toggle}
        aria-expanded={isOpen}
        aria-controls="overview-details"
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'Less about this session' : 'More about this session'}
        <IconChevronDown size={15} stroke={1.7} aria-hidden="true" />
      </button>
      <div id="overview-details" className={classes.details} data-open={isOpen || undefined}>
        <SessionGroup session={session} timeZone={timeZone} siteParam={siteParam} />
        <Pages session={session} />
        <Acquired session={session} />
        <Person session={session} />
        <Technical session={session} />
      </div>
    </aside>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.group}>
      <h2>{title}</h2>
      <Fields>{children}</Fields>
    </section>
  )
}

function SessionGroup({ session, timeZone, siteParam }: { session: Session; timeZone: string; siteParam: string }) {
  const { start, end, status, counts } = session
  return (
    <Group title="Session">
      <Field name="Id">
        <Copyable value={session.id} name="session id" />
      </Field>
      <Field name="Started">
        {absolute(start, timeZone)}
        <Sub>{START_REASON[session.start_reason]}</Sub>
      </Field>
      <Field name={status === 'live' ? 'Last activity' : 'Ended'}>
        {absolute(end, timeZone)}
        <Sub>{session.end_reason ? END_REASON[session.end_reason] : 'Still live'}</Sub>
      </Field>
      <Field name="Previous">
        {session.previous_id ? (
          <Link
            to="/sites/$site/sessions/$id"
            params={{ site: siteParam, id: session.previous_id }}
            className={classes.door}
          >
            Session before this one
          </Link>
        ) : (
          NOTHING
        )}
      </Field>
      <Field name={<Definition term="bounce">Bounce</Definition>}>
        {session.is_bounce === null || session.is_bounce === undefined
          ? 'Not decided while live'
          : session.is_bounce
            ? 'Yes'
            : 'No'}
      </Field>
      {counts.tabs > 1 && <Field name="Tabs">{count(counts.tabs)}</Field>}
    </Group>
  )
}

function Pages({ session }: { session: Session }) {
  return (
    <Group title="Pages">
      <Field name={<Definition term="entry">Entry</Definition>}>{pageLine(session.entry)}</Field>
      <Field name={<Definition term="exit">Exit</Definition>}>
        {pageLine(session.exit)}
        {session.status === 'live' && <Sub>So far</Sub>}
      </Field>
    </Group>
  )
}

function pageLine(page: Page | null | undefined): ReactNode {
  if (!page) return NOTHING
  return (
    <>
      <span className={classes.path}>{page.path}</span>
      {page.title && <Sub>{page.title}</Sub>}
    </>
  )
}

function Acquired({ session }: { session: Session }) {
  const { channel, referrer, utm } = session.acquisition
  return (
    <Group title="Where from">
      <Field name="Channel">{CHANNEL[channel]}</Field>
      <Field name="Referrer">{referrer ? <span className={classes.path}>{referrer}</span> : NOTHING}</Field>
      {utm.campaign && <Field name="Campaign">{utm.campaign}</Field>}
      {utm.source && <Field name="Source">{utm.source}</Field>}
      {utm.medium && <Field name="Medium">{utm.medium}</Field>}
      {utm.term && <Field name="Term">{utm.term}</Field>}
      {utm.content && <Field name="Content">{utm.content}</Field>}
    </Group>
  )
}

function Person({ session }: { session: Session }) {
  const traits = Object.entries(session.user?.traits ?? {})
  return (
    <Group title="User">
      <Field name="User">
        {session.user ? (
          <>
            <Copyable value={session.user.id} name="user id" />
            <Link
              to="/sites/$site/users/$user"
              params={{ site: session.site, user: session.user.id }}
              className={classes.door}
            >
              All sessions of this user
            </Link>
          </>
        ) : (
          'Anonymous'
        )}
      </Field>
      {traits.map(([name, value]) => (
        <Field key={name} name={name}>
          {typeof value === 'number' ? count(value) : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}
        </Field>
      ))}
      <Field name="Visitor">
        <Copyable value={session.visitor_id} name="visitor id" />
      </Field>
    </Group>
  )
}

function Technical({ session }: { session: Session }) {
  const { device, place, screen } = session
  const country = place.country ? countryName(place.country) : null
  return (
    <Group title="Device and place">
      {device.model && <Field name="Model">{device.model}</Field>}
      <Field name="Screen">{screen ? `${screen[0]} × ${screen[1]} px` : NOTHING}</Field>
      <Field name="Language">{session.language ?? NOTHING}</Field>
      <Field name="Place">{[place.city, place.region, country].filter(Boolean).join(', ') || NOTHING}</Field>
      <Field name="Release">{session.release ?? NOTHING}</Field>
    </Group>
  )
}

/** What one should know before trusting the numbers. */
function Notes({ session }: { session: Session }) {
  const { bot, clock_skew_ms, n_clamped } = session
  if (!bot && clock_skew_ms === 0 && n_clamped === 0) return null
  return (
    <ul className={classes.notes}>
      {bot && (
        <li title={DEFINITION.bots}>
          <IconRobot size={15} stroke={1.7} aria-hidden="true" />
          <span>Thought to be a bot: {BOT_REASON[bot]}.</span>
        </li>
      )}
      {clock_skew_ms !== 0 && (
        <li title={DEFINITION.skew}>
          <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
          <span>
            The device’s clock was {duration(Math.abs(clock_skew_ms))} {clock_skew_ms < 0 ? 'fast' : 'slow'}; times are
            corrected.
          </span>
        </li>
      )}
      {n_clamped > 0 && (
        <li title={DEFINITION.clamped}>
          <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
          <span>{counted(n_clamped, 'event')} claimed a time in the future and were set to that of receipt.</span>
        </li>
      )}
    </ul>
  )
}

function Sub({ children }: { children: ReactNode }) {
  return <span className={classes.sub}>{children}</span>
}
