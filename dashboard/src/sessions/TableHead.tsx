/** The heads of the columns. One that can be sorted by is a button, and says which way the list is sorted. */

import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Session } from '../api/types'
import { DEFINITION } from '../format/words'
import { Definition, Hint } from '../shell/Definition'
import { COLUMN, type ColumnId } from './columns'
import type { Order, SortKey } from './order'
import { chosenOrder, orderWords } from './order'
import classes from './SessionTable.module.css'
import type { Selection } from './useSelection'

export interface TableHeadProps {
  columns: readonly ColumnId[]
  order: Order
  rows: readonly Session[]
  selection: Selection
  onOrder: (sort: SortKey) => void
}

export function TableHead({ columns, order, rows, selection, onOrder }: TableHeadProps) {
  const nSelected = selection.ids.size
  const isAll = rows.length > 0 && rows.every((row) => selection.ids.has(row.id))
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" aria-rowindex={1} className={classes.grid}>
        <span role="columnheader" className={classes.lead}>
          <input
            type="checkbox"
            className={classes.check}
            aria-label="Select all rows read so far"
            checked={isAll}
            disabled={rows.length === 0}
            ref={(box) => {
              if (box) box.indeterminate = nSelected > 0 && !isAll
            }}
            onChange={() => (isAll ? selection.clear() : selection.all(rows))}
          />
        </span>
        {columns.map((id) => {
          const { name, sort, term, isNumber } = COLUMN[id]
          const isSorted = sort !== undefined && order.sort === sort
          const sorted = order.ascending ? 'ascending' : 'descending'
          const place = `${isNumber ? classes.number : ''} ${id === 'device' ? classes.afterNumbers : ''}`
          return (
            <span
              key={id}
              role="columnheader"
              aria-sort={sort ? (isSorted ? sorted : 'none') : undefined}
              className={place}
            >
              {sort ? (
                <Hint label={<HeadHint term={term && DEFINITION[term]} next={orderWords(chosenOrder(order, sort))} />}>
                  <button
                    type="button"
                    className={classes.sort}
                    data-sorted={isSorted || undefined}
                    onClick={() => onOrder(sort)}
                  >
                    {isSorted && <SortIcon ascending={order.ascending} />}
                    {name}
                  </button>
                </Hint>
              ) : term ? (
                <Definition term={term}>{name}</Definition>
              ) : (
                name
              )}
            </span>
          )
        })}
      </div>
    </div>
  )
}

function HeadHint({ term, next }: { term: string | undefined; next: string }) {
  return (
    <>
      {term && <p>{term}</p>}
      <p className={classes.hint}>Click: {next.toLowerCase()} first</p>
    </>
  )
}

function SortIcon({ ascending }: { ascending: boolean }) {
  const Icon = ascending ? IconArrowUp : IconArrowDown
  return <Icon size={13} stroke={2} aria-hidden="true" />
}
