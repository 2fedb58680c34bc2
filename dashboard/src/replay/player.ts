/**
 * The player: a clock, the chunks around it, and the frame that shows its moment. The clock stands still while a chunk is
 * fetched or the frame is at work, so nothing is skipped unseen. It knows nothing of React; who draws it subscribes.
 */

import { failureDetail } from '../api/client'
import type { ReplayChunk, ReplayManifest, ReplayTab, TimelineRow } from '../api/types'
import { advance, type Clock, type Course, pause, play, type Speed, type Stop, seek } from './clock'
import type { FrameLink } from './frameLink'
import { idleSpans } from './inactivity'
import { type Loader, stylesIn } from './loader'
import { AHEAD_MS, chunksFor, type Lack, lackAt, type Span, tabAt, tabTurns, unrecordedSpans } from './manifest'
import type { FromFrame, Shown } from './messages'

export interface PlayerState {
  clock: Clock
  whole: Span
  tabs: readonly ReplayTab[]
  tab: ReplayTab | null
  /** The tab that is shown whatever the person looked at; nothing to follow the person. */
  pinnedTab: string | null
  /** What is missing of the moment. */
  lack: Lack | null
  shown: Shown | null
  /** A chunk is awaited. */
  waiting: boolean
  /** A chunk could not be read. */
  failure: string | null
  skipIdle: boolean
  pauseAtErrors: boolean
  idle: Span[]
  unrecorded: Span[]
  frameReady: boolean
}

export interface Player {
  state(): PlayerState
  subscribe(listener: () => void): () => void
  play(): void
  pause(): void
  toggle(): void
  seek(at: number): void
  setSpeed(speed: Speed): void
  setSkipIdle(on: boolean): void
  setPauseAtErrors(on: boolean): void
  pinTab(tab: string | null): void
  retry(): void
  /** What is known of the session; it may grow. */
  setRows(rows: readonly TimelineRow[], stops: readonly Stop[]): void
  setManifest(manifest: ReplayManifest): void
  attach(link: FrameLink): void
  detach(): void
  take(message: FromFrame): void
  link(): FrameLink | null
  stop(): void
}

export interface PlayerOptions {
  manifest: ReplayManifest
  loader: Loader
  /** The session's own time, which the replay may begin after and end before. */
  session: Span
  at: number | null
  playing: boolean
  /** Of the browser by default. */
  frames?: { request: (callback: (now: number) => void) => number; cancel: (id: number) => void }
}

/** A frame that took longer was asleep: the window was hidden. */
const MAX_STEP_MS = 250

export function createPlayer({ manifest, loader, session, at, playing, frames = ofBrowser }: PlayerOptions): Player {
  const listeners = new Set<() => void>()
  const interactions = new Map<string, number[]>()
  let rows: readonly TimelineRow[] = []
  let stops: readonly Stop[] = []
  let turns: { at: number; tab: string }[] = []
  let link: FrameLink | null = null
  let stopped = false

  const wholeOf = (): Span => ({
    start: Math.min(session.start, manifest.start ?? session.start),
    end: Math.max(session.end, manifest.end ?? session.end),
  })
  const whole = wholeOf()
  let state: PlayerState = {
    clock: { at: clamp(at ?? manifest.start ?? whole.start, whole), playing, speed: 1, stoppedAt: null },
    whole,
    tabs: manifest.tabs,
    tab: null,
    pinnedTab: null,
    lack: null,
    shown: null,
    waiting: false,
    failure: null,
    skipIdle: true,
    pauseAtErrors: true,
    idle: [],
    unrecorded: unrecordedSpans(manifest, whole),
    frameReady: false,
  }
  const change = (part: Partial<PlayerState>) => {
    state = { ...state, ...part }
    for (const listener of listeners) listener()
  }

  // What the frame holds, and what it has been told to show.
  let heldTab: string | null = null
  let held = new Set<number>()
  let styles = new Set<string>()
  let turn = 0
  let turnShown = 0

  const course = (): Course => ({
    whole: state.whole,
    stops: state.pauseAtErrors ? stops : [],
    leaps: [...(state.skipIdle ? state.idle : []), ...state.unrecorded].sort((a, b) => a.start - b.start),
  })

  const measureIdle = () => {
    change({ idle: idleSpans({ whole: state.whole, rows, interactions: [...interactions.values()].flat() }) })
  }

  /** Gives a chunk to the frame, with the style sheets that it speaks of. */
  const give = async (tab: string, chunk: ReplayChunk): Promise<void> => {
    const text = await loader.chunk(tab, chunk.index)
    const missing = stylesIn(text).filter((hash) => !chunk.styles.includes(hash) && !styles.has(hash))
    for (const hash of missing.filter((one) => manifest.styles.includes(one))) {
      const css = await loader.style(hash)
      if (!link || styles.has(hash)) continue
      styles.add(hash)
      link.post({ kind: 'style', hash, css })
    }
    if (!link || heldTab !== tab || held.has(chunk.index)) return
    for (const hash of chunk.styles) styles.add(hash)
    held.add(chunk.index)
    link.post({ kind: 'chunk', tab, index: chunk.index, skewMs: chunk.clock_skew_ms, text })
  }

  let presenting: Promise<void> | null = null
  let again = false
  /** Brings the frame to the clock's moment; one at a time, the newest moment last. */
  const present = () => {
    if (presenting) {
      again = true
      return
    }
    presenting = presentOnce()
      .catch((error: unknown) => {
        change({ failure: failureDetail(error).message, waiting: false, clock: pause(state.clock) })
      })
      .finally(() => {
        presenting = null
        if (again && !stopped) {
          again = false
          present()
        }
      })
  }

  const presentOnce = async (): Promise<void> => {
    const { clock, pinnedTab } = state
    const pinned = manifest.tabs.find(({ tab_id }) => tab_id === pinnedTab)
    const tab = pinned ?? tabAt(manifest, turns, clock.at)
    const lack = tab ? lackAt(tab, clock.at) : null
    if (tab !== state.tab || lack?.what !== state.lack?.what) change({ tab, lack })
    if (!tab || !link) return
    if (heldTab !== tab.tab_id) {
      heldTab = tab.tab_id
      held = new Set()
    }
    const needed = chunksFor(tab, clock.at)
    const absent = needed.filter(({ index }) => !held.has(index))
    if (absent.some(({ index }) => !loader.has(tab.tab_id, index))) change({ waiting: true })
    for (const chunk of absent) await give(tab.tab_id, chunk)
    if (state.waiting || state.failure) change({ waiting: false, failure: null })
    if (!link || heldTab !== tab.tab_id) return
    turn += 1
    link.post({ kind: 'show', turn, tab: tab.tab_id, at: clock.at })
    const first = needed[0]?.index
    if (first !== undefined && [...held].some((index) => index < first)) {
      held = new Set([...held].filter((index) => index >= first))
      link.post({ kind: 'keep', tab: tab.tab_id, first })
    }
    void fetchAhead(tab, clock)
  }

  const fetchAhead = async (tab: ReplayTab, { at: now, speed }: Clock) => {
    try {
      for (const chunk of chunksFor(tab, now, now + AHEAD_MS * Math.max(1, speed))) {
        if (heldTab !== tab.tab_id || stopped) return
        if (!held.has(chunk.index)) await give(tab.tab_id, chunk)
      }
    } catch {
      // It is asked for again when it is needed, and then its failure is told.
    }
  }

  let frame = 0
  let before: number | null = null
  const tick = (now: number) => {
    frame = frames.request(tick)
    const passed = before === null ? 0 : Math.min(MAX_STEP_MS, now - before)
    before = now
    const { clock } = state
    if (!clock.playing || state.waiting || presenting || turnShown < turn || !state.frameReady) return
    change({ clock: advance(clock, passed, course()) })
    present()
  }

  const player: Player = {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    play() {
      change({ clock: play(state.clock, state.whole) })
    },
    pause() {
      change({ clock: pause(state.clock) })
    },
    toggle() {
      if (state.clock.playing) player.pause()
      else player.play()
    },
    seek(to) {
      change({ clock: seek(state.clock, to, state.whole) })
      present()
    },
    setSpeed(speed) {
      change({ clock: { ...state.clock, speed } })
    },
    setSkipIdle: (skipIdle) => change({ skipIdle }),
    setPauseAtErrors: (pauseAtErrors) => change({ pauseAtErrors }),
    pinTab(pinnedTab) {
      change({ pinnedTab })
      present()
    },
    retry() {
      change({ failure: null })
      present()
    },
    setRows(nextRows, nextStops) {
      rows = nextRows
      stops = nextStops
      turns = tabTurns(manifest, rows)
      measureIdle()
      present()
    },
    setManifest(next) {
      manifest = next
      const grown = wholeOf()
      turns = tabTurns(manifest, rows)
      change({ whole: grown, tabs: manifest.tabs, unrecorded: unrecordedSpans(manifest, grown) })
      measureIdle()
    },
    attach(next) {
      link = next
    },
    detach() {
      link?.stop()
      link = null
      heldTab = null
      turnShown = turn
      change({ frameReady: false, shown: null })
    },
    take(message) {
      switch (message.kind) {
        case 'ready':
          // A frame that begins anew holds nothing.
          heldTab = null
          held = new Set()
          styles = new Set()
          turnShown = turn
          change({ frameReady: true })
          return present()
        case 'shown':
          turnShown = Math.max(turnShown, message.turn)
          if (message.turn === turn) change({ shown: message.shown })
          return
        case 'activity': {
          const key = `${message.tab}.${message.index}`
          if (interactions.has(key)) return
          interactions.set(key, message.times)
          return measureIdle()
        }
        case 'answer':
        case 'picked':
        case 'pointed':
        case 'key':
          return
      }
    },
    link: () => link,
    stop() {
      stopped = true
      frames.cancel(frame)
      player.detach()
      listeners.clear()
    },
  }
  frame = frames.request(tick)
  return player
}

const ofBrowser = {
  request: (callback: (now: number) => void) => requestAnimationFrame(callback),
  cancel: (id: number) => cancelAnimationFrame(id),
}

const clamp = (at: number, { start, end }: Span): number => Math.min(end, Math.max(start, at))
