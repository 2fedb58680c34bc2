/**
 * The journeys' part of the URL.
 *
 *   ?view=drop-off|error-impact|funnel|goals   the tab; common paths where it is left out
 *   ?kinds=page,click                    what steps are: of paths and drop-off
 *   ?start=page:/  &end=page:/checkout   where paths begin and end
 *   ?direction=backwards                 from the end of sessions, where neither is given
 *   ?depth=6                             steps of a path
 *   ?loops=each                          every repetition is a step of its own
 *   ?step=page:/checkout                 whose endings are told
 *   ?steps=page:/cart > page:/checkout   the funnel, as the API writes it
 *   ?order=strict  &window=30m           what may lie between, and how long it may take
 *   ?a=…&b=…                             two sets of sessions side by side (beside/sides.ts)
 */

import type { QueryParams } from '../api/client'
import type { Step, StepKind } from '../api/reportTypes'
import { type BesideSearch, parseBeside } from '../beside/sides'
import { parseKinds, parseStep, stepText } from '../report/stepWords'
import { type FilterSearch, filterParams, parseFilter } from '../search/filter'

export const VIEWS = ['drop-off', 'error-impact', 'funnel', 'goals'] as const
export type JourneysView = (typeof VIEWS)[number]

export const DEFAULT_DEPTH = 5
export const DEPTHS = [3, 4, 5, 6, 8, 10, 15, 20] as const
/** Of the funnel as it first stands there. */
export const WINDOWS = ['5m', '30m', '1h', '4h'] as const
/** Next steps of a node; of each column the largest are drawn (sankey.ts). */
const BREADTH = 8

export interface JourneysSearch extends FilterSearch, BesideSearch {
  view?: JourneysView
  kinds?: string
  start?: string
  end?: string
  direction?: 'backwards'
  depth?: string
  loops?: 'each'
  step?: string
  steps?: string
  order?: 'strict'
  window?: string
}

function parseDepth(value: unknown): number | null {
  const depth = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : null
  return depth !== null && depth >= 2 && depth <= 20 && depth !== DEFAULT_DEPTH ? depth : null
}

export function parseJourneysSearch(raw: Record<string, unknown>): JourneysSearch {
  const view = VIEWS.find((one) => one === raw.view)
  const kinds = parseKinds(raw.kinds)
  const [start, end, step] = [parseStep(raw.start), parseStep(raw.end), parseStep(raw.step)]
  const depth = parseDepth(raw.depth)
  const steps = typeof raw.steps === 'string' ? funnelText(parseFunnel(raw.steps)) : ''
  const window = typeof raw.window === 'string' && /^[1-9]\d{0,3}[smhd]$/.test(raw.window) ? raw.window : null
  return {
    ...parseFilter(raw),
    ...parseBeside(raw),
    ...(view && { view }),
    ...(kinds && { kinds: kinds.join() }),
    ...(start && { start: stepText(start) }),
    ...(end && { end: stepText(end) }),
    ...(raw.direction === 'backwards' && !start && !end && { direction: 'backwards' as const }),
    ...(depth && { depth: String(depth) }),
    ...(raw.loops === 'each' && { loops: 'each' as const }),
    ...(step && { step: stepText(step) }),
    ...(steps !== '' && { steps }),
    ...(raw.order === 'strict' && { order: 'strict' as const }),
    ...(window && { window }),
  }
}

export const kindsOf = (search: JourneysSearch): StepKind[] => parseKinds(search.kinds) ?? ['page']
export const depthOf = (search: JourneysSearch): number => parseDepth(search.depth) ?? DEFAULT_DEPTH

/** Common paths in the API's words. */
export function pathsParams(search: JourneysSearch): QueryParams {
  const { start, end, direction, loops } = search
  return {
    ...filterParams(search),
    kinds: kindsOf(search).join(),
    ...(start && { start }),
    ...(end && { end }),
    ...(direction && { direction }),
    depth: depthOf(search),
    breadth: BREADTH,
    ...(loops && { collapse: 'false' }),
  }
}

/** Drop-off in the API's words. */
export function dropOffParams(search: JourneysSearch, limit: number): QueryParams {
  return { ...filterParams(search), kinds: kindsOf(search).join(), limit }
}

/** Endings at a step in the API's words. */
export function endingsParams(search: JourneysSearch, step: Step): QueryParams {
  return { ...filterParams(search), step: stepText(step), details: 5 }
}

/** A funnel in the API's words. */
export function funnelParams(search: JourneysSearch, steps: string): QueryParams {
  const { order, window } = search
  return { ...filterParams(search), steps, ...(order && { order }), ...(window && { window }) }
}

/** Steps of a funnel, each one of several. */
export type FunnelDraft = readonly (readonly Step[])[]

/** Reads `page:/cart > custom:order|page:/thanks`; what is no step is left out. `\` keeps the next sign as it is. */
export function parseFunnel(text: string): Step[][] {
  const steps: Step[][] = [[]]
  let written = ''
  const take = () => {
    const step = parseStep(written)
    if (step) steps.at(-1)?.push(step)
    written = ''
  }
  for (let place = 0; place < text.length; place += 1) {
    const sign = text[place] ?? ''
    if (sign === '\\' && place + 1 < text.length) {
      place += 1
      written += text[place]
    } else if (sign === '|') take()
    else if (sign === '>') {
      take()
      steps.push([])
    } else written += sign
  }
  take()
  return steps.filter((anyOf) => anyOf.length > 0)
}

/** The funnel as the API reads it. */
export function funnelText(steps: FunnelDraft): string {
  const escaped = (step: Step) => stepText(step).replace(/[\\|>]/g, (sign) => `\\${sign}`)
  return steps.map((anyOf) => anyOf.map(escaped).join('|')).join(' > ')
}

/** The same with a step moved by one place; as it was where there is no such place. */
export function moveStep<T>(steps: readonly T[], from: number, by: 1 | -1): T[] {
  const to = from + by
  const next = [...steps]
  const [one, other] = [next[from], next[to]]
  if (one === undefined || other === undefined) return next
  next[from] = other
  next[to] = one
  return next
}
