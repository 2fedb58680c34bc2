/** What jsdom lacks of a browser, and the matchers of Testing Library. */

import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

/** A window of this height, so that the virtualizer has rows to show. */
const VIEWPORT_PX = 900
/** And wide enough for every column. */
const WIDTH_PX = 1440

class SilentObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

window.ResizeObserver = SilentObserver as unknown as typeof ResizeObserver
window.scrollTo = (() => {}) as typeof window.scrollTo
window.innerHeight = VIEWPORT_PX
window.innerWidth = WIDTH_PX
window.matchMedia = ((query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
  dispatchEvent: () => false,
})) as typeof window.matchMedia

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true
}
HTMLDialogElement.prototype.close = function close() {
  this.open = false
  this.dispatchEvent(new Event('close'))
}

// How long a condition is waited for: long enough for a busy machine, and not a moment longer than it takes.
configure({ asyncUtilTimeout: 8_000 })

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})
