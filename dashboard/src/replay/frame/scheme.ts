/**
 * Pages that follow the system's light or dark scheme are shown light: the recording does not tell which one the visitor had, and
 * without this they would follow the viewer's. Frames are to follow the scheme of what holds them, but not every browser has them
 * do so, and none where developer tools set one. A page that has but one scheme says so itself, and keeps it.
 */

import { ADOPTED_STYLES, type Fields, isFields, listOf, type PlayedRecord, STYLE_SHEET_RULE } from '../records'

const ASKED = /\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi
const EITHER = /(?<![\w-])color-scheme\s*:\s*(light\s+dark|dark\s+light)\b/gi

/** A style sheet, a rule of one, or the media that it is for. */
export function inLight(css: string): string {
  return css
    .replace(ASKED, (_, scheme: string) => (scheme.toLowerCase() === 'light' ? '(min-width: 0)' : '(max-width: 0)'))
    .replace(EITHER, 'color-scheme: light')
}

/** The same of rules that code has put into style sheets, in place. */
export function rulesInLight({ data }: PlayedRecord): void {
  const inRules = (rules: unknown) => {
    for (const one of listOf(rules) as Fields[]) {
      if (isFields(one) && typeof one.rule === 'string') one.rule = inLight(one.rule)
    }
  }
  if (data.source === STYLE_SHEET_RULE) {
    inRules(data.adds)
    for (const whole of ['replace', 'replaceSync']) {
      if (typeof data[whole] === 'string') data[whole] = inLight(data[whole])
    }
  }
  if (data.source === ADOPTED_STYLES) for (const style of listOf(data.styles) as Fields[]) inRules(style?.rules)
}
