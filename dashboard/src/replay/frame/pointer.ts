/** Where somebody points, and that they press: drawn over the page by the frame's own clock. */

import type { Replayer } from '@rrweb/replay'
import type { Holdings, Pointing } from './holdings'

export interface Pointer {
  /** The pointer at a moment; and the presses since `after`, where the moment was reached by playing. */
  show(at: number, after: number | null): void
}

export function createPointer({ replayer, holdings }: { replayer: Replayer; holdings: Holdings }): Pointer {
  const moveTo = replayer['moveAndHover'].bind(replayer)
  const mark = replayer['mouse']
  let last: Pointing | null = null

  const press = ({ how }: Pointing) => {
    mark.classList.toggle('touch', how === 'touch')
    mark.classList.remove('pressed')
    // The animation begins anew only once the style without it was in force.
    void mark.offsetWidth
    mark.classList.add('pressed')
  }

  return {
    show(at, after) {
      const now = holdings.pointingAt(at)
      mark.hidden = now === null
      if (now && now !== last) {
        // A node that is not there any more has no place; the pointer then stays where it was.
        if (replayer.getMirror().getNode(now.node)) moveTo(now.x, now.y, now.node, true, {} as never)
      }
      last = now
      if (after === null) return
      const presses = holdings.pointings(after, at).filter(({ how }) => how === 'press' || how === 'touch')
      const latest = presses.at(-1)
      if (latest) press(latest)
    },
  }
}
