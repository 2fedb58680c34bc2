/** A search while it is written: its text, the caret, the completions, what is wrong with it. Pure. */

import { ApiError } from '../api/client'
import type { CompletionItem, Completions, InvalidSearch } from '../api/types'
import { replaceCharacters } from './characters'

export interface Draft {
  text: string
  /** UTF-16 units from the start. */
  caret: number
}

/** What is wrong, and where. */
export interface Mistake extends InvalidSearch {
  message: string
}

/** The draft with a completion taken. After a value comes a space, so that the next part can follow at once. */
export function complete({ text }: Draft, { start, end }: Completions, item: CompletionItem): Draft {
  const done = replaceCharacters(text, { start, end, text: item.text })
  const next = done.text[done.caret]
  if (item.kind === 'field' || next === ')' || next === '}') return done
  if (next === ' ') return { text: done.text, caret: done.caret + 1 }
  return { text: `${done.text.slice(0, done.caret)} ${done.text.slice(done.caret)}`, caret: done.caret + 1 }
}

/** The row that is pointed at after an arrow key; −1 for none, which lies between the last and the first. */
export function stepActive(active: number, by: 1 | -1, nItems: number): number {
  const places = nItems + 1
  return ((active + 1 + by + places) % places) - 1
}

/** Whether Tab takes a completion: one is pointed at, or something was begun that it ends. Otherwise Tab leaves. */
export function tabCompletes(active: number, answer: Completions | undefined, hasTyped: boolean): boolean {
  if (!answer || answer.items.length === 0) return false
  return active >= 0 || (hasTyped && answer.end > answer.start)
}

/** What a failure says of a search that cannot be read; nothing of other failures. */
export function mistakeOf(error: unknown): Mistake | null {
  if (!(error instanceof ApiError) || error.detail.code !== 'invalid_search') return null
  const body = (error.detail.body ?? {}) as Partial<InvalidSearch>
  return {
    message: error.detail.message,
    start: body.start ?? 0,
    end: body.end ?? 0,
    suggestion: body.suggestion ?? null,
  }
}

export function corrected(text: string, suggestion: NonNullable<Mistake['suggestion']>): Draft {
  return replaceCharacters(text, suggestion)
}
