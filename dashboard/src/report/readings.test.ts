import { expect, test } from 'vitest'
import type { Measure } from '../api/reportTypes'
import { changeOf, madeOf, measureText, metricName, percent, ratingOf, valueText } from './readings'

const measure = (given: Partial<Measure>): Measure => ({
  metric: 'bounce_rate',
  value: 0.31,
  state: 'number',
  of: 120,
  exact: true,
  selection: null,
  ...given,
})

test.each([
  [12345, 'sessions', 'sessions', '12,345'],
  [3.98, 'pages_average', 'events', '4.0'],
  [323_000, 'duration_average', 'ms', '5m\u00a023s'],
  [431.4, 'load_p75', 'ms', '431\u00a0ms'],
  [2210, 'lcp_p75', 'ms', '2.21\u00a0s'],
  [0.021, 'error_rate', 'ratio', '2.1\u00a0%'],
  [0.1, 'cls_p75', 'score', '0.10'],
  [null, 'error_rate', 'ratio', '–'],
  [Number.NaN, 'error_rate', 'ratio', '–'],
] as const)('%s of %s reads %s', (value, name, unit, text) => {
  expect(valueText(value, { name, unit })).toBe(text)
})

test('nothing divided by nothing is a dash, what cannot be measured says so, and zero is zero', () => {
  const metric = { name: 'return_rate', unit: 'ratio' } as const
  expect(measureText(measure({ state: 'nothing', value: null }), metric)).toBe('–')
  expect(measureText(measure({ state: 'not_measurable', value: null }), metric)).toBe('Not measurable')
  expect(measureText(measure({ value: 0 }), metric)).toBe('0\u00a0%')
})

test('a share that is there is not rounded away', () => {
  expect(percent(0.0001)).toBe('<\u00a00.1\u00a0%')
  expect(percent(0)).toBe('0\u00a0%')
  expect(percent(null)).toBe('–')
})

test('a rate says what it is made of, a count does not', () => {
  expect(madeOf(measure({}), { unit: 'ratio', made_of: 'sessions' })).toBe('of 120 sessions')
  expect(madeOf(measure({ of: 1 }), { unit: 'ms', made_of: 'events' })).toBe('of 1 page load')
  expect(madeOf(measure({}), { unit: 'sessions', made_of: 'sessions' })).toBeNull()
})

test.each([
  [0.326, 'higher', 'up', 'better', '32.6\u00a0%'],
  [0.16, 'lower', 'up', 'worse', '16\u00a0%'],
  [-0.021, 'lower', 'down', 'better', '2.1\u00a0%'],
  [-0.1, 'neither', 'down', 'neither', '10\u00a0%'],
  [0, 'higher', 'same', 'neither', 'same'],
  [30, 'higher', 'up', 'better', '×\u00a031'],
] as const)('a change by %d where %s is better goes %s and is %s', (change, better, direction, tone, text) => {
  expect(changeOf(change, better)).toMatchObject({ direction, tone, text })
})

test('without a period before there is no change', () => {
  expect(changeOf(null, 'higher')).toBeNull()
  expect(changeOf(Number.POSITIVE_INFINITY, 'higher')).toBeNull()
})

test('a threshold belongs to the better rating', () => {
  expect(ratingOf(2500, 'LCP')).toBe('good')
  expect(ratingOf(2501, 'LCP')).toBe('needs_improvement')
  expect(ratingOf(0.251, 'CLS')).toBe('poor')
  expect(ratingOf(200, { good: 200, poor: 500 })).toBe('good')
  expect(ratingOf(null, 'INP')).toBeNull()
})

test('a metric newer than this page is named by its own name', () => {
  expect(metricName('lcp_p75')).toBe('LCP, p75')
  expect(metricName('bounce_rate')).toBe('Bounce rate')
  expect(metricName('scroll_depth')).toBe('Scroll depth')
})
