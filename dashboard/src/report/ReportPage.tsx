/** The frame of every report: what it says in a sentence, what it is narrowed to, its tabs, its tools. */

import { Link } from '@tanstack/react-router'
import type { ReactNode, RefObject } from 'react'
import { BesideBar, CompareButton } from '../beside/BesideBar'
import type { BesideSearch } from '../beside/sides'
import { type FilterSearch, withoutSelection } from '../search/filter'
import { isDrawn, rangePhrase } from '../search/range'
import { useInView } from '../shell/useInView'
import classes from './ReportPage.module.css'
import { SelectionChip } from './SelectionChip'

export interface ReportPageProps<Search extends FilterSearch & BesideSearch> {
  site: string
  search: Search
  timeZone: string
  /** The answer in a sentence; nothing while it is read. */
  title: ReactNode
  /** Nothing came; what is below says why. */
  isFailed?: boolean
  /** Whether two sets of sessions can stand side by side in it. */
  canCompare?: boolean
  tools?: ReactNode
  tabs?: ReactNode
  /** What is drawn as a picture. */
  picture: RefObject<HTMLDivElement | null>
  onSearch: (next: Search) => void
  children: ReactNode
}

export function ReportPage<Search extends FilterSearch & BesideSearch>({
  site,
  search,
  timeZone,
  title,
  isFailed = false,
  canCompare = false,
  tools,
  tabs,
  picture,
  onSearch,
  children,
}: ReportPageProps<Search>) {
  const isComparing = search.a !== undefined || search.b !== undefined
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
          {!isFailed && (
            <div className={classes.tools} data-not-in-picture="">
              {canCompare && !isComparing && <CompareButton site={site} search={search} onSearch={onSearch} />}
              {tools}
            </div>
          )}
        </div>
        {canCompare && isComparing && <BesideBar site={site} search={search} onSearch={onSearch} />}
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
  const nav = useInView()
  return (
    <nav ref={nav} aria-label={label} className={classes.tabs}>
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
