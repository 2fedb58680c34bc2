import { expect, test } from 'vitest'
import { differenceOf, ofSide, pairsOf, parseBeside, parseSide, sidesOf, sideText } from './sides'

test('a side is a search or a selection, and reads as it was written', () => {
  for (const text of ['q:device:mobile', 'q:', 's:eNqr']) {
    const side = parseSide(text)
    expect(side && sideText(side)).toBe(text)
  }
  for (const text of ['', 'device:mobile', 's:', undefined]) expect(parseSide(text)).toBeNull()
})

test('sides are both or none', () => {
  expect(sidesOf(parseBeside({ a: 'q:', b: 'nonsense' }))).toBeNull()
  expect(sidesOf(parseBeside({ a: 'q:', b: 's:x' }))).toEqual([
    { kind: 'search', q: '' },
    { kind: 'selection', selection: 'x' },
  ])
})

test('a search is joined to the screen’s, a selection takes the place of the screen’s', () => {
  const search = { last: '24h', q: 'has:errors OR has:rage', filter: 'f1', selection: 'old', a: 'q:', b: 'q:' }
  expect(ofSide(search, { kind: 'selection', selection: 'new' })).toEqual({
    last: '24h',
    q: 'has:errors OR has:rage',
    selection: 'new',
  })
  expect(ofSide(search, { kind: 'search', q: 'device:mobile' })).toEqual({
    last: '24h',
    q: '(has:errors OR has:rage) device:mobile',
    selection: 'old',
  })
  expect(ofSide({ last: '24h' }, { kind: 'search', q: '' })).toEqual({ last: '24h' })
})

test('rows are paired by what they are about; what stands high in either comes first', () => {
  const pairs = pairsOf(['a', 'b', 'c'], ['d', 'c'], (row) => row)
  expect(pairs.map(({ one, other }) => [one, other])).toEqual([
    ['a', null],
    [null, 'd'],
    ['b', null],
    ['c', 'c'],
  ])
})

test('nothing to divide by is no difference', () => {
  expect(differenceOf(2, 3)).toBe(0.5)
  expect(differenceOf(0, 3)).toBeNull()
  expect(differenceOf(2, null)).toBeNull()
})
