import { expect, test, vi } from 'vitest'
import type { ReplayManifest } from '../api/types'
import { aChunk, aManifest, aTab } from '../testing/replays'
import { PAGE, TAB, TEN_O_CLOCK } from '../testing/rows'
import { createLoader } from './loader'
import type { ToFrame } from './messages'
import { createPlayer } from './player'

const at = (seconds: number) => TEN_O_CLOCK + seconds * 1000
const CHUNKS = Array.from({ length: 60 }, (_, n) => aChunk(n, n * 5, n * 5 + 5, { keyframe: n % 6 === 0 }))
const MANIFEST = aManifest([aTab(CHUNKS)])

/** A player whose frames come when a test says so, and whose stage shows at once whatever it is told to. */
function start({ manifest = MANIFEST, playing = false, from = null as number | null, fails = false } = {}) {
  let tick: ((now: number) => void) | null = null
  let now = 0
  const posted: ToFrame[] = []
  const fetched: string[] = []
  const failing = { now: fails }
  const player = createPlayer({
    manifest: manifest as ReplayManifest,
    loader: createLoader({
      fetchChunk: async (tab, index) => {
        if (failing.now) throw new Error('no answer')
        fetched.push(`${tab === TAB ? '' : tab}${index}`)
        return 'records'
      },
      fetchStyle: async () => '',
    }),
    session: { start: at(0), end: at(300) },
    at: from,
    playing,
    frames: {
      request: (callback) => {
        tick = callback
        return 1
      },
      cancel: () => {},
    },
  })
  player.attach({
    post(message) {
      posted.push(message)
      if (message.kind !== 'show') return
      const shown = { tab: message.tab, at: message.at, page: null, nDegraded: 0, nMissingStyles: 0, nFailures: 0 }
      player.take({ kind: 'shown', turn: message.turn, shown })
    },
    ask: () => Promise.reject(new Error('nobody asks')),
    stop() {},
  })
  player.take({ kind: 'ready' })
  const settle = () => vi.waitFor(() => expect(player.state().waiting).toBe(false))
  return {
    player,
    posted,
    fetched,
    failing,
    shows: () => posted.flatMap((one) => (one.kind === 'show' ? [one.at] : [])),
    chunks: () => posted.flatMap((one) => (one.kind === 'chunk' ? [one.index] : [])),
    settle,
    async pass(ms: number) {
      now += ms
      tick?.(now)
      await new Promise((done) => setTimeout(done, 0))
      await settle()
    },
  }
}

test('only what is around the playhead is fetched, and the frame has a keyframe first', async () => {
  const { chunks, fetched, shows, settle } = start({ from: at(152) })
  await settle()
  await vi.waitFor(() => expect(shows()).toEqual([at(152)]))
  expect(chunks()[0]).toBe(30)
  await vi.waitFor(() => expect(fetched).toEqual(['30', '31', '32', '33', '34']))
})

test('a leap backwards gives the frame what it needs again, and lets it drop the rest', async () => {
  const { player, posted, shows, chunks } = start({ from: at(152) })
  await vi.waitFor(() => expect(shows()).toHaveLength(1))
  player.seek(at(31))
  await vi.waitFor(() => expect(shows().at(-1)).toBe(at(31)))
  expect(chunks()).toContain(6)
  player.seek(at(295))
  await vi.waitFor(() => expect(shows().at(-1)).toBe(at(295)))
  expect(posted.filter((one) => one.kind === 'keep').at(-1)).toMatchObject({ first: 54 })
})

test('playing moves with time, and stops at the error by itself', async () => {
  const { player, shows, pass } = start({ from: at(0), playing: true })
  player.setRows([PAGE], [{ at: at(0.3), key: 'tab.3' }])
  await pass(0)
  await pass(100)
  expect(player.state().clock.at).toBe(at(0.1))
  await pass(100)
  await pass(200)
  expect(player.state().clock).toMatchObject({ at: at(0.3), playing: false, stoppedAt: { key: 'tab.3' } })
  expect(shows().at(-1)).toBe(at(0.3))
  player.setPauseAtErrors(false)
  player.seek(at(0.2))
  player.play()
  await pass(10)
  await pass(200)
  expect(player.state().clock.playing).toBe(true)
})

test('the clock waits for a chunk that cannot be read, says why, and goes on when it can', async () => {
  const { player, failing, shows } = start({ from: at(10), playing: true, fails: true })
  await vi.waitFor(() => expect(player.state().failure).toBe('no answer'))
  expect(player.state().clock).toMatchObject({ at: at(10), playing: false })
  failing.now = false
  player.retry()
  await vi.waitFor(() => expect(shows().at(-1)).toBe(at(10)))
  expect(player.state().failure).toBeNull()
})

test('a frame that begins anew is given everything again', async () => {
  const { player, chunks, shows } = start({ from: at(0) })
  await vi.waitFor(() => expect(shows()).toHaveLength(1))
  const before = chunks().length
  player.take({ kind: 'ready' })
  await vi.waitFor(() => expect(shows()).toHaveLength(2))
  expect(chunks().slice(before)).toContain(0)
})

test('a tab that is chosen is shown whatever the person looked at', async () => {
  const second = aTab([aChunk(0, 0, 300)], { tab_id: 'second' })
  const { player, posted } = start({ manifest: aManifest([aTab(CHUNKS), second]), from: at(20) })
  player.pinTab('second')
  await vi.waitFor(() => expect(posted.filter((one) => one.kind === 'show').at(-1)).toMatchObject({ tab: 'second' }))
  expect(player.state().tab?.tab_id).toBe('second')
})
