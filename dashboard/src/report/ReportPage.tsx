/** The frame of every report: what it says in a sentence, what it is narrowed to, its tabs, its tools. */

import { Link } from '@tanstack/react-router'
import type { ReactNode, RefObject } from 'react'
import { type FilterSearch, withoutSelection } from '../search/filter'
import { isDrawn, rangePhrase } from '../search/range'
import classes from './ReportPage.module.css'
import { SelectionChip } from './SelectionChip'

export interface ReportPageProps<Search extends FilterSearch> {
  site: string
  search: Search
  timeZone: string
  /** The answer in a sentence; nothing while it is read. */
  title: ReactNode
  /** Nothing came; what is below says why. */
  isFailed?: boolean
  tools?: ReactNode
  tabs?: ReactNode
  /** What is drawn as a picture. */
  picture: RefObject<HTMLDivElement | null>
  onSearch: (next: Search) => void
  children: ReactNode
}

export function ReportPage<Search extends FilterSearch>({
  site,
  search,
  timeZone,
  title,
  isFailed = false,
  tools,
  tabs,
  picture,
  onSearch,
  children,
}: ReportPageProps<Search>) {
  return (
    <div className={classes.page}>
      {tabs}
      <div ref={picture}>
        <div className={classes.bar}>
          <h1 className={classes.title} aria-live="polite">
            {title ? (
              <>
                {title}{' '}
                <span className={classes.phrase}>
                  {rangePhrase(search, timeZone)}
                  {search.q && !isDrawn(search) && ', in sessions that match'}
                </span>
              </>
            ) : (
              <span className={isFailed ? undefined : classes.titleSkeleton}>
                <span className="visually-hidden">{isFailed ? 'No report' : 'Loading the report'}</span>
              </span>
            )}
          </h1>
          {!isFailed && tools}
        </div>
        {search.selection && (
          <div className={classes.narrowed}>
            <SelectionChip
              site={site}
              selection={search.selection}
              onRemove={() => onSearch(withoutSelection(search))}
            />
          </div>
        )}
        {children}
      </div>
    </div>
  )
}

export interface Tab {
  name: string
  /** Search of its address. */
  search: FilterSearch & { view?: string }
  isOn: boolean
}

/** Tabs of a report that stand in the address, each a link. */
export function ReportTabs({
  to,
  site,
  label,
  tabs,
}: {
  to: '/sites/$site/journeys' | '/sites/$site/metrics' | '/sites/$site/pages'
  site: string
  label: string
  tabs: readonly Tab[]
}) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map(({ name, search, isOn }) => (
        <Link
          key={name}
          to={to}
          params={{ site }}
          // The views of one report share the filter; what is theirs alone stays behind.
          search={search as never}
          className={classes.tab}
          // The router tells links by their address alone; several of these are part of another's.
          activeOptions={{ exact: true }}
          data-on={isOn || undefined}
          aria-current={isOn ? 'page' : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}

export function Panel({
  title,
  note,
  tools,
  children,
  className = '',
}: {
  title: ReactNode
  note?: ReactNode
  tools?: ReactNode
  children: ReactNode
  className?: string | undefined
}) {
  return (
    <section className={`${classes.panel} ${className}`}>
      <div className={classes.panelHead}>
        <h2>{title}</h2>
        {note && <span className={classes.note}>{note}</span>}
        {tools && <div className={classes.panelTools}>{tools}</div>}
      </div>
      {children}
    </section>
  )
}
