/** Runs a search: read by the server first, so that what cannot be read never reaches the address. */

import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { parsedQuery } from '../api/queries'
import { type Mistake, mistakeOf } from './draft'

/** Answers what is wrong, where something is. */
export type RunSearch = (text: string) => Promise<Mistake | null>

export function useSearchRun(site: string, onRun: (q: string) => void): RunSearch {
  const client = useQueryClient()
  return useCallback(
    async (text) => {
      const written = text.trim()
      if (written === '') {
        onRun('')
        return null
      }
      try {
        const parsed = await client.fetchQuery(parsedQuery(site, written))
        // The canonical text is in the address; its chips are known already.
        client.setQueryData(parsedQuery(site, parsed.q).queryKey, parsed)
        onRun(parsed.q)
        return null
      } catch (error) {
        const mistake = mistakeOf(error)
        // Any other failure is the report's to tell, with another try.
        if (!mistake) onRun(written)
        return mistake
      }
    },
    [client, site, onRun],
  )
}
