/** A report of two sets of sessions at once: both are asked the same, and told in the same rows. */

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import type { QueryParams } from '../api/client'
import { type ReportName, type Reports, reportQuery } from '../api/reportQueries'
import type { ReportRange } from '../api/reportTypes'
import { Answer, Bones } from '../report/Answer'
import { ReportPage } from '../report/ReportPage'
import type { Scope } from '../report/ReportScope'
import { ReportTools } from '../report/ReportTools'
import { type FilterSearch, filterOf } from '../search/filter'
import classes from './Beside.module.css'
import { type BesideSearch, ofSide, type Side, withoutSides } from './sides'
import { useSideNames } from './useSideName'

/** A side as it is told: what it is called, and what its numbers are of. */
export interface ToldSide {
  name: string
  scope: Scope
}

export interface BothSides<Report> {
  reports: readonly [Report, Report]
  sides: readonly [ToldSide, ToldSide]
}

export interface BesideReportProps<Name extends ReportName, Search> {
  site: string
  search: Search
  timeZone: string
  tabs: ReactNode
  /** What both are asked besides. */
  choices?: ReactNode
  report: Name
  sides: readonly [Side, Side]
  /** A side's question in the API's words. */
  params: (search: Search) => QueryParams
  /** What could not be read: `the paths`. */
  what: string
  onSearch: (next: Search) => void
  children: (both: BothSides<Reports[Name]>) => ReactNode
}

export function BesideReport<Name extends ReportName, Search extends FilterSearch & BesideSearch>({
  site,
  search,
  timeZone,
  tabs,
  choices,
  report,
  sides,
  params,
  what,
  onSearch,
  children,
}: BesideReportProps<Name, Search>) {
  const picture = useRef<HTMLDivElement>(null)
  const names = useSideNames(site, sides)
  const searches = [ofSide(search, sides[0]), ofSide(search, sides[1])] as const
  const asked = [params(searches[0]), params(searches[1])] as const
  const first = useQuery(reportQuery(site, report, asked[0]))
  const second = useQuery(reportQuery(site, report, asked[1]))
  return (
    <ReportPage
      site={site}
      search={search}
      timeZone={timeZone}
      picture={picture}
      tabs={tabs}
      onSearch={onSearch}
      canCompare
      title={
        <>
          <bdi>{names[0]}</bdi> <span className={classes.versus}>beside</span> <bdi>{names[1]}</bdi>
        </>
      }
      tools={
        <ReportTools
          site={site}
          report={report}
          params={asked[0]}
          picture={picture}
          beside={{ names, params: asked[1] }}
        />
      }
    >
      {choices}
      <Answer
        query={first}
        site={site}
        search={searches[0]}
        what={`${what} of the first side`}
        isEmpty={() => false}
        onSearch={() => onSearch(withoutSides(search))}
        skeleton={<Bones rows={10} />}
      >
        {(one) => (
          <Answer
            query={second}
            site={site}
            search={searches[1]}
            what={`${what} of the second side`}
            isEmpty={() => false}
            onSearch={() => onSearch(withoutSides(search))}
            skeleton={<Bones rows={10} />}
          >
            {(other) => (
              <Told
                reports={[one, other]}
                names={names}
                scopes={searches.map((side) => ({ site, timeZone, filter: filterOf(side) }))}
              >
                {children}
              </Told>
            )}
          </Answer>
        )}
      </Answer>
    </ReportPage>
  )
}

interface ToldProps<Report> {
  reports: readonly [Report, Report]
  names: readonly [string, string]
  scopes: readonly Omit<Scope, 'range'>[]
  children: (both: BothSides<Report>) => ReactNode
}

function Told<Report extends { range: ReportRange }>({ reports, names, scopes, children }: ToldProps<Report>) {
  const side = (place: 0 | 1): ToldSide => ({
    name: names[place],
    scope: { ...(scopes[place] as Omit<Scope, 'range'>), range: reports[place].range },
  })
  return children({ reports, sides: [side(0), side(1)] })
}
