/** What changed in the page between two moments, as the records tell it; of masked parts, that they changed. */

import type { Change } from '../../messages'
import {
  CUSTOM,
  FULL_SNAPSHOT,
  fieldsOf,
  INCREMENTAL,
  INPUT,
  listOf,
  MUTATION,
  numberOf,
  type PlayedRecord,
} from '../../records'
import type { Holdings } from '../holdings'
import type { Stage } from '../stage'

const MAX_CHANGES = 400
const MAX_WHAT = 200

export interface Span {
  stage: Stage
  holdings: Holdings
  from: number
  to: number
}

export function changesBetween({ stage, holdings, from, to }: Span): { changes: Change[]; more: boolean } {
  const changes = holdings.within(from, to).flatMap((record) => changesOf(record, stage))
  // The latest are nearest to what is on the stage.
  return { changes: changes.slice(-MAX_CHANGES), more: changes.length > MAX_CHANGES }
}

function changesOf({ type, timestamp: at, data }: PlayedRecord, stage: Stage): Change[] {
  const change = (kind: Change['kind'], id: unknown, what: string): Change => {
    const node = numberOf(id, -1)
    return { at, kind, node: stage.node(node) ? node : null, what: what.slice(0, MAX_WHAT) }
  }
  if (type === FULL_SNAPSHOT) return [change('page', -1, 'The page was told as a whole')]
  if (type === CUSTOM && data.tag === 'fp.degraded') {
    const { id, nodes } = fieldsOf(data.payload)
    return [change('page', id, `${numberOf(nodes)} nodes changed at once; from here on structure only`)]
  }
  if (type !== INCREMENTAL) return []
  if (data.source === INPUT) {
    return [change('value', data.id, `${nameOf(stage, data.id)}: ${String(data.text ?? '')}`)]
  }
  if (data.source !== MUTATION) return []
  return [
    ...listOf(data.removes).map((one) => {
      const { id, parentId } = fieldsOf(one)
      return change('removed', parentId, `node ${String(id)} from ${nameOf(stage, parentId)}`)
    }),
    ...listOf(data.adds).map((one) => {
      const node = fieldsOf(fieldsOf(one).node)
      return change('added', node.id, recordedName(node))
    }),
    ...listOf(data.texts).map((one) => {
      const { id, value } = fieldsOf(one)
      return change('text', id, String(value ?? '').trim())
    }),
    ...listOf(data.attributes).flatMap((one) => {
      const { id, attributes } = fieldsOf(one)
      return Object.entries(fieldsOf(attributes)).map(([name, value]) =>
        change('attribute', id, `${nameOf(stage, id)} ${name}${value === null ? ' taken away' : `=${inWords(value)}`}`),
      )
    }),
  ]
}

const inWords = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : `"${String(value)}"`)

function recordedName({ tagName, textContent, attributes }: Record<string, unknown>): string {
  if (typeof tagName !== 'string') return String(textContent ?? '').trim()
  const { id, class: classes } = fieldsOf(attributes)
  return `<${tagName}${id ? ` id="${String(id)}"` : ''}${classes ? ` class="${String(classes)}"` : ''}>`
}

function nameOf(stage: Stage, id: unknown): string {
  const node = stage.node(numberOf(id, -1))
  if (!node) return `node ${String(id)}`
  if (node.nodeType !== 1) return node.nodeName.toLowerCase()
  const element = node as Element
  return `<${element.localName}${element.id ? ` id="${element.id}"` : ''}>`
}
