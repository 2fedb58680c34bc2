/** A screen of one report: asked for, told in a sentence, taken along, in all states of its answer. */

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import type { QueryParams } from '../api/client'
import { type ReportName, type Reports, reportQuery } from '../api/reportQueries'
import type { BesideSearch } from '../beside/sides'
import type { FilterSearch } from '../search/filter'
import { Answer, Bones } from './Answer'
import { ReportPage } from './ReportPage'
import { ReportTools } from './ReportTools'

interface Asked {
  report: ReportName
  params: QueryParams
}

export interface ReportViewProps<Name extends ReportName, Search extends FilterSearch & BesideSearch> {
  site: string
  search: Search
  timeZone: string
  tabs: ReactNode
  onSearch: (next: Search) => void
  report: Name
  params: QueryParams
  /** What could not be read: `the paths`. */
  what: string
  /** The answer in a sentence. */
  title: (data: Reports[Name]) => ReactNode
  /** Whether there is nothing to show of the range and search at all. */
  isEmpty?: (data: Reports[Name]) => boolean
  skeleton?: ReactNode
  /** What else is chosen, above the answer. */
  choices?: ReactNode
  /** What is taken along, where it is another report than the one that is asked for. */
  taken?: (data: Reports[Name] | undefined) => Asked | null
  children: (data: Reports[Name]) => ReactNode
}

export function ReportView<Name extends ReportName, Search extends FilterSearch & BesideSearch>({
  site,
  search,
  timeZone,
  tabs,
  onSearch,
  report,
  params,
  what,
  title,
  isEmpty = () => false,
  skeleton = <Bones rows={8} />,
  choices,
  taken,
  children,
}: ReportViewProps<Name, Search>) {
  const picture = useRef<HTMLDivElement>(null)
  const query = useQuery(reportQuery(site, report, params))
  const { data } = query
  return (
    <ReportPage
      site={site}
      search={search}
      timeZone={timeZone}
      picture={picture}
      isFailed={query.isError && !data}
      tabs={tabs}
      onSearch={onSearch}
      canCompare
      title={data && title(data)}
      tools={<ReportTools site={site} picture={picture} {...(taken?.(data) ?? { report, params })} />}
    >
      {choices}
      <Answer
        query={query}
        site={site}
        search={search}
        what={what}
        isEmpty={isEmpty}
        onSearch={onSearch}
        skeleton={skeleton}
      >
        {children}
      </Answer>
    </ReportPage>
  )
}
