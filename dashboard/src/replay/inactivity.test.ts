import { expect, test } from 'vitest'
import { aRow, CLICK, PAGE, TEN_O_CLOCK } from '../testing/rows'
import { idleSpans } from './inactivity'

const at = (seconds: number) => TEN_O_CLOCK + seconds * 1000
const whole = { start: at(0), end: at(120) }
const clickAt = (seconds: number) => ({ ...CLICK, at: at(seconds) })

test('long stretches without anything to see are idle, with a lead before what comes', () => {
  const rows = [PAGE, clickAt(4), clickAt(60)]
  expect(idleSpans({ whole, rows, interactions: [] })).toEqual([
    { start: at(6), end: at(58) },
    { start: at(62), end: at(120) },
  ])
})

test('a pointer that moved is something to see, once its chunk is here', () => {
  const interactions = [30, 31, 32].map(at)
  expect(idleSpans({ whole, rows: [PAGE, clickAt(60)], interactions })).toEqual([
    { start: at(2), end: at(28) },
    { start: at(34), end: at(58) },
    { start: at(62), end: at(120) },
  ])
})

test('requests and measurements are not seen; a short rest is waited for', () => {
  const polling = aRow(
    9,
    'request',
    'HTTP',
    { request: { method: 'GET', url: '/poll', status: 200, duration_ms: 1, initiator: 'fetch' } },
    20_000,
  )
  expect(idleSpans({ whole: { start: at(0), end: at(40) }, rows: [PAGE, polling], interactions: [] })).toEqual([
    { start: at(2), end: at(40) },
  ])
  expect(idleSpans({ whole: { start: at(0), end: at(11) }, rows: [PAGE], interactions: [] })).toEqual([])
})
