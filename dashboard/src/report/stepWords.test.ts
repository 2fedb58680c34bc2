import { expect, test } from 'vitest'
import { kindsPhrase, loopText, parseKinds, parseStep, segmentValue, shortened, stepText } from './stepWords'

test('a step is read back as it was written', () => {
  const step = { kind: 'request', label: 'POST /api/cart: v2' } as const
  expect(parseStep(stepText(step))).toEqual(step)
})

test('a bare path is a page; what is no step is none', () => {
  expect(parseStep('/checkout')).toEqual({ kind: 'page', label: '/checkout' })
  expect(parseStep('page:')).toBeNull()
  expect(parseStep('checkout')).toBeNull()
  expect(parseStep(undefined)).toBeNull()
})

test('kinds stand in one order, and pages alone need no word in the address', () => {
  expect(parseKinds('error,page,nonsense')).toEqual(['page', 'error'])
  expect(parseKinds('page')).toBeNull()
  expect(parseKinds('nonsense')).toBeNull()
  expect(kindsPhrase(['page', 'click', 'error'])).toBe('pages, clicks and errors')
})

test('a long path keeps both its ends, and whole characters', () => {
  const path = `/${'a-path-that-goes-on/'.repeat(12)}end`
  expect([...shortened(path, 21)]).toHaveLength(21)
  expect(shortened(path, 21)).toMatch(/^\/a-path.*….*\/end$/)
  expect(shortened('/سلة', 21)).toBe('/سلة')
  expect(shortened('👣'.repeat(30), 5)).toBe('👣👣👣…👣')
})

test('a loop is told where sessions repeat the step', () => {
  expect(loopText(2.34)).toBe('×2.3')
  expect(loopText(1.02)).toBeNull()
})

test('a segment has words, and one that is not known says so', () => {
  expect(segmentValue('user_type', 'logged_in')).toBe('Logged in')
  expect(segmentValue('country', 'DE')).toBe('Germany')
  expect(segmentValue('country', null)).toBe('Not known')
  expect(segmentValue('entry_route', 'new')).toBe('new')
})
