/** The session's screen while it is watched: the player and the timeline, side by side, on one clock. */

import { IconVideoOff } from '@tabler/icons-react'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Session, TimelineRow } from '../api/types'
import type { Playhead } from '../session/Timeline'
import { Button } from '../shell/Button'
import { Failed } from '../shell/Failed'
import { Notice } from '../shell/Notice'
import type { Player } from './player'
import { ReplayView } from './ReplayView'
import { usePlayer, usePlayerState, usePlayhead } from './usePlayer'
import classes from './Watch.module.css'

/** The moment is written to the URL when it has stood still for a while. */
const SETTLED_MS = 300

export interface WatchProps {
  session: Session
  siteParam: string
  rows: readonly TimelineRow[]
  timeZone: string
  /** The moment in the URL, Unix ms. */
  moment: number | null
  /** Whether it begins to play by itself: where somebody asked to watch, and not for a link to a moment. */
  playing: boolean
  onMoment: (at: number) => void
  onClose: () => void
  timeline: (playhead: Playhead | null) => ReactNode
}

export function Watch(props: WatchProps) {
  const { session, siteParam, rows, timeZone, moment, playing, onMoment, onClose, timeline } = props
  // Somebody who asks to watch begins where the replay does, not where the session did.
  const { player, query, hasReplay } = usePlayer({ siteParam, session, rows, at: playing ? null : moment, playing })
  const [jump, setJump] = useState<Playhead['jump']>(null)
  const onOpenRow = useCallback((key: string) => setJump((old) => ({ key, n: (old?.n ?? 0) + 1 })), [])
  const at = usePlayhead(player, rows)
  const onSeek = useCallback((to: number) => player?.seek(to), [player])
  const isPlaying = usePlaying(player)
  return (
    <div className={classes.watch}>
      <div className={classes.player}>
        {player ? (
          <>
            <Moments player={player} moment={moment} onMoment={onMoment} />
            <StopOpens player={player} onOpenRow={onOpenRow} />
            <ReplayView
              player={player}
              session={session}
              siteParam={siteParam}
              rows={rows}
              timeZone={timeZone}
              onClose={onClose}
              onOpenRow={onOpenRow}
            />
          </>
        ) : query.isError ? (
          <Failed
            error={query.error}
            title="The replay could not be read"
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : query.isSuccess && !hasReplay ? (
          <Notice
            title="There is no replay of this session"
            icon={<IconVideoOff size={28} stroke={1.4} />}
            actions={<Button onClick={onClose}>Close</Button>}
          >
            It was not recorded, or its replay is no longer kept. What is recorded, and for how long, is in the site’s
            settings.
          </Notice>
        ) : (
          <div className={classes.skeleton} role="status">
            <span className="visually-hidden">Loading the replay</span>
          </div>
        )}
      </div>
      <div className={classes.timeline}>{timeline(player ? { at, isPlaying, jump, onSeek } : null)}</div>
    </div>
  )
}

function usePlaying(player: Player | null): boolean {
  const [isPlaying, setPlaying] = useState(false)
  useEffect(() => {
    if (!player) return setPlaying(false)
    const look = () => setPlaying(player.state().clock.playing)
    look()
    return player.subscribe(look)
  }, [player])
  return isPlaying
}

/** The URL and the clock, both ways: a moment that is settled is written there, one that comes from there is gone to. */
function Moments({
  player,
  moment,
  onMoment,
}: {
  player: Player
  moment: number | null
  onMoment: (at: number) => void
}) {
  const at = usePlayerState(player, (state) => state.clock.at)
  const playing = usePlayerState(player, (state) => state.clock.playing)
  const latest = useRef(onMoment)
  useEffect(() => {
    latest.current = onMoment
  })
  // As it stands in the URL, to the tenth of a second.
  const written = useRef(moment)
  useEffect(() => {
    if (playing) return
    const timer = window.setTimeout(() => {
      if (Math.abs((written.current ?? Number.NEGATIVE_INFINITY) - at) < 60) return
      written.current = at
      latest.current(at)
    }, SETTLED_MS)
    return () => window.clearTimeout(timer)
  }, [at, playing])
  useEffect(() => {
    if (moment === null || Math.abs(moment - (written.current ?? Number.NEGATIVE_INFINITY)) < 60) return
    written.current = moment
    player.seek(moment)
  }, [player, moment])
  return null
}

/** The error that the player stopped at is opened, with what was going on around it. */
function StopOpens({ player, onOpenRow }: { player: Player; onOpenRow: (key: string) => void }) {
  const stop = usePlayerState(player, (state) => state.clock.stoppedAt)
  useEffect(() => {
    if (stop) onOpenRow(stop.key)
  }, [stop, onOpenRow])
  return null
}
