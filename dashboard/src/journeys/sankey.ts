/**
 * The tree of paths as a Sankey diagram: of each column the largest nodes are drawn, the others are told together in
 * their parent's rest, so that ten thousand pages still read. Pure; sums stay: a node's links and rest are what went on.
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

export const MOST_IN_COLUMN = 9

export const stepKey = (place: number) => `n${place}`
export const restKey = (place: number) => `r${place}`

export function drawnNodes({ nodes }: Pick<PathsReport, 'nodes'>, most = MOST_IN_COLUMN): DrawnNode[] {
  const columns = new Map<number, number[]>()
  nodes.forEach((node, place) => {
    if (place > 0) columns.set(node.depth, [...(columns.get(node.depth) ?? []), place])
  })
  const shown = new Set<number>([0])
  // From the left: a node whose parent is not drawn has nowhere to come from.
  for (const [, places] of [...columns].sort(([one], [other]) => one - other)) {
    places
      .filter((place) => shown.has(nodes[place]?.parent ?? -1))
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
    if (rest.sessions > 0) {
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
  return drawn
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
