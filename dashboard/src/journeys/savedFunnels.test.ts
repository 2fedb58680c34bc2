import { afterEach, expect, test } from 'vitest'
import { forgetFunnel, funnelOf, keepFunnel, keptFunnels, withFunnel } from './savedFunnels'

afterEach(() => localStorage.clear())

const CHECKOUT = { name: 'Checkout', steps: 'page:/cart > page:/checkout', order: 'strict', window: '30m' } as const

test('funnels are kept by name, each site for itself', () => {
  expect(keptFunnels('shop')).toEqual([])
  expect(keepFunnel('shop', CHECKOUT)).toBe(true)
  keepFunnel('shop', { name: 'Browse', steps: 'page:/ > page:/products' })
  expect(keptFunnels('shop').map((one) => one.name)).toEqual(['Browse', 'Checkout'])
  keepFunnel('shop', { ...CHECKOUT, steps: 'page:/cart > custom:order' })
  expect(keptFunnels('shop')[1]).toEqual({ ...CHECKOUT, steps: 'page:/cart > custom:order' })
  expect(keptFunnels('blog')).toEqual([])
  forgetFunnel('shop', 'Browse')
  expect(keptFunnels('shop').map((one) => one.name)).toEqual(['Checkout'])
})

test('what is no funnel is not offered', () => {
  localStorage.setItem(
    'footpath-funnels shop',
    '[{"name":"x"},{"steps":"page:/a"},7,null,{"name":"y","steps":"page:/a"}]',
  )
  expect(keptFunnels('shop')).toEqual([{ name: 'y', steps: 'page:/a' }])
  localStorage.setItem('footpath-funnels shop', 'nonsense')
  expect(keptFunnels('shop')).toEqual([])
})

test('a funnel takes the place of the one there is, and leaves the filter', () => {
  const search = { last: '24h', view: 'funnel', steps: 'page:/a', order: 'strict' } as const
  const next = withFunnel(search, { steps: 'page:/b', window: '1h' })
  expect(next).toEqual({ last: '24h', view: 'funnel', steps: 'page:/b', window: '1h' })
  expect(funnelOf(next)).toEqual({ steps: 'page:/b', window: '1h' })
  expect(funnelOf({ last: '24h' })).toBeNull()
})
