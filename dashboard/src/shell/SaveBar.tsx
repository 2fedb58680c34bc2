/** Below something that is edited: what keeps it from being saved, and the way to save it or to leave it as it was. */

import { useBlocker } from '@tanstack/react-router'
import { failureDetail } from '../api/client'
import { Button } from './Button'
import { sentence } from './Failed'
import classes from './SaveBar.module.css'
import type { Edited } from './useEdited'

export interface SaveBarProps {
  /** `goals`. */
  what: string
  edited: Pick<Edited<unknown>, 'save' | 'discard' | 'state' | 'failure'>
  isChanged: boolean
  mistake: string | null
  /** What holds from now on. */
  saved?: string
}

export function SaveBar({
  what,
  edited: { save, discard, state, failure },
  isChanged,
  mistake,
  saved = 'Saved. All reports use them now, of the past too.',
}: SaveBarProps) {
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      // Another step to preview is the same screen.
      isChanged &&
      current.pathname !== next.pathname &&
      !window.confirm(`The changed ${what} are not saved. Leave them?`),
    enableBeforeUnload: isChanged,
  })
  const detail = failure === null ? null : failureDetail(failure)
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
      <Button onClick={discard}>Discard the changes</Button>
      {mistake && <span className={classes.quiet}>{mistake}</span>}
      {detail && (
        <span className={classes.failed} role="alert">
          {sentence(detail.message)} {detail.hint && sentence(detail.hint)}
        </span>
      )}
    </div>
  )
}
