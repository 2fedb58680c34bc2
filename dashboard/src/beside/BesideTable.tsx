/** The rows of two reports in one table: each number of both sides, each a door to its own sessions. */

import { type ReactNode, useState } from 'react'
import type { MetricInfo } from '../api/reportTypes'
import { count, NOTHING } from '../format/numbers'
import { ChangeNote } from '../report/ChangeNote'
import { Door } from '../report/Door'
import { ReportScope } from '../report/ReportScope'
import table from '../report/table.module.css'
import { Button } from '../shell/Button'
import { Hint } from '../shell/Definition'
import classes from './Beside.module.css'
import type { ToldSide } from './BesideReport'
import { differenceOf, pairsOf } from './sides'

const FIRST = 25

export interface BesideCell {
  value: number | null | undefined
  text: string
  /** Where it is a number of sessions, or a part of them. */
  selection?: string | null | undefined
}

export interface BesideColumn<Row> {
  name: string
  definition: string
  /** Which way is better; nothing where the sides' sizes decide the difference, which then is not told. */
  better: MetricInfo['better'] | ((row: Row) => MetricInfo['better']) | null
  read: (row: Row) => BesideCell
}

export interface BesideTableProps<Row> {
  caption: string
  /** What a row is. */
  head: string
  rows: readonly [readonly Row[], readonly Row[]]
  keyOf: (row: Row) => string
  nameOf: (row: Row) => ReactNode
  titleOf: (row: Row) => string
  columns: readonly BesideColumn<Row>[]
  sides: readonly [ToldSide, ToldSide]
  /** Said where one side has no such row. */
  absent: string
}

export function BesideTable<Row>({
  caption,
  head,
  rows,
  keyOf,
  nameOf,
  titleOf,
  columns,
  sides,
  absent,
}: BesideTableProps<Row>) {
  const [most, setMost] = useState(FIRST)
  const pairs = pairsOf(rows[0], rows[1], keyOf)
  return (
    <>
      <div className={table.scroll}>
        <table className={`${table.table} ${classes.table}`}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {head}
              </th>
              {columns.map((column) => (
                <th
                  key={column.name}
                  scope="colgroup"
                  colSpan={column.better === null ? 2 : 3}
                  className={classes.group}
                >
                  <Hint label={column.definition}>
                    <span>{column.name}</span>
                  </Hint>
                </th>
              ))}
            </tr>
            <tr>
              {columns.flatMap((column) => [
                ...sides.map((side, place) => (
                  <th
                    key={`${column.name} ${side.name}`}
                    scope="col"
                    className={place === 0 ? classes.group : undefined}
                    data-side={place}
                  >
                    <span className={classes.side} title={side.name}>
                      <i aria-hidden="true" />
                      <bdi>{side.name}</bdi>
                    </span>
                  </th>
                )),
                column.better !== null && (
                  <th key={`${column.name} difference`} scope="col" className={classes.difference}>
                    <span className="visually-hidden">Second against first</span>
                  </th>
                ),
              ])}
            </tr>
          </thead>
          <tbody>
            {pairs.slice(0, most).map(({ key, one, other }) => {
              const known = one ?? other
              return (
                <tr key={key}>
                  <th scope="row" className={table.name} title={known ? titleOf(known) : undefined}>
                    {known && nameOf(known)}
                  </th>
                  {columns.flatMap((column) => {
                    const cells = [one && column.read(one), other && column.read(other)]
                    const better = typeof column.better === 'function' ? known && column.better(known) : column.better
                    const difference = differenceOf(cells[0]?.value, cells[1]?.value)
                    return [
                      ...cells.map((cell, place) => (
                        <td
                          key={`${column.name} ${sides[place]?.name}`}
                          className={place === 0 ? classes.group : undefined}
                        >
                          {cell ? (
                            <Sided side={sides[place]} cell={cell} />
                          ) : (
                            <span className={table.quiet} title={absent}>
                              {NOTHING}
                            </span>
                          )}
                        </td>
                      )),
                      column.better !== null && (
                        <td key={`${column.name} difference`} className={classes.difference}>
                          {difference !== null && (
                            <ChangeNote change={difference} better={better ?? 'neither'} against={sides[0].name} />
                          )}
                        </td>
                      ),
                    ]
                  })}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {pairs.length > most && (
        <p className={table.more}>
          <Button onClick={() => setMost(pairs.length)}>Show {count(pairs.length - most)} more</Button>
        </p>
      )}
    </>
  )
}

function Sided({ side, cell }: { side: ToldSide | undefined; cell: BesideCell }) {
  if (!side || !cell.selection || cell.value === 0) return cell.text
  return (
    <ReportScope {...side.scope}>
      <Door selection={cell.selection}>{cell.text}</Door>
    </ReportScope>
  )
}
