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
 *   ?steps=page:/cart > {status:5xx}     the funnel, as the API writes it: names of steps, and clauses of a search
 *   ?order=strict  &window=30m           what may lie between, and how long it may take
 *   ?a=…&b=…                             two sets of sessions side by side (beside/sides.ts)
 */

import type { QueryParams } from '../api/client'
import { type FunnelStage, STEP_KINDS, type Step, type StepKind } from '../api/reportTypes'
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

/** An event as a search says it: `{request:/api/pay status:5xx}`. */
export interface Clause {
  clause: string
}

/** What a step of a funnel can be: steps of a name, or an event that a clause is said of. */
export type Alternative = Step | Clause

export const isClause = (one: Alternative): one is Clause => 'clause' in one

/** What a step of an answer can be. */
export const alternativesOf = ({ any_of, clauses }: FunnelStage): Alternative[] => [
  ...any_of,
  ...clauses.map((clause) => ({ clause })),
]

/** Steps of a funnel, each one of several. */
export type FunnelDraft = readonly (readonly Alternative[])[]

/** Where a name ends: at a sign that divides and has no `\` before it. */
function endOfName(text: string): number {
  const end = /^(?:\\[\s\S]|[^\\|>])*/.exec(text)
  return end?.[0].length ?? 0
}

/** Whether it is read as a name, and not as a clause. */
function isName(text: string): boolean {
  const written = text.trim()
  const [, label = ''] = /^[^:]*:([\s\S]*)$/.exec(written) ?? []
  const isBarePage = written.startsWith('/')
  return (
    (isBarePage || STEP_KINDS.some((kind) => written.startsWith(`${kind}:`))) &&
    !label.startsWith('"') &&
    !/^(?:\\[\s\S]|[^\\])*? OR /.test(written)
  )
}

/** Where a clause ends: at a sign that divides, outside of quotes and brackets; `>` after a colon compares. */
function endOfClause(text: string): number {
  let [depth, isQuoted, before] = [0, false, '']
  for (let place = 0; place < text.length; place += 1) {
    const sign = text[place] ?? ''
    if (sign === '\\') place += 1
    else if (sign === '"') isQuoted = !isQuoted
    else if (!isQuoted) {
      if (sign === '(' || sign === '{') depth += 1
      else if (sign === ')' || sign === '}') depth = Math.max(0, depth - 1)
      else if (depth === 0 && (sign === '|' || (sign === '>' && before !== ':'))) return place
    }
    before = sign
  }
  return text.length
}

/** Reads `page:/cart > {request:/api/pay status:5xx} > custom:order|page:/thanks` as the API does; what is empty is left out. */
export function parseFunnel(text: string): Alternative[][] {
  const steps: Alternative[][] = [[]]
  let rest = text
  while (rest !== '') {
    const name = rest.slice(0, endOfName(rest))
    const written = isName(name) || name.trim() === '' ? name : rest.slice(0, endOfClause(rest))
    const one = isName(name) ? parseStep(name.trim().replace(/\\([\\>|" ])/g, '$1')) : clauseOf(written)
    if (one) steps.at(-1)?.push(one)
    if (rest[written.length] === '>') steps.push([])
    rest = rest.slice(written.length + 1)
  }
  return steps.filter((anyOf) => anyOf.length > 0)
}

function clauseOf(text: string): Clause | null {
  const clause = text.trim()
  return clause === '' ? null : { clause }
}

/** What a step can be, as the API reads it. */
export function alternativeText(one: Alternative): string {
  if (isClause(one)) return one.clause
  const label = one.label.replace(/[\\|>]/g, (sign) => `\\${sign}`)
  // These would begin a clause.
  return stepText({ ...one, label: label.replace(/^"/, '\\"').replaceAll(' OR ', '\\ OR ') })
}

/** The funnel as the API reads it. */
export function funnelText(steps: FunnelDraft): string {
  return steps.map((anyOf) => anyOf.map(alternativeText).join('|')).join(' > ')
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
