/** Steps and segments in words, and as they stand in an address. Pure. */

import { STEP_KINDS, type Step, type StepKind } from '../api/reportTypes'
import { count } from '../format/numbers'
import { countryName } from '../format/words'

export const STEP_KIND: Record<StepKind, { one: string; many: string; definition: string }> = {
  page: { one: 'Page', many: 'Pages', definition: 'Page views, by page with its ids replaced' },
  click: { one: 'Click', many: 'Clicks', definition: 'Clicks, by label' },
  input: { one: 'Field', many: 'Fields', definition: 'Fields of forms that were touched' },
  submit: { one: 'Submission', many: 'Submissions', definition: 'Forms that were submitted' },
  request: { one: 'Failed request', many: 'Failed requests', definition: 'HTTP calls that failed' },
  error: { one: 'Error', many: 'Errors', definition: 'Errors, by name' },
  custom: { one: 'Event', many: 'Events', definition: 'The site’s own events' },
}

const isKind = (text: string): text is StepKind => (STEP_KINDS as readonly string[]).includes(text)

/** `page:/checkout`, as the API and the address write it. */
export function stepText({ kind, label }: Step): string {
  return `${kind}:${label}`
}

/** Reads `page:/checkout`; a bare `/checkout` is a page. */
export function parseStep(text: unknown): Step | null {
  if (typeof text !== 'string' || text.trim() === '') return null
  const written = text.trim()
  const colon = written.indexOf(':')
  const kind = written.slice(0, Math.max(0, colon))
  if (isKind(kind)) {
    const label = written.slice(colon + 1).trim()
    return label === '' ? null : { kind, label }
  }
  return written.startsWith('/') ? { kind: 'page', label: written } : null
}

/** Reads `page,click` in the order kinds are offered in; nothing where it is what is usual. */
export function parseKinds(text: unknown): StepKind[] | null {
  if (typeof text !== 'string') return null
  const named = text.split(',').map((one) => one.trim())
  const kinds = STEP_KINDS.filter((kind) => named.includes(kind))
  return kinds.length === 0 || (kinds.length === 1 && kinds[0] === 'page') ? null : kinds
}

/** Kinds in a sentence: `pages and clicks`. */
export function kindsPhrase(kinds: readonly StepKind[]): string {
  const words = kinds.map((kind) => STEP_KIND[kind].many.toLowerCase())
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** A long label with its middle left out: paths are told apart by their ends. */
export function shortened(label: string, most: number): string {
  const characters = [...label]
  if (characters.length <= most) return label
  const head = Math.ceil((most - 1) * 0.55)
  const tail = most - 1 - head
  return `${characters.slice(0, head).join('')}…${tail > 0 ? characters.slice(-tail).join('') : ''}`
}

/** The ×n of a loop; nothing where hardly anybody repeats the step. */
export function loopText(repeats: number | null): string | null {
  return repeats !== null && repeats >= 1.05 ? `×${(Math.round(repeats * 10) / 10).toLocaleString()}` : null
}

const DIMENSIONS: Record<string, string> = {
  user_type: 'User type',
  returning: 'New or returning',
  device: 'Device',
  browser: 'Browser',
  browser_version: 'Browser version',
  os: 'Operating system',
  os_version: 'System version',
  country: 'Country',
  region: 'Region',
  city: 'City',
  language: 'Language',
  connection: 'Connection',
  channel: 'Channel',
  referrer_host: 'Referrer',
  utm_source: 'UTM source',
  utm_medium: 'UTM medium',
  utm_campaign: 'UTM campaign',
  utm_term: 'UTM term',
  utm_content: 'UTM content',
  entry_route: 'Entry page',
  exit_route: 'Exit page',
  release: 'Release',
}

export function dimensionName(name: string): string {
  const words = name.replaceAll('_', ' ')
  return DIMENSIONS[name] ?? words.charAt(0).toUpperCase() + words.slice(1)
}

const VALUES: Record<string, string> = {
  logged_in: 'Logged in',
  anonymous: 'Anonymous',
  returning: 'Returning',
  new: 'New',
}
const WORDED = ['user_type', 'returning', 'device', 'channel']

/** A segment's value in words. */
export function segmentValue(dimension: string, value: string | null): string {
  if (value === null) return 'Not known'
  if (dimension === 'country') return countryName(value)
  if (!WORDED.includes(dimension)) return value
  return VALUES[value] ?? value.charAt(0).toUpperCase() + value.slice(1)
}

/** `4 more pages`. */
export function moreText(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} more ${n === 1 ? one : many}`
}
