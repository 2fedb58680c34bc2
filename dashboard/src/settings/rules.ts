/**
 * A site's rules of privacy and how long its data is kept, in the words of their form: what each is called, does, was before,
 * and what keeps it from being saved. A field is named as the API names it in a refusal: `replay.sample_rate`.
 */

import { failureDetail } from '../api/client'
import type { Retention, SiteRules } from '../api/types'
import { counted } from '../format/numbers'
import { sentence } from '../shell/Failed'

/** The switches, in the order in which they are decided on. */
export const SWITCHES = [
  {
    key: 'replay.enabled',
    name: 'Record session replay',
    does: 'Off: pages load no recorder, and what still comes is not taken.',
  },
  {
    key: 'replay.mask_inputs',
    name: 'Mask user inputs',
    does: 'Values of fields become masks of one length. Passwords, cards, hidden fields and text areas always do.',
  },
  {
    key: 'replay.mask_all_text',
    name: 'Mask all text',
    does: 'Pages keep their look without their words, but for parts that you unmask.',
  },
  {
    key: 'anonymise_users',
    name: 'Anonymise user data',
    does: 'User ids are hashed with a secret of the site, traits dropped, places kept to the country.',
  },
  {
    key: 'consent_required',
    name: 'Wait for consent',
    does: 'Nothing is sent or stored before the visitor has agreed; refused, it is gone.',
  },
  {
    key: 'honour_gpc',
    name: 'Honour Global Privacy Control',
    does: 'A visitor whose browser sends it is not recorded.',
  },
  { key: 'honour_dnt', name: 'Honour Do Not Track', does: 'The same for browsers that send Do Not Track.' },
  {
    key: 'replay.on_error',
    name: 'Record what leads to errors',
    does: 'Sessions that are not sampled keep their last minute in the page, and send it when an error happens.',
  },
  { key: 'replay.block_media', name: 'Leave out images and videos', does: 'Boxes stand in their place.' },
  { key: 'replay.canvas', name: 'Record canvases', does: 'A still image every two seconds, if it has changed.' },
] as const

export type SwitchKey = (typeof SWITCHES)[number]['key']

/** Numbers from nothing to the `most`: written in one unit, set in another by so many decimal places. */
export const SAMPLED = {
  key: 'replay.sample_rate',
  name: 'Sampled from the start',
  unit: '% of the sessions',
  places: 2,
  most: 100,
}
export const SHORTEST = {
  key: 'replay.min_duration_ms',
  name: 'Shorter replays are not sent',
  unit: 'seconds',
  places: -3,
  most: 60,
}

/** Selectors of parts of pages, one a line. */
export const SELECTORS = [
  { key: 'mask', name: 'Mask', does: 'Text that is not told.' },
  { key: 'unmask', name: 'Unmask', does: 'Text that may be told.' },
  { key: 'block', name: 'Block', does: 'Of these parts only the box is kept.' },
  { key: 'ignore', name: 'Ignore', does: 'Interactions in these parts are not recorded.' },
] as const

export const KINDS = [
  { key: 'sessions_days', name: 'Sessions', does: 'With all that belongs to them.' },
  { key: 'events_days', name: 'Events', does: 'The timelines. Never longer than the sessions.' },
  { key: 'replay_days', name: 'Replay', does: 'Never longer than the sessions.' },
] as const

/** The API's own limits. */
const LEAST_DAYS = 7
const MOST_DAYS = 3650

export function isOn(rules: SiteRules, key: SwitchKey): boolean {
  return valueAt(rules, key) === true
}

export function withSwitch(rules: SiteRules, key: SwitchKey, on: boolean): SiteRules {
  const [first, second] = key.split('.') as [string, string?]
  return second ? { ...rules, replay: { ...rules.replay, [second]: on } } : { ...rules, [first]: on }
}

/** A decimal number times a power of ten, digit by digit, so that none is lost: 0.0007 is 0.07 %. Without one, not a number. */
export function shifted(decimal: string, places: number): number {
  const [digits, exponent = '0'] = decimal.trim().split('e')
  return digits ? Number(`${digits}e${Number(exponent) + places}`) : Number.NaN
}

/** What is wrong, by the field that it is at. */
export type Mistakes = Readonly<Record<string, string | undefined>>

export function mistakesInRules({ replay }: SiteRules): Mistakes {
  const { sample_rate: rate, min_duration_ms: shortest } = replay
  return {
    // What is not a number fails both comparisons.
    ...(!(rate >= 0 && rate <= 1) && { [SAMPLED.key]: 'Write a share from 0 to 100 %.' }),
    ...(!(Number.isInteger(shortest) && shortest >= 0 && shortest <= SHORTEST.most * 1000) && {
      [SHORTEST.key]: `Write 0 to ${SHORTEST.most} seconds, to the thousandth at most.`,
    }),
  }
}

export function mistakesInRetention(retention: Retention): Mistakes {
  return Object.fromEntries(
    KINDS.flatMap(({ key }) => {
      const days = retention[key] ?? null
      return days === null || (Number.isInteger(days) && days >= LEAST_DAYS && days <= MOST_DAYS)
        ? []
        : [[key, `Write ${LEAST_DAYS} to ${MOST_DAYS} days, or choose for ever.`]]
    }),
  )
}

/** A refusal of the API at the field that it names, as in `block[1]: is no selector`. */
export function refusalOf(failure: unknown, keys: readonly string[]): Mistakes {
  if (failure === null) return {}
  const { message } = failureDetail(failure)
  for (const key of keys) {
    const [, place, why] = new RegExp(`(?:^|: )${key.replace('.', '\\.')}(?:\\[(\\d+)\\])?: (.+)$`).exec(message) ?? []
    if (why) return { [key]: sentence(place ? `line ${Number(place) + 1} ${why}` : why) }
  }
  return {}
}

/** Which of the two a change was of, under the title that it has on the screen. */
export const TITLE = { privacy: 'What is recorded', retention: 'How long it is kept' } as const

interface Field {
  key: string
  name: string
  told: (value: unknown) => string
}

const FIELDS: Record<keyof typeof TITLE, readonly Field[]> = {
  privacy: [
    ...SWITCHES.map(({ key, name }) => ({ key, name, told: plainly })),
    ...[SAMPLED, SHORTEST].map(({ key, name, unit, places }) => ({
      key,
      name,
      told: (value: unknown) =>
        typeof value === 'number' && !Number.isNaN(value)
          ? `${shifted(String(value), places)} ${unit}`
          : plainly(value),
    })),
    ...SELECTORS.map(({ key, name }) => ({ key, name, told: plainly })),
  ],
  retention: KINDS.map(({ key, name }) => ({
    key,
    name,
    // A kind that is not named is kept for ever.
    told: (value: unknown) => {
      if (value === null || value === undefined) return 'for ever'
      return typeof value === 'number' && !Number.isNaN(value) ? counted(value, 'day') : plainly(value)
    },
  })),
}

export const PRIVACY_KEYS = FIELDS.privacy.map(({ key }) => key)
export const RETENTION_KEYS = FIELDS.retention.map(({ key }) => key)

/** What is different after a change, a line each: `Mask user inputs: on → off`. */
export function differences(what: string, before: unknown, after: unknown): string[] {
  const known = what in FIELDS ? FIELDS[what as keyof typeof FIELDS] : []
  // Settings that another version had are told by the name that the API has for them.
  const others = [...new Set([...keysIn(before), ...keysIn(after)])]
    .filter((key) => !known.some((field) => field.key === key))
    .map((key): Field => ({ key, name: key.replaceAll(/[._]/g, ' '), told: plainly }))
  return [...known, ...others].flatMap(({ key, name, told }) => {
    const [was, is] = [told(valueAt(before, key)), told(valueAt(after, key))]
    return was === is ? [] : [`${name}: ${was} → ${is}`]
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function keysIn(value: unknown): string[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, part]) =>
    isObject(part) ? keysIn(part).map((inner) => `${key}.${inner}`) : [key],
  )
}

function valueAt(value: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((part, name) => (isObject(part) ? part[name] : undefined), value)
}

function plainly(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return 'not set'
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return String(value)
}
