/** What a side is called: its saved filter's name, its search, or its segment in words. */

import { useQuery } from '@tanstack/react-query'
import { filtersQuery } from '../api/queries'
import { selectionTextQuery } from '../api/reportQueries'
import type { Side } from './sides'

/** `Sessions that are of device mobile` → `Device mobile`: what is alike in both names is left out. */
export function segmentName(text: string | null | undefined, fallback: string): string {
  if (!text) return fallback
  const bare = text.replace(/^sessions\s+(that|whose|with|of)\s+/i, '').replace(/^are of\s+/i, '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

export function useSideName(site: string, side: Side | null): string | null {
  const selection = side?.kind === 'selection' ? side.selection : null
  const text = useQuery({ ...selectionTextQuery(site, selection ?? ''), enabled: selection !== null })
  const filters = useQuery({ ...filtersQuery(site), enabled: side?.kind === 'search' && side.q !== '' })
  if (!side) return null
  if (side.kind === 'selection') return segmentName(text.data, text.isPending ? '…' : 'Sessions behind a number')
  if (side.q === '') return 'All sessions'
  return filters.data?.find((one) => one.q === side.q)?.name ?? side.q
}

/** The names of both sides, told apart where they are alike. */
export function useSideNames(site: string, [one, other]: readonly [Side, Side]): readonly [string, string] {
  const first = useSideName(site, one) ?? ''
  const second = useSideName(site, other) ?? ''
  return first === second ? [`${first} (1)`, `${second} (2)`] : [first, second]
}
