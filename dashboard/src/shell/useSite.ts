/** The site of the address, with its name and time zone. */

import { useQuery } from '@tanstack/react-query'
import { sitesQuery } from '../api/queries'
import type { Site } from '../api/types'

export interface KnownSite {
  site: Site | undefined
  /** IANA name; the browser's until the site is known. */
  timeZone: string
  /** Whether the sites have been read and this is none of them. */
  isUnknown: boolean
}

export function useSite(id: string | undefined): KnownSite {
  const { data: sites } = useQuery(sitesQuery)
  const site = sites?.find((one) => one.id === id)
  return {
    site,
    timeZone: site?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    isUnknown: sites !== undefined && id !== undefined && id !== '-' && site === undefined,
  }
}
