/** The player on the session's screen: the page of a moment, the bar below it, what steers it, and what is looked into. */

import { useCallback, useEffect, useRef, useState } from 'react'
import type { Session, TimelineRow } from '../api/types'
import { useKeys } from '../shell/keys'
import { Controls } from './Controls'
import { neighbour, otherSpeed } from './clock'
import { Inspector } from './inspect/Inspector'
import { type PanelName, Panels } from './panels/Panels'
import type { Player } from './player'
import classes from './ReplayView.module.css'
import { ScrubBar } from './ScrubBar'
import { Stage } from './Stage'
import { usePlayerState } from './usePlayer'

/** How far an arrow key goes. */
const ARROW_MS = 5000

export interface ReplayViewProps {
  player: Player
  session: Session
  siteParam: string
  rows: readonly TimelineRow[]
  timeZone: string
  onClose: () => void
  /** Opens a row of the timeline. */
  onOpenRow: (key: string) => void
}

export function ReplayView({ player, session, siteParam, rows, timeZone, onClose, onOpenRow }: ReplayViewProps) {
  const [panel, setPanel] = useState<PanelName | null>(null)
  const [picking, setPicking] = useState(false)
  const [selected, setSelected] = useState<number | null>(null)
  const inspect = useCallback(() => {
    player.pause()
    setPanel('dom')
  }, [player])

  const goToNeighbour = (moments: readonly TimelineRow[], by: 1 | -1) => {
    const found = neighbour(moments, player.state().clock.at, by)
    if (found) player.seek(found.at)
    return found
  }
  const events = rows.filter((row) => row.event)
  const errors = events.filter((row) => row.category === 'error')
  const goToError = (by: 1 | -1) => {
    const found = goToNeighbour(errors, by)
    if (!found?.event) return
    player.pause()
    onOpenRow(`${found.event.tab_id}.${found.event.seq}`)
  }
  const step = (by: 1 | -1) => {
    player.pause()
    goToNeighbour(events, by)
  }

  const speed = usePlayerState(player, (state) => state.clock.speed)
  const seekBy = (ms: number) => player.seek(player.state().clock.at + ms)
  const onwards = () => seekBy(ARROW_MS)
  const backwards = () => seekBy(-ARROW_MS)
  const errorBefore = () => goToError(-1)
  const stopPicking = () => setPicking(false)
  const keys = {
    e: () => goToError(1),
    E: errorBefore,
    '.': () => step(1),
    ',': () => step(-1),
    ArrowRight: onwards,
    ArrowLeft: backwards,
    '>': () => player.setSpeed(otherSpeed(speed, 1)),
    '<': () => player.setSpeed(otherSpeed(speed, -1)),
    i: () => (panel === 'dom' ? setPanel(null) : inspect()),
    p: () => {
      inspect()
      setPicking(!picking)
    },
  }
  useKeys(keys)
  useSpace(() => player.toggle())
  const latestKeys = useRef<Record<string, () => void>>(keys)
  useEffect(() => {
    latestKeys.current = { ...keys, ' ': () => player.toggle(), Escape: stopPicking }
  })

  const stage = (
    <Stage
      player={player}
      picking={picking}
      onPicked={(node) => {
        setPicking(false)
        setSelected(node)
        setPanel('dom')
      }}
      onKey={(key) => latestKeys.current[key]?.()}
      isInspecting={panel === 'dom'}
      onInspect={inspect}
      onClose={onClose}
    />
  )
  return (
    <section aria-label="Replay" className={classes.view} data-panel={panel ?? undefined}>
      {stage}
      <ScrubBar player={player} rows={rows} session={session} timeZone={timeZone} onOpenRow={onOpenRow} />
      <Controls
        player={player}
        session={session}
        nErrors={errors.length}
        onError={goToError}
        onStep={step}
        isInspecting={panel === 'dom'}
        onInspect={() => (panel === 'dom' ? setPanel(null) : inspect())}
      />
      <Panels
        player={player}
        session={session}
        siteParam={siteParam}
        rows={rows}
        timeZone={timeZone}
        open={panel}
        onOpen={setPanel}
        onOpenRow={onOpenRow}
        inspector={
          <Inspector
            player={player}
            rows={rows}
            selected={selected}
            onSelect={setSelected}
            picking={picking}
            onPick={setPicking}
          />
        }
      />
    </section>
  )
}

/** Buttons and switches are pressed by the space bar; elsewhere, also on a row of the timeline, it plays and pauses. */
const PRESSED_BY_SPACE =
  'button:not([data-row-toggle]), a[href], select, summary, input:not([type=range]), textarea, [contenteditable=true]'

function useSpace(onSpace: () => void): void {
  const latest = useRef(onSpace)
  useEffect(() => {
    latest.current = onSpace
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (document.querySelector('dialog[open], [role=menu], [role=listbox]')) return
      if (event.target instanceof Element && event.target.closest(PRESSED_BY_SPACE)) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
