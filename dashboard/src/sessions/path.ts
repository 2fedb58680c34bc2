/** A session's path in brief: pages in order, repetitions counted, errors where they happened. Pure. */

import type { TimelineRow } from '../api/types'
import { rowKey } from '../session/search'
import { namedKind, splitLine } from '../session/timeline'

/** As many steps as two lines hold. */
const MAX_STEPS = 14

export interface PathStep {
  kind: 'page' | 'error'
  /** Path of the page, or type of the error. */
  name: string
  /** Of the first of its events. */
  key: string
  at: number
  /** How often in a row. */
  times: number
}

export interface Path {
  steps: PathStep[]
  /** Steps that are not told. */
  nLeft: number
}

export function pathOf(rows: readonly TimelineRow[]): Path {
  const steps: PathStep[] = []
  for (const row of rows) {
    if (!row.event || (row.category !== 'page' && row.category !== 'error')) continue
    const kind = namedKind(row.event.kind)
    const name = kind.name === 'error' ? kind.fields.name : (row.event.path ?? splitLine(row.line).rest)
    const last = steps.at(-1)
    if (last && last.kind === row.category && last.name === name) last.times += 1
    else steps.push({ kind: row.category, name, key: rowKey(row), at: row.at, times: 1 })
  }
  // Not one step left out to say that one is.
  const nShown = steps.length <= MAX_STEPS + 1 ? steps.length : MAX_STEPS
  return { steps: steps.slice(0, nShown), nLeft: steps.length - nShown }
}
