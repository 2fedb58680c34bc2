/**
 * Where the reader is in a list: how far it is scrolled and which session was looked at last, so that coming back
 * finds the place again. Kept beside the list's rows in the query cache and not in the URL, since it is where the
 * reader is, not what is shown.
 */

import type { QueryClient } from '@tanstack/react-query'

export interface ListPlace {
  /** Session looked at last. */
  id?: string
  /** Px. */
  scrollY?: number
}

const placeKey = (listKey: string) => ['list-place', listKey]

export function rememberPlace(client: QueryClient, listKey: string, place: ListPlace): void {
  client.setQueryData<ListPlace>(placeKey(listKey), (before) => ({
    ...before,
    ...place,
  }))
}

export function recallPlace(client: QueryClient, listKey: string): ListPlace {
  return client.getQueryData<ListPlace>(placeKey(listKey)) ?? {}
}
