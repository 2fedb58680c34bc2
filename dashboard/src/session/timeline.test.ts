import { describe, expect, test } from 'vitest'
import type { Category, TimelineRow } from '../api/types'
import { CATEGORIES } from '../format/words'
import { aRow, CLICK, ERROR, PAGE, REQUEST, STARTED, VITAL } from '../testing/rows'
import { DEFAULT_SHOWN, rowKey, shownOf, showParam } from './search'
import {
  filterRows,
  isIncomplete,
  nextIndex,
  replaceTail,
  rowsOf,
  splitLine,
  type TimelinePages,
  totalOf,
  withBreaks,
} from './timeline'

const ROWS = [STARTED, PAGE, CLICK, REQUEST, ERROR, VITAL]
const ALL = new Set(CATEGORIES)

function pagesOf(by_category: Partial<Record<Category, number>>, ...pages: TimelineRow[][]): TimelinePages {
  return {
    pages: pages.map((rows, index) => ({
      rows,
      by_category,
      next_cursor: index < pages.length - 1 ? String(index) : null,
    })),
    pageParams: pages.map((_, index) => (index === 0 ? null : String(index - 1))),
  }
}

const lines = (rows: readonly TimelineRow[]) => rows.map((row) => row.line)

describe('the filter', () => {
  test('leaves out what is measured, unless asked for', () => {
    const shown = new Set(DEFAULT_SHOWN)
    expect(lines(filterRows(ROWS, { shown, find: '' }))).toEqual(lines([STARTED, PAGE, CLICK, REQUEST, ERROR]))
    expect(filterRows(ROWS, { shown: ALL, find: '' })).toHaveLength(6)
  })

  test('of no category leaves the frame of the session', () => {
    expect(filterRows(ROWS, { shown: new Set(), find: '' })).toEqual([STARTED])
  })

  test('finds in the line, and in what the line does not say', () => {
    expect(filterRows(ROWS, { shown: ALL, find: 'checkout' })).toEqual([CLICK, ERROR])
    expect(filterRows(ROWS, { shown: ALL, find: '  CARD declined ' })).toEqual([ERROR])
    expect(filterRows(ROWS, { shown: ALL, find: '402' })).toEqual([REQUEST])
  })

  test('keeps the open row', () => {
    expect(
      filterRows(ROWS, {
        shown: new Set(),
        find: 'nowhere',
        keep: rowKey(VITAL),
      }),
    ).toEqual([VITAL])
  })

  test('goes into the URL and back', () => {
    expect(showParam(new Set(DEFAULT_SHOWN))).toBeUndefined()
    for (const shown of [new Set<Category>(), new Set<Category>(['error']), ALL]) {
      const show = showParam(shown)
      expect(shownOf(show === undefined ? {} : { show })).toEqual(shown)
    }
    expect(shownOf({ show: 'error,nonsense' })).toEqual(new Set(['error']))
  })
})

describe('pages that grow', () => {
  test('join to one list in which nothing is twice', () => {
    expect(lines(rowsOf(pagesOf({}, [STARTED, PAGE], [PAGE, CLICK])))).toEqual(lines([STARTED, PAGE, CLICK]))
  })

  test('the tail read again takes the place of the last page', () => {
    const before = pagesOf({ page: 1, click: 1 }, [STARTED, PAGE], [CLICK])
    const after = replaceTail(before, {
      rows: [CLICK, REQUEST],
      by_category: { page: 1, click: 1, request: 1 },
      next_cursor: null,
    })
    expect(lines(rowsOf(after))).toEqual(lines([STARTED, PAGE, CLICK, REQUEST]))
    expect(totalOf(after)).toBe(3)
    expect(isIncomplete(after)).toBe(false)
  })

  test('late data before the tail is missed, and noticed', () => {
    const pages = pagesOf({ page: 1, click: 2 }, [STARTED, PAGE], [CLICK])
    expect(isIncomplete(pages)).toBe(true)
  })

  test('pages still to be read are no gap', () => {
    const [first] = pagesOf({ page: 1, click: 1 }, [STARTED, PAGE], [CLICK]).pages
    expect(isIncomplete({ pages: first ? [first] : [] })).toBe(false)
  })
})

describe('between rows', () => {
  test('a long pause is said, a short one is not', () => {
    const later = aRow(9, 'click', 'Click: "Pay" button', CLICK.event?.kind ?? { scroll: { depth_pct: 0 } }, 151_000)
    const shown = withBreaks([PAGE, CLICK, later], 'UTC')
    expect(shown.map((item) => item.gapMs)).toEqual([0, 0, 150_000])
  })

  test('the day is said where it changes, in the zone of the site', () => {
    const late = { ...PAGE, at: Date.UTC(2026, 10, 23, 22, 59, 59) }
    const early = { ...CLICK, at: Date.UTC(2026, 10, 23, 23, 0, 1) }
    const days = (zone: string) => withBreaks([late, early], zone).map((item) => item.newDay)
    expect(days('Europe/Berlin')).toEqual([false, true])
    expect(days('UTC')).toEqual([false, false])
  })
})

test('the next error comes round again', () => {
  const shown = withBreaks(ROWS, 'UTC')
  const isError = (row: TimelineRow) => row.category === 'error'
  expect(nextIndex(shown, -1, isError)).toBe(4)
  expect(nextIndex(shown, 4, isError)).toBe(4)
  expect(nextIndex(shown, 0, (row) => row.category === 'custom')).toBe(-1)
})

test('a line splits at its first colon', () => {
  expect(splitLine('Page: /a: b')).toEqual({ head: 'Page', rest: '/a: b' })
  expect(splitLine('Tab hidden')).toEqual({ head: 'Tab hidden', rest: '' })
})
