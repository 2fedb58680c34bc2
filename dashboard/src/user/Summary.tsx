/** Who the user is and what all sessions add up to. */

import { IconUser } from '@tabler/icons-react'
import type { Labelled, UserSummary } from '../api/types'
import { duration } from '../format/durations'
import { count, counted, NOTHING } from '../format/numbers'
import { absolute, longAgo, shortDateTime } from '../format/times'
import { Copyable } from '../shell/Copyable'
import { useNow } from '../shell/useNow'
import classes from './UserPage.module.css'

/** Devices and places told; a person has few. */
const MOST_TOLD = 4

export function Summary({ user, timeZone }: { user: UserSummary; timeZone: string }) {
  const now = useNow(30_000)
  const traits = Object.entries(user.traits).filter(([name]) => name !== 'email')
  return (
    <div className={classes.summary}>
      <div className={classes.who}>
        <span className={classes.avatar} aria-hidden="true">
          <IconUser size={19} stroke={1.6} />
        </span>
        <div className={classes.names}>
          <h1>{user.user_id}</h1>
          <p>
            {user.email && user.email !== user.user_id && `${user.email} · `}
            First seen {longAgo(user.first_seen, now)}, last seen {longAgo(user.last_seen, now)}
          </p>
        </div>
        <Copyable value={user.user_id} name="user id">
          Copy id
        </Copyable>
      </div>
      <dl className={classes.stats}>
        <Stat name="Sessions" value={count(user.sessions)} />
        <Stat name="Time in all" value={duration(user.duration_ms)} />
        <Stat name="Page views" value={count(user.page_views)} />
        <Stat name="Errors" value={count(user.errors)} isError={user.errors > 0} />
        <Stat
          name="First seen"
          value={shortDateTime(user.first_seen, timeZone, now)}
          title={absolute(user.first_seen, timeZone)}
        />
        <Stat
          name="Last seen"
          value={shortDateTime(user.last_seen, timeZone, now)}
          title={absolute(user.last_seen, timeZone)}
        />
      </dl>
      <div className={classes.lists}>
        <LabelledList title="Devices" items={user.devices} />
        <LabelledList title="Places" items={user.places} />
        <section>
          <h2>Traits</h2>
          {traits.length === 0 && <p className={classes.quiet}>The site tells none.</p>}
          <ul>
            {traits.map(([name, value]) => (
              <li key={name}>
                <span className={classes.quiet}>{name}</span>
                <span>
                  {typeof value === 'number'
                    ? count(value)
                    : typeof value === 'boolean'
                      ? value
                        ? 'yes'
                        : 'no'
                      : value}
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  )
}

function Stat({ name, value, title, isError }: { name: string; value: string; title?: string; isError?: boolean }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd data-error={isError || undefined}>{value}</dd>
    </div>
  )
}

function LabelledList({ title, items }: { title: string; items: readonly Labelled[] }) {
  const left = items.length - MOST_TOLD
  return (
    <section>
      <h2>{title}</h2>
      {items.length === 0 && <p className={classes.quiet}>{NOTHING}</p>}
      <ul>
        {items.slice(0, MOST_TOLD).map(({ label, sessions }) => (
          <li key={label}>
            <span title={label}>{label || 'Not known'}</span>
            <span className={classes.quiet}>{counted(sessions, 'session')}</span>
          </li>
        ))}
      </ul>
      {left > 0 && <p className={classes.quiet}>and {count(left)} more</p>}
    </section>
  )
}

export function SummarySkeleton() {
  return (
    <div className={classes.skeleton} role="status">
      <i />
      <i />
      <span className="visually-hidden">Loading the user</span>
    </div>
  )
}
