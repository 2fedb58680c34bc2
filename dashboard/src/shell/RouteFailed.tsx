/** What is shown where a whole screen failed. */

import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { Failed } from './Failed'
import { useTitle } from './useTitle'

export function RouteFailed({ error, reset }: ErrorComponentProps) {
  useTitle('Failed')
  const router = useRouter()
  return (
    <Failed
      error={error}
      title="This page could not be shown"
      onRetry={() => {
        reset()
        void router.invalidate()
      }}
    />
  )
}
