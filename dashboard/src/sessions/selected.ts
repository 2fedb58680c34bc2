/** What can be done with sessions that were selected. */

import { type QueryParams, segment, sendJson } from '../api/client'
import type { Erasure, Receipt } from '../api/types'
import type { FilterSearch } from '../search/filter'

/** As many ids as a search has room for (4,096 characters, 40 an id). */
export const MAX_EXPORTED = 100
/** Requests under way at once. */
const AT_ONCE = 4

/** The search that finds exactly these sessions. */
export function searchOf(ids: readonly string[]): string {
  return ids.length === 1 ? `session:${ids[0]}` : `session:(${ids.join(' OR ')})`
}

/** The list's range with exactly these sessions; nothing where they are too many for one search. */
export function exportParams(params: QueryParams, ids: readonly string[]): QueryParams | null {
  return ids.length > MAX_EXPORTED ? null : { ...params, q: searchOf(ids) }
}

/** Keeps sessions for good. The first failure ends it; what was pinned stays pinned. */
export async function pin(site: string, ids: readonly string[]): Promise<void> {
  const left = [...ids]
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      await sendJson<unknown>('PUT', `/sites/${segment(site)}/sessions/${segment(id)}/pin`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** Erases sessions from everywhere; or, as a dry run, tells what would go. */
export function erase(site: string, which: Erasure, dryRun: boolean): Promise<Receipt> {
  return sendJson<Receipt>('POST', `/sites/${segment(site)}/erasures`, { ...which, dry_run: dryRun })
}

/** All that a list finds, in the range that it was read for: what comes later is not meant. */
export function foundBy({ q, bots, selection }: FilterSearch, range: { from: number; to: number }): Erasure {
  return {
    q: q ?? '',
    from: String(range.from),
    to: String(range.to),
    ...(bots && { bots }),
    ...(selection && { selection }),
  }
}
