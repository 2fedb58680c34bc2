/**
 * Keyboard: single keys and two-key sequences such as `g s`, never with a modifier, never while typing or while a
 * menu or dialog is open (those have keys of their own).
 */

import { useEffect, useRef } from 'react'

export type KeyBindings = Record<string, (event: KeyboardEvent) => void>

/** The second key of a sequence counts for this long. */
const SEQUENCE_MS = 1000

const TYPING =
  'input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable=true]'
const OVERLAY = 'dialog[open], [role=dialog], [role=menu], [role=listbox]'

/** Turns bindings into a listener; `now` is passed in for tests. */
export function keyListener(
  bindings: () => KeyBindings,
  now: () => number = () => performance.now(),
): (event: KeyboardEvent) => void {
  let first: { key: string; at: number } | null = null
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target instanceof Element ? event.target : null
    if (target?.closest(TYPING) || document.querySelector(OVERLAY)) {
      first = null
      return
    }
    const sequence = first && now() - first.at <= SEQUENCE_MS ? `${first.key} ${event.key}` : null
    const all = bindings()
    const action = (sequence && all[sequence]) || all[event.key]
    const opens = Object.keys(all).some((keys) => keys.startsWith(`${event.key} `))
    first = opens && !action ? { key: event.key, at: now() } : null
    if (!action) return
    event.preventDefault()
    action(event)
  }
}

/** Binds keys while mounted. The bindings may change between renders. */
export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  useEffect(() => {
    const listener = keyListener(() => latest.current)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}
