/** The player of a session, for as long as its screen shows it. */

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { fetchReplayChunk, fetchReplayStyle, replayQuery } from '../api/queries'
import type { Session, TimelineRow } from '../api/types'
import { rowKey } from '../session/search'
import { createLoader } from './loader'
import { createPlayer, type Player, type PlayerState } from './player'

export interface PlayerOf {
  siteParam: string
  session: Session
  rows: readonly TimelineRow[]
  /** Where to begin; the replay's start where it is null. */
  at: number | null
  playing: boolean
}

/** The player, once it is known what there is to play; and how asking for that went. */
export function usePlayer({ siteParam, session, rows, at, playing }: PlayerOf) {
  const query = useQuery(replayQuery(siteParam, session.id))
  const { data: manifest } = query
  const hasReplay = (manifest?.tabs.length ?? 0) > 0
  const [player, setPlayer] = useState<Player | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for a session; what changes later is told to it below.
  useEffect(() => {
    if (!manifest || !hasReplay) return
    const made = createPlayer({
      manifest,
      loader: createLoader({
        fetchChunk: (tab, index) => fetchReplayChunk(siteParam, session.id, tab, index),
        fetchStyle: (hash) => fetchReplayStyle(siteParam, session.id, hash),
      }),
      session,
      at,
      playing,
    })
    setPlayer(made)
    return () => {
      made.stop()
      setPlayer(null)
    }
  }, [siteParam, session.id, hasReplay])

  useEffect(() => {
    if (manifest) player?.setManifest(manifest)
  }, [player, manifest])
  useEffect(() => {
    const errors = rows.filter((row) => row.event && row.category === 'error')
    player?.setRows(
      rows,
      errors.map((row) => ({ at: row.at, key: rowKey(row) })),
    )
  }, [player, rows])

  return { player, query, hasReplay }
}

/** A part of the player's state; drawn anew only when that part is another. */
export function usePlayerState<T>(player: Player, select: (state: PlayerState) => T): T {
  return useSyncExternalStore(player.subscribe, () => select(player.state()))
}

const NEVER = () => () => {}

/** The time of the row that is now, Unix ms: it changes with each row, and not with each frame. */
export function usePlayhead(player: Player | null, rows: readonly TimelineRow[]): number | null {
  return useSyncExternalStore(player?.subscribe ?? NEVER, () => {
    if (!player) return null
    const { at } = player.state().clock
    return lastBy(rows, at)?.at ?? null
  })
}

/** The last row that is not after a moment. Rows are in order of time. */
function lastBy(rows: readonly TimelineRow[], at: number): TimelineRow | undefined {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.at ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return rows[low - 1]
}
