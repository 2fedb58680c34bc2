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

test('a mark never lies over its neighbour, wherever on the clock they are', () => {
  for (let start = 0; start < 1000; start += 50) {
    const rows = [
      { ...PAGE, at: start },
      { ...VITAL, at: start + 244 },
      { ...CLICK, at: start + 600 },
    ]
    const groups = grouped(markersOf(rows), 500)
    expect(groups.map(({ first, all }) => [first.kind, all.length])).toEqual([
      ['page', 2],
      ['click', 1],
    ])
  }
})
