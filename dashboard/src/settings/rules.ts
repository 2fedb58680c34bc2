/** A site's rules of privacy and how long its data is kept, in words: what each is called, does, and was before. */

import type { Retention, SiteRules } from '../api/types'

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
  const [first, second] = key.split('.') as [keyof SiteRules, string?]
  return Boolean(second ? (rules.replay as Record<string, unknown>)[second] : rules[first])
}

export function withSwitch(rules: SiteRules, key: SwitchKey, on: boolean): SiteRules {
  const [first, second] = key.split('.') as [string, string?]
  return second ? { ...rules, replay: { ...rules.replay, [second]: on } } : { ...rules, [first]: on }
}

/** What keeps it from being saved; nothing where it can be. */
export function mistakeIn(retention: Retention): string | null {
  for (const { key, name } of KINDS) {
    const days = retention[key] ?? null
    if (days === null) continue
    if (!Number.isInteger(days) || days < LEAST_DAYS || days > MOST_DAYS) {
      return `${name}: keep them ${LEAST_DAYS} to ${MOST_DAYS} days, or for ever.`
    }
  }
  return null
}

/** What is different after a change, a line each: `replay mask inputs: on → off`. */
export function differences(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key.replaceAll('_', ' ')]))
  }
  const [was, is] = [inWords(before), inWords(after)]
  return was === is ? [] : [`${path.join(' ')}: ${was} → ${is}`]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function inWords(value: unknown): string {
  if (value === null || value === undefined) return 'for ever'
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return String(value)
}
