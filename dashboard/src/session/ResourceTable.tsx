/** What a page loaded: totals by type, and the heaviest. */

import type { EventKinds } from '../api/types'
import { latency } from '../format/durations'
import { bytes, count } from '../format/numbers'
import classes from './ResourceTable.module.css'

export interface ResourceTableProps {
  byType: EventKinds['resources']['by_type']
  heaviest: EventKinds['resources']['heaviest'] | undefined
}

export function ResourceTable({ byType, heaviest = [] }: ResourceTableProps) {
  const types = Object.entries(byType).sort(([, a], [, b]) => b.transfer_bytes - a.transfer_bytes)
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col">Loaded</th>
          <th scope="col">Size</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {types.map(([type, total]) => (
          <tr key={type}>
            <th scope="row">{type}</th>
            <td>{count(total.count)}</td>
            <td>{bytes(total.transfer_bytes)}</td>
            <td>{latency(total.duration_ms)}</td>
          </tr>
        ))}
      </tbody>
      {heaviest.length > 0 && (
        <tbody>
          <tr>
            <th scope="rowgroup" colSpan={4} className={classes.heading}>
              Heaviest
            </th>
          </tr>
          {heaviest.map((resource) => (
            <tr key={resource.url}>
              <th scope="row" title={resource.url}>
                <code>{resource.url}</code>
              </th>
              <td>{resource.type}</td>
              <td>{bytes(resource.transfer_bytes)}</td>
              <td>{latency(resource.duration_ms)}</td>
            </tr>
          ))}
        </tbody>
      )}
    </table>
  )
}
