/** Below something that is edited: what keeps it from being saved, and the way to save it or to leave it as it was. */

import { useBlocker } from '@tanstack/react-router'
import { useState } from 'react'
import { failureDetail } from '../api/client'
import { Button } from '../shell/Button'
import { sentence } from '../shell/Failed'
import classes from './Goals.module.css'

export interface SaveBarProps {
  /** `goals`. */
  what: string
  isChanged: boolean
  mistake: string | null
  /** What holds from now on. */
  saved?: string
  onSave: () => Promise<void>
  onDiscard: () => void
}

export function SaveBar({
  what,
  isChanged,
  mistake,
  saved = 'Saved. All reports use them now, of the past too.',
  onSave,
  onDiscard,
}: SaveBarProps) {
  const [state, setState] = useState<'rests' | 'saves' | 'saved'>('rests')
  const [error, setError] = useState<unknown>(null)
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      // Another step to preview is the same screen.
      isChanged &&
      current.pathname !== next.pathname &&
      !window.confirm(`The changed ${what} are not saved. Leave them?`),
    enableBeforeUnload: isChanged,
  })
  const save = async () => {
    setState('saves')
    setError(null)
    try {
      await onSave()
      setState('saved')
    } catch (failure) {
      setError(failure)
      setState('rests')
    }
  }
  const detail = error === null ? null : failureDetail(error)
  if (!isChanged && state !== 'saves') {
    return state === 'saved' ? (
      <p className={classes.saved} role="status">
        {saved}
      </p>
    ) : null
  }
  return (
    <div className={classes.save}>
      <Button kind="primary" disabled={mistake !== null || state === 'saves'} onClick={() => void save()}>
        {state === 'saves' ? 'Saving…' : `Save the ${what}`}
      </Button>
      <Button
        onClick={() => {
          setError(null)
          onDiscard()
        }}
      >
        Discard the changes
      </Button>
      {mistake && <span className={classes.quiet}>{mistake}</span>}
      {detail && (
        <span className={classes.failed} role="alert">
          {sentence(detail.message)} {detail.hint && sentence(detail.hint)}
        </span>
      )}
    </div>
  )
}
