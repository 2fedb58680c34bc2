import { expect, test } from 'vitest'
import { funnelOf, isSameFunnel, withFunnel, withSaved } from './savedFunnels'

test('a funnel takes the place of the one there is, and leaves the filter', () => {
  const search = { last: '24h', view: 'funnel', steps: 'page:/a', order: 'strict' } as const
  const next = withFunnel(search, { steps: 'page:/b', window: '1h' })
  expect(next).toEqual({ last: '24h', view: 'funnel', steps: 'page:/b', window: '1h' })
  expect(funnelOf(next)).toEqual({ steps: 'page:/b', window: '1h' })
  expect(funnelOf({ last: '24h' })).toBeNull()
})

test('what is usual makes no other funnel', () => {
  expect(isSameFunnel({ steps: 'page:/a' }, { steps: 'page:/a', order: 'loose', window: null })).toBe(true)
  expect(isSameFunnel({ steps: 'page:/a' }, { steps: 'page:/a', order: 'strict' })).toBe(false)
})

test('a funnel is saved by name, in the place of the one that had it', () => {
  const saved = withSaved([{ name: 'Checkout', steps: 'page:/a' }], { name: 'Browse', steps: 'page:/b' })
  expect(saved.map((one) => one.name)).toEqual(['Browse', 'Checkout'])
  expect(withSaved(saved, { name: 'Checkout', steps: 'page:/c' })[1]).toEqual({ name: 'Checkout', steps: 'page:/c' })
})
