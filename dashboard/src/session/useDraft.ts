/** Text that is used at once and written to the URL when the typing pauses. */

import { useCallback, useEffect, useRef, useState } from 'react'

const PAUSE_MS = 250

export function useDraft(saved: string, save: (text: string) => void): [string, (text: string) => void] {
  const [draft, setDraft] = useState(saved)
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
  })
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  // Changed from outside, by the back button: unless it is what was just typed.
  const lastSaved = useRef(saved)
  useEffect(() => {
    if (saved !== lastSaved.current) {
      lastSaved.current = saved
      setDraft(saved)
    }
  }, [saved])
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
    },
    [],
  )
  const change = useCallback((text: string) => {
    setDraft(text)
    if (timer.current) clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      lastSaved.current = text
      latest.current(text)
    }, PAUSE_MS)
  }, [])
  return [draft, change]
}
