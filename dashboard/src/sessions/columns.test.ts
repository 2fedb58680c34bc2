import { afterEach, describe, expect, test } from 'vitest'
import {
  columnsParam,
  DEFAULT_COLUMNS,
  fitColumns,
  keepColumns,
  keptColumns,
  moveColumn,
  parseColumns,
  toggleColumn,
} from './columns'
import { columnsOf, parseSessionsSearch } from './listSearch'
import { chosenOrder, DEFAULT_ORDER, orderOf, orderWords, parseOrder, SORT_KEYS, withOrder } from './order'
import { selectRows } from './useSelection'

afterEach(() => localStorage.clear())

describe('columns', () => {
  test('are read from the URL, unknown ones and repetitions left out', () => {
    expect(parseColumns('errors,who,nonsense,errors,started')).toEqual(['who', 'errors', 'started'])
    expect(parseColumns('nonsense')).toBeNull()
    expect(parseColumns(undefined)).toBeNull()
  })

  test('stand in the URL only where they are not the usual ones', () => {
    expect(columnsParam(DEFAULT_COLUMNS)).toBeUndefined()
    expect(parseSessionsSearch({ columns: DEFAULT_COLUMNS.join(',') })).toEqual({})
    expect(parseSessionsSearch({ columns: 'who,errors' })).toEqual({ columns: 'who,errors' })
  })

  test('are kept in the browser; a link has its own', () => {
    keepColumns(['who', 'load'])
    expect(columnsOf({})).toEqual(['who', 'load'])
    expect(columnsOf({ columns: 'who,errors' })).toEqual(['who', 'errors'])
    keepColumns(DEFAULT_COLUMNS)
    expect(keptColumns()).toBeNull()
  })

  test('come and go in their place, and move by one', () => {
    expect(toggleColumn(['who', 'started', 'events'], 'pages')).toEqual(['who', 'started', 'pages', 'events'])
    expect(toggleColumn(['who', 'started', 'events'], 'started')).toEqual(['who', 'events'])
    expect(moveColumn(['who', 'started', 'events'], 'events', -1)).toEqual(['who', 'events', 'started'])
    // Who it was stays first.
    expect(moveColumn(['who', 'started', 'events'], 'started', -1)).toEqual(['who', 'started', 'events'])
  })

  test('give way where there is no room, but not who it was and not what is sorted by', () => {
    expect(fitColumns(DEFAULT_COLUMNS, 2000, 'start')).toEqual(DEFAULT_COLUMNS)
    const narrow = fitColumns(DEFAULT_COLUMNS, 760, 'errors')
    expect(narrow).toEqual(expect.arrayContaining(['who', 'errors', 'started']))
    expect(narrow).not.toContain('path')
    expect(fitColumns(DEFAULT_COLUMNS, 0, 'errors')).toEqual(['who', 'errors'])
  })
})

describe('order', () => {
  test('a column chosen is the greatest first, and the other way round when it is chosen again', () => {
    const longest = chosenOrder(DEFAULT_ORDER, 'duration')
    expect(longest).toEqual({ sort: 'duration', ascending: false })
    expect(chosenOrder(longest, 'duration')).toEqual({ sort: 'duration', ascending: true })
    expect(chosenOrder(chosenOrder(longest, 'duration'), 'errors')).toEqual({ sort: 'errors', ascending: false })
  })

  test('stands in the URL only where it is not the usual one, and is read back', () => {
    expect(withOrder({ q: 'a', sort: 'errors' as const }, DEFAULT_ORDER)).toEqual({ q: 'a' })
    for (const sort of SORT_KEYS) {
      for (const ascending of [true, false]) {
        const order = { sort, ascending }
        expect(orderOf(parseOrder(withOrder({}, order) as Record<string, unknown>))).toEqual(order)
        expect(orderWords(order)).toMatch(/^[A-Z]/)
      }
    }
    expect(parseOrder({ sort: 'nonsense', order: 'sideways' })).toEqual({})
  })
})

describe('selecting', () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id }))

  test('one turns alone', () => {
    expect([...selectRows(new Set(['a']), rows, { index: 1, anchor: null })]).toEqual(['a', 'b'])
    expect([...selectRows(new Set(['a', 'b']), rows, { index: 1, anchor: null })]).toEqual(['a'])
  })

  test('a range becomes as the row that was turned, in either direction', () => {
    expect([...selectRows(new Set(['a']), rows, { index: 2, anchor: 0 })].sort()).toEqual(['a', 'b', 'c'])
    expect([...selectRows(new Set(['a', 'b', 'c', 'd']), rows, { index: 1, anchor: 3 })]).toEqual(['a'])
  })
})
