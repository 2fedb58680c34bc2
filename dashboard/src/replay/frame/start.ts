/** The frame at work: takes the dashboard's messages, shows what it is told to, answers what it is asked. */

import type { FromFrame, ToFrame } from '../messages'
import styles from './frame.css?inline'
import { createHoldings } from './holdings'
import { createInspector } from './inspect/inspector'
import { createOverlay } from './inspect/overlay'
import { markMasked } from './masked'
import { createStage } from './stage'

/** `dashboard` is the origin of the page that holds the frame. */
export function startStage(dashboard: string): void {
  const tell = (message: FromFrame, transfer: Transferable[] = []) =>
    window.parent.postMessage(message, { targetOrigin: dashboard, transfer })

  const style = document.createElement('style')
  style.textContent = styles
  const root = document.createElement('div')
  root.className = 'root'
  document.head.append(style)
  document.body.append(root)

  const holdings = createHoldings()
  const stage = createStage({ holdings, root, onShown: () => overlay.draw() })
  const overlay = createOverlay({ stage, root, tell })
  const inspector = createInspector({ stage, holdings })
  new ResizeObserver(() => {
    stage.rescale()
    overlay.draw()
  }).observe(root)

  let marking = 0
  const markSoon = () => {
    // Looking through the page is for when there is time; a page that plays is marked a few times a second.
    window.clearTimeout(marking)
    marking = window.setTimeout(() => markMasked(stage), 60)
  }

  const take = async (message: ToFrame): Promise<void> => {
    switch (message.kind) {
      case 'style':
        return holdings.defineStyle(message.hash, message.css)
      case 'chunk': {
        const { tab, index, text, skewMs } = message
        return tell({ kind: 'activity', tab, index, ...holdings.put(tab, index, text, skewMs) })
      }
      case 'keep':
        return holdings.keep(message.tab, message.first)
      case 'show': {
        const shown = stage.show(message.tab, message.at)
        markSoon()
        return tell({ kind: 'shown', turn: message.turn, shown })
      }
      case 'ask':
        return tell({ kind: 'answer', id: message.id, answer: await inspector.answer(message.question) })
      case 'pick':
        return overlay.pick(message.on)
      case 'point':
        return overlay.point(message.node)
    }
  }

  window.addEventListener('message', (event: MessageEvent<ToFrame>) => {
    // The rebuilt page runs nothing that could speak; what is not the dashboard's is nobody's.
    if (event.source !== window.parent || event.origin !== dashboard) return
    void take(event.data)
  })
  document.addEventListener('keydown', ({ key, shiftKey: shift, ctrlKey, metaKey, altKey }) => {
    if (!ctrlKey && !metaKey && !altKey) tell({ kind: 'key', key, shift })
  })
  tell({ kind: 'ready' })
}
