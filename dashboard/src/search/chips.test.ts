import { describe, expect, test } from 'vitest'
import type { SearchChip } from '../api/types'
import { charactersAt, replaceCharacters, unitsAt } from './characters'
import { betweenClause, partsOf, placeOf, quoted, textOf, without } from './chips'
import { filterOf, filterParams, joinSearches, parseFilter, withSearch } from './filter'

const chips = (...texts: string[]): SearchChip[] => texts.map((text) => ({ text, negated: text.startsWith('-') }))

describe('chips are text and back', () => {
  const three = chips('page:/checkout', '-device:tablet', '(has:errors OR has:rage)')

  test('as one text, each part where it stands', () => {
    const text = textOf(three)
    expect(text).toBe('page:/checkout -device:tablet (has:errors OR has:rage)')
    three.forEach((chip, index) => {
      const { start, end } = placeOf(three, index)
      expect(text.slice(start, end)).toBe(chip.text)
    })
  })

  test('without one of them', () => {
    expect(without(three, 0)).toBe('-device:tablet (has:errors OR has:rage)')
    expect(without(three, 1)).toBe('page:/checkout (has:errors OR has:rage)')
    expect(without(chips('has:errors'), 0)).toBe('')
  })

  test.each([
    ['has:errors', { not: false, field: 'has:', rest: 'errors' }],
    ['-page:/cart', { not: true, field: 'page:', rest: '/cart' }],
    ['click:"Add to Cart"', { not: false, field: 'click:', rest: '"Add to Cart"' }],
    ['country:(DE OR FR)', { not: false, field: 'country:', rest: '(DE OR FR)' }],
    // The field speaks of its first part alone.
    ['page:/cart THEN page:/checkout', { not: false, field: '', rest: 'page:/cart THEN page:/checkout' }],
    ['checkout', { not: false, field: '', rest: 'checkout' }],
  ])('%s is shown in its parts', (text, shown) => expect(partsOf(chips(text)[0] as SearchChip)).toEqual(shown))
})

describe('what is chosen becomes text', () => {
  test.each([
    ['jane@acme.com', 'jane@acme.com'],
    ['Add to Cart', '"Add to Cart"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['>5', '">5"'],
    ['1..5', '"1..5"'],
  ])('%s', (value, text) => expect(quoted(value)).toBe(text))

  test.each([
    ['1m', '5m', 'duration:1m..5m'],
    ['1m', '', 'duration:>=1m'],
    ['', '5m', 'duration:<=5m'],
    ['', '', null],
  ])('from %s to %s', (min, max, clause) => expect(betweenClause('duration', min, max)).toBe(clause))

  test('two searches that are both meant', () => {
    expect(joinSearches('has:errors', 'device:mobile')).toBe('has:errors device:mobile')
    expect(joinSearches(undefined, 'a:1 OR b:2')).toBe('a:1 OR b:2')
    expect(joinSearches('a:1 OR b:2', 'has:errors')).toBe('(a:1 OR b:2) has:errors')
  })
})

test('positions are counted in characters, and replaced where they are', () => {
  const text = '👣 page:/x'
  expect(unitsAt(text, 1)).toBe(2)
  expect(charactersAt(text, 2)).toBe(1)
  expect(replaceCharacters(text, { start: 2, end: 6, text: 'entry' })).toEqual({ text: '👣 entry:/x', caret: 8 })
})

describe('the filter in the URL', () => {
  test('reading what was written changes nothing', () => {
    for (const filter of [{}, { q: 'has:errors' }, { last: '1h', q: 'a b', filter: 'f1', bots: 'include' }] as const) {
      expect(parseFilter(filterOf({ ...filter }) as Record<string, unknown>)).toEqual(filter)
    }
  })

  test('what makes no sense is left out, but a search that cannot be read stays', () => {
    expect(parseFilter({ q: '  ', bots: 'maybe' })).toEqual({})
    expect(parseFilter({ q: ' dur:>5m ' })).toEqual({ q: 'dur:>5m' })
  })

  test('the saved filter is no part of the question', () => {
    expect(filterParams({ q: 'has:errors', filter: 'f1' })).toEqual({ last: '7d', q: 'has:errors' })
  })

  test('a cleared search clears its saved filter', () => {
    expect(withSearch({ q: 'a', filter: 'f1', last: '1h' }, ' ')).toEqual({ last: '1h' })
    expect(withSearch({ q: 'a', filter: 'f1' }, 'b')).toEqual({ q: 'b', filter: 'f1' })
  })
})
