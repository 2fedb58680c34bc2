/** A number that opens the list of exactly the sessions behind it. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { count, NOTHING } from '../format/numbers'
import { type FilterSearch, filterOf, withoutSelection } from '../search/filter'
import { isDrawn, type RangeSearch, toInstant, withRange } from '../search/range'
import classes from './Door.module.css'
import { type Scope, useScope } from './ReportScope'

/** The list behind a selection: of the range as it was answered, since `last=7d` is another one by the next minute. */
export function listBehind(
  { filter, range }: Pick<Scope, 'filter' | 'range'>,
  selection: string,
  part: { from: number; to: number } = range,
): FilterSearch {
  const instants = { from: toInstant(part.from), to: toInstant(part.to) }
  return { ...withRange(withoutSelection(filterOf(filter)), instants), selection }
}

function rangeOf({ last, from, to }: FilterSearch): RangeSearch {
  return { ...(last && { last }), ...(from && { from }), ...(to && { to }) }
}

export interface DoorProps {
  selection: string | null | undefined
  /** The number of sessions, where that is what is shown. */
  n?: number
  /** Of a part of the range only. */
  part?: { from: number; to: number } | undefined
  /** Said of it: `Sessions that …`. */
  title?: string
  className?: string | undefined
  children?: ReactNode
}

export function Door({ selection, n, part, title, className = '', children }: DoorProps) {
  const scope = useScope()
  const shown = children ?? (n === undefined ? NOTHING : count(n))
  // Nobody is behind a zero.
  if (!selection || n === 0) return <span className={className}>{shown}</span>
  return (
    <Link
      to="/sites/$site/sessions"
      params={{ site: scope.site }}
      search={listBehind(scope, selection, part)}
      state={{ drawnFrom: isDrawn(scope.filter) ? {} : rangeOf(scope.filter) }}
      preload={false}
      className={`${classes.door} ${className}`}
      title={title ?? 'Open these sessions'}
    >
      {shown}
    </Link>
  )
}
