/** The unfolded part of the page's tree, as rows. Only those in view are in the document. */

import { IconChevronRight } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { TreeNode } from '../messages'
import type { Player } from '../player'
import classes from './Inspector.module.css'
import type { TreeRow, useTree } from './useTree'

const ROW_PX = 20
const INDENT_PX = 12

export interface TreeProps {
  player: Player
  tree: ReturnType<typeof useTree>
  selected: number | null
  /** A node that has just been unfolded to. */
  revealed: number | null
  onSelect: (node: number) => void
}

export function Tree({ player, tree, selected, revealed, onSelect }: TreeProps) {
  const { rows, toggle } = tree
  const box = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (index) => rows[index]?.node.id ?? index,
  })
  const place = rows.findIndex(({ node }) => node.id === selected)

  // biome-ignore lint/correctness/useExhaustiveDependencies: once it is unfolded to, and not with every other change.
  useEffect(() => {
    if (place >= 0) virtualizer.scrollToIndex(place, { align: 'center' })
  }, [revealed])

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[place]
    const move = (to: number) => {
      const next = rows[Math.min(rows.length - 1, Math.max(0, to))]
      if (!next) return
      onSelect(next.node.id)
      virtualizer.scrollToIndex(rows.indexOf(next))
    }
    const down = () => move(place + 1)
    const up = () => move(place - 1)
    const unfold = () => (row && !row.isOpen && row.node.nChildren > 0 ? void toggle(row.node.id) : down())
    const fold = () => (row?.isOpen ? void toggle(row.node.id) : move(parentPlace(rows, place)))
    const actions: Record<string, () => void> = {
      ArrowDown: down,
      ArrowUp: up,
      ArrowRight: unfold,
      ArrowLeft: fold,
    }
    const action = actions[event.key]
    if (!action) return
    // The player's arrows are not meant.
    event.preventDefault()
    event.stopPropagation()
    action()
  }

  return (
    <div
      ref={box}
      className={classes.tree}
      role="tree"
      aria-label="DOM"
      tabIndex={0}
      aria-activedescendant={place >= 0 ? `dom-${selected}` : undefined}
      onKeyDown={onKeyDown}
      onMouseLeave={() => player.link()?.post({ kind: 'point', node: selected })}
    >
      <div style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (!row) return null
          const { node, depth, isOpen } = row
          const canOpen = node.nChildren > 0 && node.text === null
          return (
            <div
              key={item.key}
              id={`dom-${node.id}`}
              role="treeitem"
              tabIndex={-1}
              aria-level={depth + 1}
              aria-selected={node.id === selected}
              aria-expanded={canOpen ? isOpen : undefined}
              className={classes.row}
              style={{ transform: `translateY(${item.start}px)`, paddingLeft: depth * INDENT_PX + 4 }}
              onClick={() => onSelect(node.id)}
              onDoubleClick={() => canOpen && void toggle(node.id)}
              onKeyDown={undefined}
              onMouseEnter={() => player.link()?.post({ kind: 'point', node: node.id })}
            >
              {canOpen ? (
                <button
                  type="button"
                  tabIndex={-1}
                  className={classes.fold}
                  data-open={isOpen || undefined}
                  aria-label={isOpen ? 'Fold' : 'Unfold'}
                  onClick={(event) => {
                    event.stopPropagation()
                    void toggle(node.id)
                  }}
                >
                  <IconChevronRight size={12} stroke={2} />
                </button>
              ) : (
                <span className={classes.fold} />
              )}
              <NodeLine node={node} isOpen={isOpen} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function parentPlace(rows: readonly TreeRow[], place: number): number {
  const depth = rows[place]?.depth ?? 0
  for (let n = place - 1; n >= 0; n -= 1) if ((rows[n]?.depth ?? 0) < depth) return n
  return place
}

/** A node as it would be written. All of it is text: what a recorded page says is never markup here. */
export function NodeLine({ node, isOpen }: { node: TreeNode; isOpen: boolean }) {
  switch (node.type) {
    case 'element':
      return (
        <code className={classes.code}>
          <span className={classes.tag}>&lt;{node.name}</span>
          {node.attributes.map(([name, value]) => (
            <span key={name}>
              {' '}
              <span className={classes.attribute}>{name}</span>
              {value !== '' && (
                <>
                  ="<span className={classes.value}>{value}</span>"
                </>
              )}
            </span>
          ))}
          <span className={classes.tag}>&gt;</span>
          {node.text !== null ? (
            <>
              <span data-masked={node.masked || undefined} className={classes.text}>
                {node.text}
              </span>
              <span className={classes.tag}>&lt;/{node.name}&gt;</span>
            </>
          ) : (
            !isOpen && node.nChildren > 0 && <span className={classes.tag}>…&lt;/{node.name}&gt;</span>
          )}
          {node.blocked && <span className={classes.badge}>blocked</span>}
          {node.masked && <span className={classes.badge}>masked</span>}
        </code>
      )
    case 'text':
      return (
        <code className={classes.code}>
          <span className={classes.text} data-masked={node.masked || undefined}>
            {node.name}
          </span>
          {node.masked && <span className={classes.badge}>masked</span>}
        </code>
      )
    case 'comment':
      return <code className={classes.quiet}>&lt;!-- {node.name} --&gt;</code>
    case 'shadow':
      return <code className={classes.quiet}>#shadow-root</code>
    case 'document':
      return <code className={classes.quiet}>#document</code>
    case 'doctype':
      return <code className={classes.quiet}>&lt;!doctype {node.name}&gt;</code>
  }
}
