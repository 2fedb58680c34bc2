/** The groups of errors, a row each; a row opens to its group. */

import { IconArrowDown, IconChevronRight } from '@tabler/icons-react'
import { Fragment, useRef } from 'react'
import type { ErrorGroup } from '../api/types'
import { count, NOTHING } from '../format/numbers'
import { absolute, relative } from '../format/times'
import { useKeys } from '../shell/keys'
import { useNow } from '../shell/useNow'
import type { ErrorsSearch, GroupSort } from './errorsSearch'
import { GroupDetail } from './GroupDetail'
import classes from './GroupTable.module.css'
import { Trend } from './Trend'

const HEADS: { name: string; sort?: GroupSort; kind?: 'number' | 'wide' }[] = [
  { name: 'Error' },
  { name: 'Trend', kind: 'wide' },
  { name: 'Sessions', sort: 'sessions', kind: 'number' },
  { name: 'Users', sort: 'users', kind: 'number' },
  { name: 'Events', sort: 'events', kind: 'number' },
  { name: 'First seen', sort: 'first_seen', kind: 'wide' },
  { name: 'Last seen', sort: 'last_seen' },
  { name: 'Release', kind: 'wide' },
]
const SKELETONS = [62, 48, 71, 55, 66]

export interface GroupTableProps {
  /** Nothing while they are read. */
  groups: readonly ErrorGroup[] | null
  siteId: string
  search: ErrorsSearch
  timeZone: string
  isStale: boolean
  onSort: (sort: GroupSort) => void
  onGroup: (id: string | null) => void
}

export function GroupTable({ groups, siteId, search, timeZone, isStale, onSort, onGroup }: GroupTableProps) {
  const now = useNow(20_000)
  const body = useRef<HTMLTableSectionElement>(null)
  const sorted = search.sort ?? 'sessions'
  const step = (by: number) => {
    const toggles = [...(body.current?.querySelectorAll<HTMLElement>('[data-group-toggle]') ?? [])]
    const from = toggles.indexOf(document.activeElement as HTMLElement)
    toggles[Math.min(toggles.length - 1, Math.max(0, from + by))]?.focus()
  }
  useKeys({ j: () => step(1), k: () => step(-1) })
  return (
    <table className={classes.table} aria-busy={groups === null || isStale} data-stale={isStale || undefined}>
      <caption className="visually-hidden">Errors, grouped</caption>
      <thead>
        <tr>
          {HEADS.map(({ name, sort, kind }) => (
            <th
              key={name}
              scope="col"
              data-kind={kind}
              aria-sort={sort ? (sort === sorted ? 'descending' : 'none') : undefined}
            >
              {sort ? (
                <button type="button" data-sorted={sort === sorted || undefined} onClick={() => onSort(sort)}>
                  {sort === sorted && <IconArrowDown size={13} stroke={2} aria-hidden="true" />}
                  {name}
                </button>
              ) : (
                name
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {groups === null &&
          SKELETONS.map((width) => (
            <tr key={width} className={classes.row}>
              <td colSpan={HEADS.length}>
                <i className={classes.bone} style={{ width: `${width}%` }} />
              </td>
            </tr>
          ))}
        {groups?.map((group) => {
          const isOpen = group.id === search.group
          const [release, ...others] = group.releases
          return (
            <Fragment key={group.id}>
              <tr className={classes.row} data-open={isOpen || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className={classes.toggle}
                    data-group-toggle=""
                    aria-expanded={isOpen}
                    aria-controls={isOpen ? `group-${group.id}` : undefined}
                    onClick={() => onGroup(isOpen ? null : group.id)}
                  >
                    <IconChevronRight size={15} stroke={1.8} className={classes.chevron} aria-hidden="true" />
                    <span className={classes.what}>
                      <span className={classes.line}>
                        <strong>{group.name}</strong> <span className={classes.message}>{group.message}</span>
                      </span>
                      <span className={classes.frame}>{group.frame ?? 'no frame of the site’s own code'}</span>
                    </span>
                  </button>
                </th>
                <td data-kind="wide">
                  <Trend points={group.trend} />
                </td>
                <td data-kind="number">
                  {count(group.sessions)}
                  <span className={classes.unit}> sessions</span>
                </td>
                <td data-kind="number">
                  {group.users === 0 ? NOTHING : count(group.users)}
                  <span className={classes.unit}> users</span>
                </td>
                <td data-kind="number">
                  {count(group.events)}
                  <span className={classes.unit}> events</span>
                </td>
                <td data-kind="wide">
                  <time
                    dateTime={new Date(group.first_seen).toISOString()}
                    title={absolute(group.first_seen, timeZone)}
                  >
                    {relative(group.first_seen, now, timeZone)}
                  </time>
                </td>
                <td>
                  <time dateTime={new Date(group.last_seen).toISOString()} title={absolute(group.last_seen, timeZone)}>
                    {relative(group.last_seen, now, timeZone)}
                  </time>
                </td>
                <td data-kind="wide" title={group.releases.join(', ')}>
                  {release ?? NOTHING}
                  {others.length > 0 && <span className={classes.more}> and {count(others.length)} more</span>}
                </td>
              </tr>
              {isOpen && (
                <tr>
                  <td colSpan={HEADS.length} id={`group-${group.id}`} className={classes.detail}>
                    <GroupDetail group={group} siteId={siteId} search={search} timeZone={timeZone} />
                  </td>
                </tr>
              )}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}
