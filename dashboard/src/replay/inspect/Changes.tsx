/** What changed in the page since the event before, as the records tell it. */

import { useEffect, useState } from 'react'
import type { TimelineRow } from '../../api/types'
import { latency } from '../../format/durations'
import { neighbour } from '../clock'
import type { Change } from '../messages'
import type { Player } from '../player'
import { usePlayerState } from '../usePlayer'
import classes from './Inspector.module.css'

export interface ChangesProps {
  player: Player
  rows: readonly TimelineRow[]
  onSelect: (node: number) => void
}

const KIND: Record<Change['kind'], string> = {
  added: 'Added',
  removed: 'Removed',
  attribute: 'Attribute',
  text: 'Text',
  value: 'Value',
  page: 'Page',
}

export function Changes({ player, rows, onSelect }: ChangesProps) {
  const shown = usePlayerState(player, (state) => state.shown)
  const [found, setFound] = useState<{ changes: Change[]; more: boolean } | null>(null)
  const before = shown
    ? neighbour(
        rows.filter((row) => row.event),
        shown.at,
        -1,
      )
    : null
  const from = before?.at ?? null
  useEffect(() => {
    if (!shown || from === null) return setFound({ changes: [], more: false })
    let isCurrent = true
    void player
      .link()
      ?.ask({ of: 'changes', from, to: shown.at })
      .then((answer) => isCurrent && setFound(answer))
      .catch(() => isCurrent && setFound(null))
    return () => {
      isCurrent = false
    }
  }, [player, shown, from])
  if (!found || !shown) return null
  return (
    <div className={classes.changes}>
      <p className={classes.since}>
        {before ? (
          <>
            Since <b>{before.line}</b>, {latency(shown.at - before.at)} before
          </>
        ) : (
          'No event came before'
        )}
        {found.more && '; the latest of many'}
      </p>
      {found.changes.length === 0 && <p className={classes.nothing}>Nothing in the page changed.</p>}
      <ol>
        {found.changes.map((change, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: changes have no names, and the list is drawn as a whole.
          <li key={index} data-kind={change.kind}>
            <button
              type="button"
              disabled={change.node === null}
              onClick={() => change.node !== null && onSelect(change.node)}
            >
              <span>{KIND[change.kind]}</span>
              <code>{change.what}</code>
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}
