import { expect, test } from 'vitest'
import { lostWords, pointsWords } from './impactWords'

test('a difference of shares is told in percentage points', () => {
  expect(pointsWords(-0.3812)).toBe('−38.1\u00a0pp')
  expect(pointsWords(0.05)).toBe('+5\u00a0pp')
  expect(pointsWords(-0.0001)).toBe('0\u00a0pp')
})

test('a loss that may be none says so', () => {
  expect(lostWords({ estimate: 22.4, low: 15.3, high: 28.9 })).toEqual({
    estimate: 'about 22',
    range: '15 to 29',
    isUnsure: false,
  })
  expect(lostWords({ estimate: 2.6, low: -1.3, high: 6.6 })).toMatchObject({
    range: '−1 to 7: may be none',
    isUnsure: true,
  })
})
