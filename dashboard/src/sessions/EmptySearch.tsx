/** Nothing was found: which part of the search emptied it, what each part finds by itself, and the way to drop one. */

import { IconSearchOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { searchExplanationQuery } from '../api/queries'
import type { ExplainedClause } from '../api/types'
import { count, counted } from '../format/numbers'
import { textOf } from '../search/chips'
import { filterParams, withoutSelection, withSearch } from '../search/filter'
import { DEFAULT_PRESET, isDrawn, rangeLabel, rangePhrase, withRange } from '../search/range'
import { Button } from '../shell/Button'
import { Notice } from '../shell/Notice'
import classes from './EmptySearch.module.css'
import type { SessionsSearch } from './listSearch'

export interface EmptySearchProps {
  site: string
  search: SessionsSearch
  timeZone: string
  onChange: (next: SessionsSearch) => void
}

export function EmptySearch({ site, search, timeZone, onChange }: EmptySearchProps) {
  const { data, isPending, isError } = useQuery({
    ...searchExplanationQuery(site, filterParams(search)),
    enabled: search.q !== undefined,
  })
  const clauses = data?.clauses ?? []
  const wider = isDrawn(search) || search.from ? DEFAULT_PRESET : '30d'
  return (
    <Notice
      icon={<IconSearchOff size={20} stroke={1.6} />}
      title={`No session ${rangePhrase(search, timeZone)} matches`}
      actions={
        <>
          {search.q && (
            <Button kind="primary" onClick={() => onChange(withSearch(search, ''))}>
              Clear the search
            </Button>
          )}
          {search.selection && (
            <Button onClick={() => onChange(withoutSelection(search))}>Show all sessions again</Button>
          )}
          {rangeLabel(search) !== rangeLabel({ last: wider }) && (
            <Button onClick={() => onChange(withRange(search, { last: wider }))}>
              Search the {rangeLabel({ last: wider }).toLowerCase()}
            </Button>
          )}
        </>
      }
    >
      <p>
        {search.q === undefined
          ? 'None of the sessions behind that number is in the range.'
          : isError
            ? 'Why could not be read.'
            : isPending
              ? 'Looking for what emptied it…'
              : verdict(clauses)}
      </p>
      {clauses.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Part of the search</th>
              <th scope="col">By itself</th>
              <th scope="col">Without it</th>
              <th>
                <span className="visually-hidden">Drop it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {clauses.map((clause, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same part may be there twice.
              <tr key={`${index} ${clause.text}`} data-emptied={clause.without > 0 || undefined}>
                <th scope="row">
                  <code>{clause.text}</code>
                </th>
                <td>
                  {count(clause.sessions)}
                  <span className={classes.unit}>{clause.negated ? ' have it' : ' found'}</span>
                </td>
                <td>
                  {count(clause.without)}
                  <span className={classes.unit}> found</span>
                </td>
                <td>
                  <Button
                    onClick={() => onChange(withSearch(search, textOf(clauses.filter((_, place) => place !== index))))}
                    aria-label={`Drop ${clause.text}`}
                  >
                    Drop
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Notice>
  )
}

/** What to say of the parts, in a sentence. */
export function verdict(clauses: readonly ExplainedClause[]): string {
  const [only] = clauses
  if (!only) return 'Nothing is looked for.'
  const nothing = clauses.find((clause) => !clause.negated && clause.sessions === 0)
  if (nothing) return `No session of the range has ${nothing.text}.`
  if (clauses.length === 1) return `Every session of the range is left out by ${only.text}.`
  const [best] = [...clauses].sort((a, b) => b.without - a.without)
  if (best && best.without > 0) return `Without ${best.text} there are ${counted(best.without, 'session')}.`
  return 'Each part finds sessions by itself, but no session has them all.'
}
