/** Counts and sizes as people read them: separators of the locale, a unit always, a dash where there is nothing. */

/** Shown where there is no value. */
export const NOTHING = '–'

const integers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** `12,345`. */
export function count(n: number): string {
  return integers.format(n)
}

/** `1 page`, `12,345 pages`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)}\u00a0${n === 1 ? one : many}`
}

/** The noun alone, in the number of `n`. */
export function noun(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? one : many
}

/** `2.1 %` of `whole`; a dash where there is no whole. */
export function share(part: number, whole: number): string {
  return whole === 0 ? NOTHING : `${tenths.format((100 * part) / whole)}\u00a0%`
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** `48.2 kB`: decimal units, as browsers' tools show them. */
export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined) return NOTHING
  let value = n
  let unit = 0
  while (value >= 999.95 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? integers.format(value) : tenths.format(value)}\u00a0${BYTE_UNITS[unit]}`
}
