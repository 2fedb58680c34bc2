/** What is drawn over the page: the node that is pointed out, parts that are told by structure only; and the picking. */

import type { FromFrame } from '../../messages'
import type { Stage } from '../stage'

export interface Overlay {
  draw(): void
  pick(on: boolean): void
  point(node: number | null): void
}

export interface OverlayOptions {
  stage: Stage
  root: HTMLElement
  tell: (message: FromFrame) => void
}

export function createOverlay({ stage, root, tell }: OverlayOptions): Overlay {
  const layer = document.createElement('div')
  layer.className = 'overlay'
  root.append(layer)
  let pointed: number | null = null
  let picking = false

  /** Scale of the page on the stage, and where it begins. */
  const placing = () => {
    const { left, top, width } = stage.wrapper.getBoundingClientRect()
    const scale = stage.wrapper.offsetWidth > 0 ? width / stage.wrapper.offsetWidth : 1
    return { left, top, scale }
  }

  const boxFor = (id: number, className: string, text: string) => {
    const element = elementAt(stage, id)
    if (!element) return
    const { left, top, scale } = placing()
    const rect = rectInPage(element)
    const box = document.createElement('div')
    box.className = className
    Object.assign(box.style, {
      left: `${left + rect.left * scale}px`,
      top: `${top + rect.top * scale}px`,
      width: `${rect.width * scale}px`,
      height: `${rect.height * scale}px`,
    })
    if (top + rect.top * scale < 20) box.classList.add('low')
    const label = document.createElement('span')
    label.textContent = text
    box.append(label)
    layer.append(box)
  }

  const draw = () => {
    layer.textContent = ''
    for (const id of stage.degraded()) boxFor(id, 'degraded', 'Structure only')
    if (pointed === null) return
    const element = elementAt(stage, pointed)
    if (!element) return
    const { width, height } = element.getBoundingClientRect()
    boxFor(pointed, 'pointed', `${element.localName.slice(0, 40)}  ${Math.round(width)} × ${Math.round(height)}`)
  }

  /** The node at a place of the frame, through shadow roots and frames. */
  const nodeAt = (x: number, y: number): number | null => {
    const { left, top, scale } = placing()
    let root: Document | ShadowRoot | null = stage.document()
    let place = { x: (x - left) / scale, y: (y - top) / scale }
    let found: Element | null = null
    while (root) {
      const element: Element | null = root.elementFromPoint(place.x, place.y)
      if (!element || element === found) break
      found = element
      const inner: Document | null =
        element.localName === 'iframe' ? (element as HTMLIFrameElement).contentDocument : null
      if (inner) {
        const rect = element.getBoundingClientRect()
        place = { x: place.x - rect.left, y: place.y - rect.top }
      }
      root = inner ?? element.shadowRoot
    }
    // What the player itself has put in is no part of the page.
    for (let node: Node | null = found; node; node = node.parentNode) {
      const id = stage.idOf(node)
      if (id > 0) return id
    }
    return null
  }

  layer.addEventListener('mousemove', ({ clientX, clientY }) => {
    const node = nodeAt(clientX, clientY)
    if (node === pointed) return
    pointed = node
    draw()
    tell({ kind: 'pointed', node })
  })
  layer.addEventListener('click', ({ clientX, clientY }) => {
    const node = nodeAt(clientX, clientY)
    if (picking && node !== null) tell({ kind: 'picked', node })
  })

  return {
    draw,
    pick(on) {
      picking = on
      layer.classList.toggle('picking', on)
    },
    point(node) {
      pointed = node
      draw()
    },
  }
}

function elementAt(stage: Stage, id: number): Element | null {
  const node = stage.node(id)
  if (!node) return null
  return node.nodeType === 1 ? (node as Element) : node.parentElement
}

/** Box of an element in the page's own coordinates, also where it is in a frame of the page. */
export function rectInPage(element: Element): { left: number; top: number; width: number; height: number } {
  const { left, top, width, height } = element.getBoundingClientRect()
  const holder = element.ownerDocument.defaultView?.frameElement
  // The page itself is in a frame too; the page's own coordinates end there.
  if (!holder || holder.parentElement?.classList.contains('replayer-wrapper')) return { left, top, width, height }
  const outer = rectInPage(holder)
  return { left: outer.left + left, top: outer.top + top, width, height }
}
