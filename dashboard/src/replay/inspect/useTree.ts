/** The page's tree as far as it is unfolded, read from the frame; read again whenever the stage shows another moment. */

import { useCallback, useEffect, useRef, useState } from 'react'
import type { TreeNode } from '../messages'
import type { Player } from '../player'
import { usePlayerState } from '../usePlayer'

export interface TreeRow {
  node: TreeNode
  depth: number
  isOpen: boolean
}

export function useTree(player: Player) {
  // What is shown while it plays is gone in a moment; the tree is of a page that stands still.
  const moment = usePlayerState(player, (state) => (state.clock.playing ? null : state.shown))
  const [root, setRoot] = useState<TreeNode | null>(null)
  const [children, setChildren] = useState<ReadonlyMap<number, TreeNode[]>>(new Map())
  const open = useRef(new Set<number>())

  const read = useCallback(
    async (id: number): Promise<TreeNode[]> => (await player.link()?.ask({ of: 'children', node: id })) ?? [],
    [player],
  )

  const readAll = useCallback(async () => {
    const link = player.link()
    if (!link) return
    const top = await link.ask({ of: 'node', node: null })
    if (!top) {
      setRoot(null)
      setChildren(new Map())
      return
    }
    // The page and its root element are always unfolded, the rest as it was.
    open.current.add(top.id)
    const found = new Map<number, TreeNode[]>()
    const waiting = [top]
    while (waiting.length > 0) {
      const node = waiting.pop()
      if (!node || !open.current.has(node.id)) continue
      const below = await read(node.id)
      found.set(node.id, below)
      for (const child of below) {
        if (node === top && child.type === 'element' && child.name === 'html' && !open.current.has(child.id)) {
          open.current.add(child.id)
        }
        waiting.push(child)
      }
    }
    setRoot(top)
    setChildren(found)
  }, [player, read])

  useEffect(() => {
    if (moment) void readAll().catch(() => setRoot(null))
  }, [moment, readAll])

  const toggle = useCallback(
    async (id: number) => {
      if (open.current.delete(id)) {
        setChildren((old) => new Map([...old].filter(([key]) => key !== id)))
        return
      }
      open.current.add(id)
      const below = await read(id)
      setChildren((old) => new Map(old).set(id, below))
    },
    [read],
  )

  /** Unfolds everything above a node. */
  const reveal = useCallback(
    async (id: number) => {
      const path = (await player.link()?.ask({ of: 'path', node: id })) ?? []
      for (const one of path.slice(0, -1)) open.current.add(one)
      await readAll()
    },
    [player, readAll],
  )

  return { isStill: moment !== null, rows: root ? rowsBelow(root, children) : [], toggle, reveal }
}

function rowsBelow(root: TreeNode, children: ReadonlyMap<number, TreeNode[]>): TreeRow[] {
  const rows: TreeRow[] = []
  const waiting: { node: TreeNode; depth: number }[] = [{ node: root, depth: -1 }]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (!next) break
    const { node, depth } = next
    const below = children.get(node.id)
    // The document itself is no row of its own.
    if (depth >= 0) rows.push({ node, depth, isOpen: below !== undefined })
    for (const child of [...(below ?? [])].reverse()) waiting.push({ node: child, depth: depth + 1 })
  }
  return rows
}
