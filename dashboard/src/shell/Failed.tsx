/** A failure, said with what to do next: the message, a hint, the request's id, another try. */

import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { failureDetail } from '../api/client'
import { Button } from './Button'
import { Copyable } from './Copyable'
import { Notice } from './Notice'

export interface FailedProps {
  error: unknown
  /** What could not be done: `The sessions could not be read`. */
  title: string
  onRetry?: () => void
  isRetrying?: boolean
  /** A way out, beside the retry. */
  children?: ReactNode
}

export function Failed({ error, title, onRetry, isRetrying = false, children }: FailedProps) {
  const { message, hint, requestId } = failureDetail(error)
  return (
    <Notice
      role="alert"
      tone="error"
      icon={<IconAlertTriangle size={20} stroke={1.6} />}
      title={title}
      actions={
        <>
          {onRetry && (
            <Button onClick={onRetry} disabled={isRetrying} icon={<IconRefresh size={15} stroke={1.7} />}>
              {isRetrying ? 'Trying again…' : 'Try again'}
            </Button>
          )}
          {children}
        </>
      }
      foot={
        requestId && (
          <>
            Request <Copyable value={requestId} name="request id" />
          </>
        )
      }
    >
      <p>{sentence(message)}</p>
      {hint && <p>{sentence(hint)}</p>}
    </Notice>
  )
}

/** The API's messages are lower-case without a full stop; on a screen they are sentences. */
export function sentence(text: string): string {
  const first = `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  return /[.!?…]$/.test(first) ? first : `${first}.`
}
