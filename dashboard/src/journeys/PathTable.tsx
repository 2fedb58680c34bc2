/** The tree of paths in rows, each step below the one before it: what the diagram shows, for reading and for doors. */

import type { PathsReport } from '../api/reportTypes'
import { latency } from '../format/durations'
import { NOTHING } from '../format/numbers'
import { Door } from '../report/Door'
import { percent } from '../report/readings'
import { StepMark } from '../report/StepMark'
import { loopText, moreText } from '../report/stepWords'
import table from '../report/table.module.css'

/** Places in reading order: each node is followed by what comes after it. */
export function inOrder({ nodes }: Pick<PathsReport, 'nodes'>): { place: number; isRest: boolean }[] {
  const children = new Map<number, number[]>()
  nodes.forEach((node, place) => {
    if (node.parent !== null) children.set(node.parent, [...(children.get(node.parent) ?? []), place])
  })
  const rows: { place: number; isRest: boolean }[] = []
  const walk = (place: number) => {
    if (place > 0) rows.push({ place, isRest: false })
    for (const child of children.get(place) ?? []) walk(child)
    if (nodes[place]?.rest) rows.push({ place, isRest: true })
  }
  if (nodes.length > 0) walk(0)
  return rows
}

export function PathTable({ report }: { report: PathsReport }) {
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <caption className="visually-hidden">Steps of the paths</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Sessions</th>
            <th scope="col">Of the one before</th>
            <th scope="col">Went on</th>
            <th scope="col">Ended</th>
            <th scope="col">Open</th>
            <th scope="col">Median time</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(report).map(({ place, isRest }) => {
            const node = report.nodes[place]
            if (!node) return null
            const indent = { paddingLeft: `${(isRest ? node.depth : node.depth - 1) * 16}px` }
            if (isRest) {
              return (
                node.rest && (
                  <tr key={`rest ${place}`}>
                    <th scope="row" className={`${table.name} ${table.quiet}`} style={indent}>
                      {moreText(node.rest.different, 'step')}
                    </th>
                    <td>
                      <Door selection={node.rest.selection} n={node.rest.sessions} />
                    </td>
                    <td>{percent(node.sessions === 0 ? null : node.rest.sessions / node.sessions)}</td>
                    <td colSpan={4} />
                  </tr>
                )
              )
            }
            return (
              node.step && (
                <tr key={place}>
                  <th scope="row" className={table.name} style={indent}>
                    <StepMark step={node.step} /> <span className={table.quiet}>{loopText(node.repeats_average)}</span>
                  </th>
                  <td>
                    <Door selection={node.selection} n={node.sessions} />
                  </td>
                  <td>{percent(node.share)}</td>
                  <td>
                    <Door selection={node.selections.continued} n={node.continued} />
                  </td>
                  <td>
                    <Door selection={node.selections.ended} n={node.ended} />
                  </td>
                  <td>
                    <Door selection={node.selections.open} n={node.open} />
                  </td>
                  <td>{node.time_from_parent ? latency(node.time_from_parent.median_ms) : NOTHING}</td>
                </tr>
              )
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
