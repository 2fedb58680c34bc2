/**
 * The frame that shows the page, and what is to be said about what it shows. The page is rebuilt in the frame's own
 * document, whose origin is opaque; see docs/adr/0022-a-replay-is-rebuilt-in-an-opaque-origin.md.
 */

import { IconExclamationCircle, IconPhoto, IconPhotoOff, IconX } from '@tabler/icons-react'
import { type CSSProperties, useEffect, useRef, useState } from 'react'
import { Button } from '../shell/Button'
import { Hint } from '../shell/Definition'
import { connectFrame } from './frameLink'
import { stageNotes } from './notes'
import type { Player } from './player'
import classes from './Stage.module.css'
import { usePlayerState } from './usePlayer'

/** The server's documents for the frame: what it may load is said by the policy each of them comes with. */
const FRAME = '/replay/frame'
const FRAME_WITH_ASSETS = '/replay/frame?assets=remote'

export interface StageProps {
  player: Player
  picking: boolean
  onPicked: (node: number) => void
  onKey: (key: string) => void
  isInspecting: boolean
  onInspect: () => void
  onClose: () => void
}

export function Stage({ player, picking, onPicked, onKey, isInspecting, onInspect, onClose }: StageProps) {
  const [withAssets, setWithAssets] = useState(false)
  const frame = useRef<HTMLIFrameElement>(null)
  const latest = useRef({ onPicked, onKey })
  useEffect(() => {
    latest.current = { onPicked, onKey }
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: with another document the frame is another one.
  useEffect(() => {
    if (!frame.current) return
    player.attach(
      connectFrame({
        frame: frame.current,
        onMessage: (message) => {
          player.take(message)
          if (message.kind === 'picked') latest.current.onPicked(message.node)
          if (message.kind === 'key') latest.current.onKey(message.key)
        },
      }),
    )
    return () => player.detach()
  }, [player, withAssets])

  const size = usePlayerState(player, ({ shown }) => shown?.page && `${shown.page.width} / ${shown.page.height}`)
  const frameReady = usePlayerState(player, (state) => state.frameReady)
  useEffect(() => {
    if (frameReady) player.link()?.post({ kind: 'pick', on: picking })
  }, [player, picking, frameReady])

  return (
    <div className={classes.stage}>
      <Address player={player} withAssets={withAssets} onAssets={setWithAssets} onClose={onClose} />
      <div
        className={classes.screen}
        style={size ? ({ '--page-size': size } as CSSProperties) : undefined}
        data-picking={picking || undefined}
      >
        {/* A document of its own for each policy. */}
        <iframe
          key={String(withAssets)}
          ref={frame}
          className={classes.frame}
          src={withAssets ? FRAME_WITH_ASSETS : FRAME}
          title="The page as it was"
          referrerPolicy="no-referrer"
        />
        <Notes player={player} />
      </div>
      {!isInspecting && <StoppedAt player={player} onInspect={onInspect} />}
    </div>
  )
}

interface AddressProps {
  player: Player
  withAssets: boolean
  onAssets: (on: boolean) => void
  onClose: () => void
}

function Address({ player, withAssets, onAssets, onClose }: AddressProps) {
  const page = usePlayerState(player, (state) => state.shown?.page ?? null)
  return (
    <div className={classes.address}>
      <span className={classes.url} title={page?.href}>
        {page ? withoutScheme(page.href) : ''}
      </span>
      {page && (
        <span className={classes.size}>
          {page.width} × {page.height}
        </span>
      )}
      <Hint
        label={
          withAssets
            ? 'Images and fonts are loaded from where the page had them. Those servers see that somebody looks.'
            : 'Nothing is loaded from elsewhere: images and fonts that are not part of the recording are missing. Turn this on to load them.'
        }
      >
        <button
          type="button"
          className={classes.tool}
          aria-pressed={withAssets}
          aria-label="Load images and fonts from elsewhere"
          onClick={() => onAssets(!withAssets)}
        >
          {withAssets ? <IconPhoto size={16} stroke={1.6} /> : <IconPhotoOff size={16} stroke={1.6} />}
        </button>
      </Hint>
      <button
        type="button"
        className={classes.tool}
        aria-label="Close the replay"
        title="Close the replay (v)"
        onClick={onClose}
      >
        <IconX size={16} stroke={1.6} />
      </button>
    </div>
  )
}

const withoutScheme = (href: string): string => href.replace(/^https?:\/\//, '')

/** What stands between what is shown and what was there. */
function Notes({ player }: { player: Player }) {
  const state = usePlayerState(player, (one) => one)
  const notes = stageNotes(state)
  return (
    <div className={classes.notes} role="status" aria-live="polite">
      {notes.map(({ key, text, tone }) => (
        <p key={key} data-tone={tone}>
          {text}
        </p>
      ))}
      {state.failure && (
        <p data-tone="error">
          A part of the replay could not be read: {state.failure}.
          <Button kind="quiet" onClick={() => player.retry()}>
            Try again
          </Button>
        </p>
      )}
    </div>
  )
}

function StoppedAt({ player, onInspect }: { player: Player; onInspect: () => void }) {
  const stop = usePlayerState(player, (state) => state.clock.stoppedAt)
  if (!stop) return null
  return (
    <div className={classes.stopped} role="status">
      <IconExclamationCircle size={17} stroke={1.8} aria-hidden="true" />
      <span className={classes.stoppedText}>
        <b>Paused at the error.</b> This is the page at that moment.
      </span>
      <Button onClick={onInspect}>Inspect the page</Button>
      <Button kind="primary" onClick={() => player.play()}>
        Go on
      </Button>
    </div>
  )
}
