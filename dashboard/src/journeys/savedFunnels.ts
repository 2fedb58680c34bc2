/** The part of the journeys' address that is a funnel, as funnels are saved. Pure. */

import type { SavedFunnel } from '../api/reportTypes'
import type { JourneysSearch } from './journeysSearch'

export type FunnelQuestion = Omit<SavedFunnel, 'name'>

export function funnelOf({ steps, order, window }: JourneysSearch): FunnelQuestion | null {
  return steps ? { steps, ...(order && { order }), ...(window && { window }) } : null
}

/** The same address with another funnel. */
export function withFunnel(search: JourneysSearch, { steps, order, window }: FunnelQuestion): JourneysSearch {
  const { steps: _, order: __, window: ___, ...rest } = search
  return {
    ...rest,
    view: 'funnel',
    steps,
    ...(order === 'strict' && { order }),
    ...(window && { window }),
  }
}

/** Whether both ask the same; what is usual may be said or not. */
export function isSameFunnel(one: FunnelQuestion, other: FunnelQuestion): boolean {
  const order = ({ order }: FunnelQuestion) => order ?? 'loose'
  return one.steps === other.steps && order(one) === order(other) && (one.window ?? null) === (other.window ?? null)
}

/** The list with a funnel, in the place of the one of its name, by name. */
export function withSaved(funnels: readonly SavedFunnel[], funnel: SavedFunnel): SavedFunnel[] {
  const others = funnels.filter((one) => one.name !== funnel.name)
  return [...others, funnel].sort((one, other) => one.name.localeCompare(other.name))
}
