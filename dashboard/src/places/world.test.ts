import { expect, test } from 'vitest'
import { SHADES, shadeOf } from './shades'
import { outlines } from './world'

test('countries are drawn under the codes that sessions have', () => {
  const codes = outlines().map((one) => one.code)
  for (const code of ['US', 'DE', 'BR', 'IN', 'ZA', 'AU', 'JP', 'XK', 'GB', 'FR', 'NO']) expect(codes).toContain(code)
  expect(codes).not.toContain('AQ')
  const known = codes.filter((code) => code !== null)
  expect(new Set(known).size).toBe(known.length)
  for (const { name, path } of outlines()) expect(path, name).toMatch(/^M/)
})

test('a country with one session beside one with a million has a shade of its own', () => {
  expect([0, 1, 40_000, 250_000, 1_000_000].map((n) => shadeOf(n, 1_000_000))).toEqual([0, 1, 1, 3, SHADES])
  expect(shadeOf(0, 0)).toBe(0)
})
