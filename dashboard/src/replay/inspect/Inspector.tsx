/** The page's DOM at a moment: its tree with search, what is known of one node, and what changed since the event before. */

import { IconChevronDown, IconChevronUp, IconPointer, IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { TimelineRow } from '../../api/types'
import { count } from '../../format/numbers'
import { useDraft } from '../../session/useDraft'
import type { Player } from '../player'
import { usePlayerState } from '../usePlayer'
import { Changes } from './Changes'
import { Details } from './Details'
import classes from './Inspector.module.css'
import { Tree } from './Tree'
import { useTree } from './useTree'

export interface InspectorProps {
  player: Player
  rows: readonly TimelineRow[]
  selected: number | null
  onSelect: (node: number | null) => void
  picking: boolean
  onPick: (on: boolean) => void
}

export function Inspector({ player, rows, selected, onSelect, picking, onPick }: InspectorProps) {
  const tree = useTree(player)
  const [side, setSide] = useState<'node' | 'changes'>('node')
  const page = usePlayerState(player, (state) => state.shown?.page ?? null)
  const { reveal, isStill } = tree

  // A node that is chosen, here or in the page, is brought into view and pointed out.
  const [revealed, setRevealed] = useState<number | null>(null)
  useEffect(() => {
    player.link()?.post({ kind: 'point', node: selected })
    if (selected === null || !isStill) return
    setSide('node')
    let isCurrent = true
    void reveal(selected).then(() => isCurrent && setRevealed(selected))
    return () => {
      isCurrent = false
    }
  }, [player, selected, reveal, isStill])
  // Nothing is pointed out once the inspector is closed.
  useEffect(() => () => player.link()?.post({ kind: 'point', node: null }), [player])

  if (!isStill) return <p className={classes.nothing}>Pause to inspect the page.</p>
  if (!page) return <p className={classes.nothing}>There is no page at this moment.</p>
  return (
    <div className={classes.inspector}>
      <div className={classes.left}>
        <div className={classes.tools}>
          <button
            type="button"
            className={classes.pick}
            aria-pressed={picking}
            title="Pick an element in the page (p)"
            onClick={() => onPick(!picking)}
          >
            <IconPointer size={15} stroke={1.7} aria-hidden="true" />
            {picking ? 'Click in the page' : 'Pick'}
          </button>
          <Search player={player} onFound={onSelect} />
        </div>
        <Tree player={player} tree={tree} selected={selected} revealed={revealed} onSelect={onSelect} />
      </div>
      <div className={classes.right}>
        <div className={classes.sides} role="tablist" aria-label="Of the page">
          {(['node', 'changes'] as const).map((name) => (
            <button key={name} type="button" role="tab" aria-selected={side === name} onClick={() => setSide(name)}>
              {name === 'node' ? 'Element' : 'Changed'}
            </button>
          ))}
        </div>
        <div className={classes.side}>
          {side === 'node' ? (
            <Details player={player} selected={selected} onSelect={onSelect} />
          ) : (
            <Changes player={player} rows={rows} onSelect={onSelect} />
          )}
        </div>
      </div>
    </div>
  )
}

function Search({ player, onFound }: { player: Player; onFound: (node: number) => void }) {
  const [text, setText] = useState('')
  const [found, setFound] = useState<{ nodes: number[]; more: boolean } | null>(null)
  const [place, setPlace] = useState(0)
  const shown = usePlayerState(player, (state) => state.shown)
  const [draft, setDraft] = useDraft(text, setText)
  const latest = useRef(onFound)
  useEffect(() => {
    latest.current = onFound
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: searched again in each moment's page.
  useEffect(() => {
    if (text.trim() === '') return setFound(null)
    let isCurrent = true
    void player
      .link()
      ?.ask({ of: 'search', text })
      .then((answer) => {
        if (!isCurrent) return
        setFound(answer)
        setPlace(0)
        const [first] = answer.nodes
        if (first !== undefined) latest.current(first)
      })
      .catch(() => setFound(null))
    return () => {
      isCurrent = false
    }
  }, [player, text, shown])
  const go = (by: 1 | -1) => {
    if (!found || found.nodes.length === 0) return
    const next = (place + by + found.nodes.length) % found.nodes.length
    setPlace(next)
    const node = found.nodes[next]
    if (node !== undefined) onFound(node)
  }
  return (
    <label className={classes.search}>
      <IconSearch size={14} stroke={1.7} aria-hidden="true" />
      <span className="visually-hidden">Find in the DOM</span>
      <input
        value={draft}
        placeholder="Text, attribute or selector"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') {
            event.preventDefault()
            if (draft) setDraft('')
            else event.currentTarget.blur()
          }
        }}
      />
      {found && (
        <>
          <span className={classes.found} aria-live="polite">
            {found.nodes.length === 0
              ? 'none'
              : `${count(place + 1)} of ${count(found.nodes.length)}${found.more ? '+' : ''}`}
          </span>
          <button type="button" aria-label="The one before" onClick={() => go(-1)}>
            <IconChevronUp size={14} stroke={1.8} />
          </button>
          <button type="button" aria-label="The next one" onClick={() => go(1)}>
            <IconChevronDown size={14} stroke={1.8} />
          </button>
        </>
      )}
    </label>
  )
}
