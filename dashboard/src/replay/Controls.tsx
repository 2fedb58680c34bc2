/** What steers the player: play and pause, errors, steps, speed, what it does by itself; and what is taken along. */

import { Menu, Switch } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import {
  IconCamera,
  IconCheck,
  IconChevronDown,
  IconChevronsLeft,
  IconChevronsRight,
  IconCode,
  IconExclamationCircle,
  IconLink,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { Session } from '../api/types'
import { momentParam } from '../session/search'
import menu from '../shell/Menu.module.css'
import classes from './Controls.module.css'
import { SPEEDS } from './clock'
import type { Player } from './player'
import { usePlayerState } from './usePlayer'

export interface ControlsProps {
  player: Player
  session: Session
  nErrors: number
  onError: (by: 1 | -1) => void
  onStep: (by: 1 | -1) => void
  isInspecting: boolean
  onInspect: () => void
}

export function Controls({ player, session, nErrors, onError, onStep, isInspecting, onInspect }: ControlsProps) {
  const playing = usePlayerState(player, (state) => state.clock.playing)
  return (
    <div className={classes.controls}>
      <button
        type="button"
        className={classes.play}
        aria-label={playing ? 'Pause' : 'Play'}
        title={playing ? 'Pause (space)' : 'Play (space)'}
        onClick={() => player.toggle()}
      >
        {playing ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
      </button>
      <Time player={player} session={session} />
      <div className={classes.group}>
        <button
          type="button"
          className={classes.tool}
          aria-label="Event before"
          title="Event before (,)"
          onClick={() => onStep(-1)}
        >
          <IconChevronsLeft size={17} stroke={1.7} />
        </button>
        <button
          type="button"
          className={classes.tool}
          aria-label="Next event"
          title="Next event (.)"
          onClick={() => onStep(1)}
        >
          <IconChevronsRight size={17} stroke={1.7} />
        </button>
        {nErrors > 0 && (
          <button
            type="button"
            className={classes.error}
            title="Next error (e); the one before (E)"
            onClick={() => onError(1)}
          >
            <IconExclamationCircle size={15} stroke={1.8} aria-hidden="true" />
            Next error
          </button>
        )}
      </div>
      <div className={classes.space} />
      <SpeedMenu player={player} />
      <Behaviour player={player} />
      <TabMenu player={player} />
      <div className={classes.group}>
        <CopyLink player={player} session={session} />
        <TakePicture player={player} session={session} />
        <button
          type="button"
          className={classes.tool}
          aria-pressed={isInspecting}
          aria-label="Inspect the page"
          title="Inspect the page (i)"
          onClick={onInspect}
        >
          <IconCode size={17} stroke={1.7} />
        </button>
      </div>
    </div>
  )
}

/** `1:35`; `1:04:05` from an hour on. */
export function playTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

function Time({ player, session }: { player: Player; session: Session }) {
  const at = usePlayerState(player, (state) => playTime(state.clock.at - session.start))
  const end = usePlayerState(player, (state) => playTime(state.whole.end - session.start))
  return (
    <span className={classes.time}>
      <b>{at}</b> / {end}
    </span>
  )
}

function SpeedMenu({ player }: { player: Player }) {
  const speed = usePlayerState(player, (state) => state.clock.speed)
  return (
    <Menu position="top-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <button type="button" className={classes.choice} aria-label={`Speed: ${speed} ×`} title="Speed (< and >)">
          {speed}×
          <IconChevronDown size={13} stroke={1.8} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Speed</Menu.Label>
        {SPEEDS.map((one) => (
          <Menu.Item
            key={one}
            role="menuitemradio"
            aria-checked={one === speed}
            rightSection={one === speed ? <IconCheck size={15} stroke={1.8} /> : null}
            onClick={() => player.setSpeed(one)}
          >
            {one}×
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Behaviour({ player }: { player: Player }) {
  const skipIdle = usePlayerState(player, (state) => state.skipIdle)
  const pauseAtErrors = usePlayerState(player, (state) => state.pauseAtErrors)
  return (
    <div className={classes.switches}>
      <Switch
        size="xs"
        label="Skip inactivity"
        checked={skipIdle}
        onChange={(event) => player.setSkipIdle(event.currentTarget.checked)}
      />
      <Switch
        size="xs"
        label="Pause at errors"
        checked={pauseAtErrors}
        onChange={(event) => player.setPauseAtErrors(event.currentTarget.checked)}
      />
    </div>
  )
}

/** Which tab is shown, where there are several. */
function TabMenu({ player }: { player: Player }) {
  const tabs = usePlayerState(player, (state) => state.tabs)
  const shown = usePlayerState(player, (state) => state.tab?.tab_id ?? null)
  const pinned = usePlayerState(player, (state) => state.pinnedTab)
  if (tabs.length < 2) return null
  const number = tabs.findIndex(({ tab_id }) => tab_id === shown) + 1
  return (
    <Menu position="top-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <button type="button" className={classes.choice} aria-label={`Tab ${number} of ${tabs.length}`}>
          Tab {number}
          <IconChevronDown size={13} stroke={1.8} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Tab shown</Menu.Label>
        <Menu.Item
          role="menuitemradio"
          aria-checked={pinned === null}
          rightSection={pinned === null ? <IconCheck size={15} stroke={1.8} /> : null}
          onClick={() => player.pinTab(null)}
        >
          The one being looked at
        </Menu.Item>
        {tabs.map(({ tab_id }, index) => (
          <Menu.Item
            key={tab_id}
            role="menuitemradio"
            aria-checked={pinned === tab_id}
            rightSection={pinned === tab_id ? <IconCheck size={15} stroke={1.8} /> : null}
            onClick={() => player.pinTab(tab_id)}
          >
            Tab {index + 1}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function CopyLink({ player, session }: { player: Player; session: Session }) {
  const clipboard = useClipboard({ timeout: 1600 })
  return (
    <button
      type="button"
      className={classes.tool}
      aria-label="Copy a link to this moment"
      title={clipboard.copied ? 'Copied' : 'Copy a link to this moment'}
      onClick={() => {
        const url = new URL(window.location.href)
        url.searchParams.set('at', momentParam(player.state().clock.at, session.start))
        clipboard.copy(url.href)
      }}
    >
      {clipboard.copied ? <IconCheck size={17} stroke={1.8} /> : <IconLink size={17} stroke={1.7} />}
      <span className="visually-hidden" aria-live="polite">
        {clipboard.copied ? 'Copied' : ''}
      </span>
    </button>
  )
}

/** A picture of the page, saved as a file. */
function TakePicture({ player, session }: { player: Player; session: Session }) {
  const [failed, setFailed] = useState(false)
  const take = async () => {
    player.pause()
    const picture = await player
      .link()
      ?.ask({ of: 'picture' })
      .catch(() => null)
    setFailed(!picture)
    if (!picture) return
    const url = URL.createObjectURL(new Blob([picture.bytes], { type: 'image/png' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `footpath-${session.id}-${momentParam(player.state().clock.at, session.start)}s.png`
    link.click()
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
  return (
    <button
      type="button"
      className={classes.tool}
      data-failed={failed || undefined}
      aria-label="Save a picture of the page"
      title={failed ? 'This page cannot be drawn as a picture' : 'Save a picture of the page'}
      onClick={() => void take()}
    >
      <IconCamera size={17} stroke={1.7} />
    </button>
  )
}
