import { expect, test } from 'vitest'
import { byValue, limitOf, parsePagesSearch, vitalsParams } from './pagesSearch'

test('an address is read back as it was written, without what is usual', () => {
  const search = { view: 'vitals' as const, route: '/محصول', vital: 'CLS' as const, sort: 'load_p75' }
  expect(parsePagesSearch({ ...search })).toEqual(search)
  expect(parsePagesSearch({ vital: 'LCP', limit: '7', view: 'pages', sort: 'Load p75' })).toEqual({})
  expect(limitOf(parsePagesSearch({ limit: '500' }))).toBe(500)
  expect(vitalsParams({ route: '/checkout' })).toEqual({ last: '7d', route: '/checkout' })
})

test('rows without a value come last', () => {
  expect(byValue([1, null, 3], (one) => one)).toEqual([3, 1, null])
})
