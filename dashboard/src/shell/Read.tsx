/** Something that is read and then stays: being read, failed, there. What is there stays where reading it again fails. */

import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Bones } from '../report/Answer'
import { Failed } from './Failed'
import { StaleNote } from './StaleNote'

export interface ReadProps<Data> {
  query: UseQueryResult<Data>
  /** `The goals`. */
  what: string
  /** Grey lines while it is read. */
  rows: number
  children: (data: Data) => ReactNode
}

export function Read<Data>({ query, what, rows, children }: ReadProps<Data>) {
  const { data, error, isError } = query
  const retry = { onRetry: () => void query.refetch(), isRetrying: query.isFetching }
  if (data === undefined) {
    return isError ? <Failed error={error} title={`${what} could not be read`} {...retry} /> : <Bones rows={rows} />
  }
  return (
    <>
      {isError && (
        <StaleNote error={error} said={`${what} could not be read again, and may have changed meanwhile.`} {...retry} />
      )}
      {children(data)}
    </>
  )
}
