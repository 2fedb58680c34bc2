import { expect, test } from 'vitest'
import type { PathNode } from '../api/reportTypes'
import { inOrder } from './PathTable'
import { drawnNodes, wayTo } from './sankey'

/** A tree, a line a node: `/products 40 < 0`, with its sessions and the place of its parent. */
function tree(...lines: string[]): PathNode[] {
  const nodes: PathNode[] = []
  for (const line of lines) {
    const match = /^(\S*) (\d+)(?: < (\d+))?(?: rest (\d+)\/(\d+))?$/.exec(line)
    const [, label = '', sessions, parent, rest, different] = match ?? []
    const before = parent === undefined ? null : Number(parent)
    nodes.push({
      step: before === null ? null : { kind: 'page', label },
      depth: before === null ? 0 : (nodes[before]?.depth ?? 0) + 1,
      parent: before,
      sessions: Number(sessions),
      share: null,
      repeats_average: 1,
      continued: 0,
      ended: 0,
      open: 0,
      time_from_parent: null,
      time_to_next: null,
      rest: rest === undefined ? null : { sessions: Number(rest), different: Number(different), selection: 'rest' },
      selection: label,
      selections: { continued: '', ended: '', open: '' },
    })
  }
  return nodes
}

const seen = (nodes: PathNode[], most?: number) =>
  drawnNodes({ nodes }, most).map(
    (node) =>
      `${node.column} ${node.kind === 'rest' ? `${node.different} more` : nodes[node.place]?.step?.label} ${node.sessions} < ${node.from}`,
  )

test('each column stands in the order of what it comes from, the rest last', () => {
  const nodes = tree('_ 100', '/ 60 < 0 rest 20/3', '/b 40 < 0', '/c 30 < 1', '/d 25 < 2')
  expect(seen(nodes)).toEqual(['0 / 60 < null', '0 /b 40 < null', '1 /c 30 < n1', '1 3 more 20 < n1', '1 /d 25 < n2'])
})

test('of many steps the largest are drawn, and the others are in the rest with the sessions they have', () => {
  const many = Array.from({ length: 100 }, (_, n) => `/p${n} ${100 - n} < 0`)
  const nodes = tree('_ 6000 rest 950/9900', ...many)
  const drawn = drawnNodes({ nodes }, 5)
  expect(drawn).toHaveLength(6)
  expect(drawn.at(-1)).toMatchObject({ kind: 'rest', different: 9995 })
  expect(drawn.reduce((sum, node) => sum + node.sessions, 0)).toBe(6000)
})

test('a node whose parent is not drawn is not drawn either', () => {
  const nodes = tree('_ 100', '/ 60 < 0', '/b 40 < 0', '/c 30 < 2')
  expect(seen(nodes, 1)).toEqual(['0 / 60 < null', '0 1 more 40 < null'])
})

test('nothing and one session are drawn too', () => {
  expect(seen([])).toEqual([])
  expect(seen(tree('_ 0'))).toEqual([])
  expect(seen(tree('_ 1', '/ 1 < 0'))).toEqual(['0 / 1 < null'])
})

test('the way to a node, and the tree in reading order', () => {
  const nodes = tree('_ 100', '/ 60 < 0 rest 5/2', '/b 40 < 0', '/c 30 < 1')
  expect(wayTo(nodes, 3)).toEqual([1, 3])
  expect(inOrder({ nodes }).map(({ place, isRest }) => (isRest ? `rest of ${place}` : place))).toEqual([
    1,
    3,
    'rest of 1',
    2,
  ])
  expect(inOrder({ nodes: [] })).toEqual([])
})
