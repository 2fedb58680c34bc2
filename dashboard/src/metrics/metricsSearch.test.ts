import { expect, test } from 'vitest'
import type { MetricInfo, SegmentRow } from '../api/reportTypes'
import { ofSide } from '../beside/sides'
import { segmentName } from '../beside/useSideName'
import { besideParams, parseMetricsSearch, segmentParams } from './metricsSearch'
import { sortedRows } from './SegmentsView'

test('what makes no sense is left out, and what is usual needs no word', () => {
  expect(
    parseMetricsSearch({
      view: 'beside',
      a: 's:only-one',
      metric: 'Bounce Rate',
      interval: 'minute',
      compare: 'previous',
      by: 'user_type',
      metrics: 'sessions,duration_average,error_rate',
      sort: 'sessions',
    }),
  ).toEqual({ a: 's:only-one' })
})

test('two dimensions at most, each once', () => {
  const search = parseMetricsSearch({ view: 'segments', by: 'device,device,country,browser' })
  expect(search).toEqual({ view: 'segments', by: 'device,country' })
  expect(segmentParams(search, 20)).toMatchObject({ dimensions: 'device,country', limit: 20, last: '7d' })
})

test('two segments are asked for in the same range and search, whatever the screen was narrowed to', () => {
  const params = besideParams(
    ofSide({ q: 'has:errors', last: '24h', selection: 'narrowed' }, { kind: 'selection', selection: 'segment-a' }),
  )
  expect(params).toMatchObject({ q: 'has:errors', last: '24h', selection: 'segment-a', compare: 'none' })
})

test('rows stand by a metric, those without a value last', () => {
  const metrics = [{ name: 'sessions' }, { name: 'load_p75' }] as MetricInfo[]
  const row = (key: string, value: number | null) =>
    ({ key: [key], measures: [{ value: 1 }, { value }] }) as unknown as SegmentRow
  const rows = [row('a', 3), row('b', null), row('c', 7)]
  expect(sortedRows(rows, metrics, 'load_p75').map((one) => one.key[0])).toEqual(['c', 'a', 'b'])
  expect(sortedRows(rows, metrics, undefined)).toBe(rows)
})

test('a segment is named without what all names have', () => {
  expect(segmentName('Sessions whose device is mobile', '')).toBe('Device is mobile')
  expect(segmentName('Sessions that are of device mobile', '')).toBe('Device mobile')
  expect(segmentName(null, 'The first segment')).toBe('The first segment')
})
