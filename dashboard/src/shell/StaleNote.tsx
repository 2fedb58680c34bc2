/** Said above content that is still good to read though reading it again, or reading on, failed. */

import { IconAlertTriangle } from '@tabler/icons-react'
import { failureDetail } from '../api/client'
import { sentence } from './Failed'
import classes from './StaleNote.module.css'

export interface StaleNoteProps {
  error: unknown
  /** What that means for what is seen. */
  said?: string
  onRetry: () => void
  isRetrying: boolean
}

export function StaleNote({ error, said = 'What you see may be out of date.', onRetry, isRetrying }: StaleNoteProps) {
  const { message, requestId } = failureDetail(error)
  return (
    <div className={classes.note} role="alert">
      <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
      <span>
        {said} {sentence(message)}
        {requestId && <span className={classes.id}> Request {requestId}</span>}
      </span>
      <button type="button" onClick={onRetry} disabled={isRetrying}>
        {isRetrying ? 'Trying again…' : 'Try again'}
      </button>
    </div>
  )
}
