/**
 * Makes masked text look masked: bars in the place of its asterisks. By highlights, which change nothing in the page, so
 * that the inspector shows it as it was recorded.
 */

import type { Stage } from './stage'

const NAME = 'footpath-masked'
/** More than a screen shows of a large table; what is beyond stays asterisks. */
const MAX_RANGES = 20_000
/** Of text that is masked: asterisks alone, in words. */
const MASKED = /^[\s*]*\*[\s*]*$/

export const isMasked = (text: string): boolean => MASKED.test(text)

/** Marks what is masked now. */
export function markMasked(stage: Stage): void {
  const window = stage.window()
  const document = stage.document()
  if (!window || !document?.documentElement || !('highlights' in (window.CSS ?? {}))) return
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
  const ranges: StaticRange[] = []
  for (let text = texts.nextNode(); text && ranges.length < MAX_RANGES; text = texts.nextNode()) {
    const value = text.nodeValue ?? ''
    if (!MASKED.test(value)) continue
    for (const word of value.matchAll(/\*+/g)) {
      ranges.push(
        new window.StaticRange({
          startContainer: text,
          startOffset: word.index,
          endContainer: text,
          endOffset: word.index + word[0].length,
        }),
      )
    }
  }
  if (ranges.length === 0) window.CSS.highlights.delete(NAME)
  else window.CSS.highlights.set(NAME, new window.Highlight(...(ranges as unknown as Range[])))
}
