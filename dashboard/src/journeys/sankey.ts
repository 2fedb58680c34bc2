/**
 * The tree of paths as a Sankey diagram: of each column the largest nodes are drawn, the others are told together in
 * their parent's rest, so that ten thousand pages still read. What is too small to draw is in the table alone. Pure.
 */

import type { PathNode, PathsReport } from '../api/reportTypes'

/** A node with a link from the one before it. */
export interface DrawnNode {
  /** Place among the answer's nodes; of a rest the place of its parent. */
  place: number
  kind: 'step' | 'rest'
  /** Column, from 0. */
  column: number
  sessions: number
  /** Key of the node it comes from; nothing in the first column. */
  from: string | null
  key: string
  /** Of a rest: the different steps in it. */
  different: number
}

export const MOST_IN_COLUMN = 7
/** What fewer sessions took, as a part of all, is a hair that nobody can point at: it belongs to the rest. */
const LEAST_NODE = 0.006
/** A rest of fewer is left to the table: of every node there is one. */
const LEAST_REST = 0.025

export const stepKey = (place: number) => `n${place}`
export const restKey = (place: number) => `r${place}`

export function drawnNodes({ nodes }: Pick<PathsReport, 'nodes'>, most = MOST_IN_COLUMN): DrawnNode[] {
  const columns = new Map<number, number[]>()
  nodes.forEach((node, place) => {
    if (place > 0) columns.set(node.depth, [...(columns.get(node.depth) ?? []), place])
  })
  const shown = new Set<number>([0])
  const whole = nodes[0]?.sessions ?? 0
  // From the left: a node whose parent is not drawn has nowhere to come from.
  for (const [, places] of [...columns].sort(([one], [other]) => one - other)) {
    places
      .filter((place) => shown.has(nodes[place]?.parent ?? -1))
      .filter((place) => (nodes[place]?.sessions ?? 0) >= whole * LEAST_NODE)
      .sort((one, other) => (nodes[other]?.sessions ?? 0) - (nodes[one]?.sessions ?? 0) || one - other)
      .slice(0, most)
      .forEach((place) => {
        shown.add(place)
      })
  }
  const drawn: DrawnNode[] = []
  nodes.forEach((node, place) => {
    if (!shown.has(place)) return
    if (place > 0) {
      drawn.push({
        place,
        kind: 'step',
        column: node.depth - 1,
        sessions: node.sessions,
        from: node.parent === null || node.parent === 0 ? null : stepKey(node.parent),
        key: stepKey(place),
        different: 1,
      })
    }
    const rest = restOf(nodes, place, shown)
    if (rest.sessions > 0 && rest.sessions >= whole * LEAST_REST) {
      drawn.push({
        place,
        kind: 'rest',
        column: node.depth,
        sessions: rest.sessions,
        from: place === 0 ? null : stepKey(place),
        key: restKey(place),
        different: rest.different,
      })
    }
  })
  return inColumns(drawn)
}

/** Column by column, below each other in the order of the nodes they come from, a rest last: so no links cross. */
function inColumns(drawn: readonly DrawnNode[]): DrawnNode[] {
  const columns = Math.max(0, ...drawn.map((node) => node.column + 1))
  const order = new Map<string | null, number>([[null, 0]])
  const sorted: DrawnNode[] = []
  for (let column = 0; column < columns; column += 1) {
    const placed = drawn
      .filter((node) => node.column === column)
      .sort(
        (one, other) =>
          (order.get(one.from) ?? 0) - (order.get(other.from) ?? 0) ||
          Number(one.kind === 'rest') - Number(other.kind === 'rest') ||
          other.sessions - one.sessions ||
          one.place - other.place,
      )
    placed.forEach((node, index) => {
      order.set(node.key, index)
    })
    sorted.push(...placed)
  }
  return sorted
}

/** What went on from a node to steps that are not drawn. */
function restOf(nodes: readonly PathNode[], place: number, shown: ReadonlySet<number>) {
  const hidden = nodes.filter((node, at) => node.parent === place && !shown.has(at))
  const rest = nodes[place]?.rest
  return {
    sessions: hidden.reduce((sum, node) => sum + node.sessions, rest?.sessions ?? 0),
    different: hidden.length + (rest?.different ?? 0),
  }
}

/** The steps from the root to a node. */
export function wayTo(nodes: readonly PathNode[], place: number): number[] {
  const way: number[] = []
  for (let at: number | null = place; at !== null && at > 0; at = nodes[at]?.parent ?? null) way.unshift(at)
  return way
}
