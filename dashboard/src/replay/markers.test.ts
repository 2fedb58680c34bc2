import { expect, test } from 'vitest'
import { CLICK, ERROR, PAGE, REQUEST, STARTED, VITAL } from '../testing/rows'
import { grouped, lane, markersOf } from './markers'

test('what one looks for has a mark; what went wrong stands above', () => {
  const markers = markersOf([STARTED, PAGE, CLICK, REQUEST, ERROR, VITAL])
  expect(markers.map(({ kind, bad }) => [kind, bad])).toEqual([
    ['page', false],
    ['click', false],
    ['request', true],
    ['error', true],
    ['vital', false],
  ])
  expect(markers.map(lane)).toEqual(['on', 'on', 'above', 'above', 'on'])
})

test('marks at one place are one, named by the gravest', () => {
  const groups = grouped(markersOf([PAGE, CLICK, REQUEST, ERROR]), 60_000)
  expect(groups.map(({ first, all }) => [first.kind, all.length])).toEqual([
    ['page', 2],
    ['error', 2],
  ])
})
