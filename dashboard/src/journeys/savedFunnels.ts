/**
 * Funnels that have a name, kept in this browser for each site. A funnel is also a link, which is how it is given to
 * others: its steps and rules stand in the address.
 */

import { type JourneysSearch, parseJourneysSearch } from './journeysSearch'

export interface SavedFunnel {
  name: string
  steps: string
  order?: 'strict'
  window?: string
}

/** Of the address, what is the funnel's alone. */
export function funnelOf({ steps, order, window }: JourneysSearch): Omit<SavedFunnel, 'name'> | null {
  return steps ? { steps, ...(order && { order }), ...(window && { window }) } : null
}

export function withFunnel(
  search: JourneysSearch,
  { steps, order, window }: Omit<SavedFunnel, 'name'>,
): JourneysSearch {
  const { steps: _, order: __, window: ___, ...rest } = search
  return { ...rest, view: 'funnel', steps, ...(order && { order }), ...(window && { window }) }
}

const storeKey = (site: string) => `footpath-funnels ${site}`

/** By name; what cannot be read is left out. */
export function keptFunnels(site: string): SavedFunnel[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storeKey(site)) ?? '[]')
    if (!Array.isArray(kept)) return []
    return kept.flatMap((one: unknown) => {
      if (typeof one !== 'object' || one === null) return []
      const { name, ...rest } = one as Record<string, unknown>
      const funnel = funnelOf(parseJourneysSearch(rest))
      return typeof name === 'string' && name !== '' && funnel ? [{ name, ...funnel }] : []
    })
  } catch {
    // Storage may be blocked, or hold something else; links to funnels still work.
    return []
  }
}

/** Keeps a funnel; one of the same name is replaced. Answers whether it is kept. */
export function keepFunnel(site: string, funnel: SavedFunnel): boolean {
  const others = keptFunnels(site).filter((one) => one.name !== funnel.name)
  return write(
    site,
    [...others, funnel].sort((one, other) => one.name.localeCompare(other.name)),
  )
}

export function forgetFunnel(site: string, name: string): boolean {
  return write(
    site,
    keptFunnels(site).filter((one) => one.name !== name),
  )
}

function write(site: string, funnels: readonly SavedFunnel[]): boolean {
  try {
    localStorage.setItem(storeKey(site), JSON.stringify(funnels))
    return true
  } catch {
    // Storage is blocked or full: the caller says so.
    return false
  }
}
