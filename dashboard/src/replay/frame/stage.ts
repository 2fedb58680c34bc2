/**
 * Shows the page of a moment. It holds rrweb's player, which knows how to build a page from records, and gives it one
 * record after the other: the player's own clock needs all records of a replay at once, and its list of them only grows.
 */

import { Replayer } from '@rrweb/replay'
import type { Shown } from '../messages'
import {
  ADOPTED_STYLES,
  CUSTOM,
  type Fields,
  FONT,
  FULL_SNAPSHOT,
  fieldsOf,
  INCREMENTAL,
  INPUT,
  listOf,
  META,
  MUTATION,
  numberOf,
  type PlayedRecord,
  SCROLL,
  SELECTION,
  STYLE_DECLARATION,
  STYLE_SHEET_RULE,
  toBePlayed,
  VIEWPORT_RESIZE,
} from '../records'
import type { Holdings, Place } from './holdings'
import { createPointer } from './pointer'
import { scrubRecord } from './scrub'

/** Records that say how the page looks. Those of where somebody pointed are played by `pointer.ts`; none plays media. */
const PLAYED_SOURCES: readonly unknown[] = [
  MUTATION,
  SCROLL,
  VIEWPORT_RESIZE,
  INPUT,
  STYLE_SHEET_RULE,
  FONT,
  STYLE_DECLARATION,
  SELECTION,
  ADOPTED_STYLES,
]
/** A step of this length at most is shown as it happens; a longer one is a jump. */
const STEP_MS = 2000
/** Keyframes after which rrweb's cache of style sheets is emptied. */
const CACHED_KEYFRAMES = 20

export interface Stage {
  show(tab: string, at: number): Shown
  document(): Document | null
  window(): (Window & typeof globalThis) | null
  node(id: number): Node | null
  idOf(node: Node | null): number
  /** The recorded form of a node, as far as it is known. */
  recorded(node: Node): Record<string, unknown> | null
  /** Box of the page within the frame, and how much it is scaled. */
  wrapper: HTMLElement
  /** Parts that are told by their structure only. */
  degraded(): ReadonlySet<number>
  /** Fits the page into the frame. */
  rescale(): void
}

export interface StageOptions {
  holdings: Holdings
  root: HTMLElement
  /** Called when something on the stage may look different. */
  onShown: () => void
}

export function createStage({ holdings, root, onShown }: StageOptions): Stage {
  const first = { type: META, timestamp: 0, data: { href: '', width: 0, height: 0 } }
  const replayer = new Replayer([first as never], {
    root,
    liveMode: true,
    useVirtualDom: false,
    UNSAFE_replayCanvas: false,
    triggerFocus: false,
    mouseTail: false,
    showWarning: false,
    pauseAnimation: false,
    insertStyleRules: [
      '::highlight(footpath-masked) { color: transparent; text-decoration: line-through 0.62em rgb(128 128 128 / 40%) }',
    ],
  })
  // One record at a time is what this function is for; the package's types hide it.
  const playOne = replayer['getCastFn'].bind(replayer)
  const mirror = replayer.getMirror()
  const pointer = createPointer({ replayer, holdings })

  let tab: string | null = null
  let shownAt = Number.NEGATIVE_INFINITY
  let next: Place | null = null
  let page: Shown['page'] = null
  let degraded = new Set<number>()
  let nMissingStyles = 0
  let nFailures = 0
  let nKeyframes = 0

  const tagOf = (id: number) => mirror.getNode(id)?.nodeName.toLowerCase() ?? ''

  const play = (record: PlayedRecord) => {
    const { type, data } = record
    if (type === META) {
      page = { href: String(data.href ?? ''), width: numberOf(data.width), height: numberOf(data.height) }
    } else if (type === CUSTOM) {
      return playOwn(record)
    } else if (type === FULL_SNAPSHOT) {
      degraded = new Set()
      nMissingStyles = 0
      if (++nKeyframes % CACHED_KEYFRAMES === 0) replayer.resetCache()
      // Style sheets that scripts put on a document outlive its content; what this page had of them is told after it.
      const { contentDocument } = replayer.iframe
      if (contentDocument) contentDocument.adoptedStyleSheets = []
    } else if (type !== INCREMENTAL || !PLAYED_SOURCES.includes(data.source)) {
      return
    }
    const one = toBePlayed(record)
    nMissingStyles += holdings.withStyles(one)
    if (!scrubRecord(one, tagOf)) return
    if (data.source === VIEWPORT_RESIZE && page) {
      page = { ...page, width: numberOf(data.width), height: numberOf(data.height) }
    }
    if (data.isAttachIframe === true) forgetFrames(data)
    // As a jump: without waiting for style sheets, and without smooth scrolling.
    const isJump = type === FULL_SNAPSHOT || data.source === SCROLL
    playOne(one as never, isJump)()
    // Animations go on: one that is stopped at its first moment would hide what it shows.
    if (type === FULL_SNAPSHOT) replayer.iframe.contentDocument?.documentElement?.classList.remove('rrweb-paused')
  }

  /** A frame's document may be told twice, first while it is still empty; rrweb leaves one that it knows as it is. */
  const forgetFrames = (data: Fields) => {
    for (const add of listOf(data.adds)) {
      const known = mirror.getNode(numberOf(fieldsOf(fieldsOf(add).node).id, -1))
      if (known) mirror.removeNodeFromMap(known)
    }
  }

  const playOwn = ({ data }: PlayedRecord) => {
    const payload = fieldsOf(data.payload)
    if (data.tag === 'fp.degraded') degraded.add(numberOf(payload.id, -1))
    else if (data.tag === 'fp.recovered') degraded = new Set()
    else if (data.tag === 'fp.canvas') showCanvas(payload)
  }

  const showCanvas = ({ id, image }: Record<string, unknown>) => {
    const canvas = mirror.getNode(numberOf(id, -1))
    if (canvas?.nodeName !== 'CANVAS' || typeof image !== 'string') return
    if (!/^data:image\/(webp|png);base64,[\w+/=]+$/.test(image)) return
    // Where no scripts run, a canvas is drawn as what is in it: a box, which may have a background.
    const { style, width, height } = canvas as HTMLCanvasElement
    style.setProperty('background', `url("${image}") 0 0 / 100% 100% no-repeat`)
    if (!style.display) style.setProperty('display', 'inline-block')
    if (!style.width) style.setProperty('width', `${width}px`)
    if (!style.height) style.setProperty('height', `${height}px`)
  }

  const rescale = () => {
    const { width, height } = page ?? { width: 0, height: 0 }
    if (width <= 0 || height <= 0) return
    const scale = Math.min(1, root.clientWidth / width, root.clientHeight / height)
    const { style } = replayer.wrapper
    style.width = `${width}px`
    style.height = `${height}px`
    style.left = `${Math.max(0, (root.clientWidth - width * scale) / 2)}px`
    style.top = `${Math.max(0, (root.clientHeight - height * scale) / 2)}px`
    style.transform = `scale(${scale})`
    replayer.iframe.setAttribute('width', String(width))
    replayer.iframe.setAttribute('height', String(height))
  }

  return {
    wrapper: replayer.wrapper,
    document: () => replayer.iframe.contentDocument,
    window: () => replayer.iframe.contentWindow as (Window & typeof globalThis) | null,
    node: (id) => mirror.getNode(id),
    idOf: (node) => (node ? mirror.getId(node as never) : -1),
    recorded: (node) => mirror.getMeta(node as never) as Record<string, unknown> | null,
    degraded: () => degraded,
    rescale,
    show(nextTab, at) {
      const keyframe = holdings.tab === nextTab ? holdings.keyframeBefore(at) : null
      const goesOn = tab === nextTab && at >= shownAt && next !== null && keyframe !== null && !isBefore(next, keyframe)
      const before = shownAt
      if (keyframe === null) {
        page = null
        next = null
      } else {
        const { records, next: following } = holdings.between(goesOn && next ? next : keyframe, at)
        for (const record of records) {
          try {
            play(record)
          } catch {
            // What one record does wrong is its own matter; how many there were is told.
            nFailures += 1
          }
        }
        next = following
      }
      tab = nextTab
      shownAt = at
      replayer.wrapper.style.visibility = page ? 'visible' : 'hidden'
      rescale()
      pointer.show(at, goesOn && at - before <= STEP_MS ? before : null)
      onShown()
      return {
        tab: nextTab,
        at,
        page,
        nDegraded: degraded.size,
        nMissingStyles,
        nFailures: nFailures + holdings.nUnreadable(),
      }
    },
  }
}

const isBefore = (a: Place, b: Place): boolean => a.index < b.index || (a.index === b.index && a.record < b.record)
