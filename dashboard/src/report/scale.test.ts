import { expect, test } from 'vitest'
import { areaPath, linePath, niceTop, niceTopMs, placeInterval, reachOf, runsOf, widthsOf } from './scale'

test.each([
  [0, 1],
  [-3, 1],
  [Number.NaN, 1],
  [1, 1],
  [1.1, 2],
  [23, 25],
  [0.3, 0.5],
  [7_001, 10_000],
])('the top of an axis for %d is %d', (most, top) => {
  expect(niceTop(most)).toBeCloseTo(top)
})

test.each([
  [0, 1],
  [431, 500],
  [61_000, 120_000],
  [3_600_001, 7_200_000],
  [40 * 3_600_000, 50 * 3_600_000],
])('the top of an axis of %d ms is %d ms', (most, top) => {
  expect(niceTopMs(most)).toBe(top)
})

const at = (value: number, index: number) => ({ x: index * 10, y: value })

test('what was not measured is a gap, and a value alone is still seen', () => {
  expect(linePath(runsOf([1, 2, null, 4, null, null, 7, 8], at))).toBe('M0 1L10 2M29.5 4h1M60 7L70 8')
  expect(runsOf([null, null], at)).toEqual([])
  expect(linePath([])).toBe('')
})

test('the ground under a line goes down to the floor, and is not under a value alone', () => {
  expect(areaPath(runsOf([1, 2, null, 4], at), 50)).toBe('M0 1L10 2L10 50L0 50Z')
})

test('an interval stands on a scale that is as wide to both sides', () => {
  const intervals = [
    { estimate: -0.38, low: -0.49, high: -0.26 },
    { estimate: 0.05, low: -0.05, high: 0.16 },
  ]
  expect(reachOf(intervals)).toBeCloseTo(0.5)
  expect(reachOf([])).toBeCloseTo(0.01)
  expect(placeInterval({ estimate: 0, low: -0.25, high: 0.25 }, 0.5, 200)).toEqual({
    left: 50,
    right: 150,
    at: 100,
    zero: 100,
  })
  // Cut at the ends, never outside of the drawing.
  expect(placeInterval({ estimate: -2, low: -3, high: 3 }, 1, 200)).toMatchObject({ left: 0, at: 0, right: 200 })
})

test('parts add up to the whole bar, and the smallest is still seen', () => {
  const widths = widthsOf([997, 2, 1], 100, 2)
  expect(widths.reduce((sum, n) => sum + n, 0)).toBeCloseTo(100)
  expect(widths[1]).toBe(2)
  expect(widths[2]).toBe(2)
  expect(widthsOf([1, 0, 1], 100, 2)).toEqual([50, 0, 50])
  expect(widthsOf([0, 0, 0], 100, 2)).toEqual([0, 0, 0])
})
