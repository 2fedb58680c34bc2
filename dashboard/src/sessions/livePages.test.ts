import { describe, expect, test } from 'vitest'
import type { Session } from '../api/types'
import { aSession, TEN_O_CLOCK } from '../testing/rows'
import { belongs, insertRows, replaceRow, rowsOf, type SessionPages } from './livePages'

const at = (id: string, minute: number) => aSession({ id, start: TEN_O_CLOCK + minute * 60_000 })

function pagesOf(...pages: Session[][]): SessionPages {
  const total = pages.flat().length
  const range = { from: 0, to: TEN_O_CLOCK * 2, time_zone: 'UTC' }
  return {
    pages: pages.map((sessions) => ({
      sessions,
      total,
      with_errors: 0,
      range,
      q: '',
      evidence: [],
      next_cursor: null,
    })),
    pageParams: pages.map(() => null),
  }
}

const ids = (pages: SessionPages) => rowsOf(pages).map((row) => row.id)

describe('a live update', () => {
  const pages = pagesOf([at('c', 3), at('b', 2)], [at('a', 1)])

  test('renews a row where it is, on whichever page', () => {
    const changed = aSession({
      id: 'a',
      start: TEN_O_CLOCK + 60_000,
      counts: { events: 99 },
    })
    const next = replaceRow(pages, changed)
    expect(ids(next)).toEqual(['c', 'b', 'a'])
    expect(rowsOf(next)[2]?.counts.events).toBe(99)
    // Pages that did not change are the same, so nothing of theirs is drawn again.
    expect(next.pages[0]).toBe(pages.pages[0])
  })

  test('counts a session whose first error came, and only once', () => {
    const failed = aSession({ id: 'a', start: TEN_O_CLOCK + 60_000, counts: { errors: 1 } })
    const once = replaceRow(pages, failed)
    expect(once.pages[0]?.with_errors).toBe(1)
    expect(replaceRow(once, failed).pages[0]?.with_errors).toBe(1)
  })

  test('of an unknown session changes nothing', () => {
    expect(replaceRow(pages, at('x', 9))).toBe(pages)
  })

  test('puts new sessions on top in order, and counts them', () => {
    const next = insertRows(pages, [at('d', 4), at('e', 5)])
    expect(ids(next)).toEqual(['e', 'd', 'c', 'b', 'a'])
    expect(next.pages[0]?.total).toBe(5)
  })

  test('told twice counts once', () => {
    const once = insertRows(pages, [at('d', 4)])
    const twice = insertRows(once, [at('d', 4)])
    expect(ids(twice)).toEqual(ids(once))
    expect(twice.pages[0]?.total).toBe(4)
  })
})

test('a session on two pages is one row', () => {
  expect(ids(pagesOf([at('b', 2), at('a', 1)], [at('a', 1)]))).toEqual(['b', 'a'])
})

test('a session belongs to a list by its start and its bots', () => {
  const list = {
    from: TEN_O_CLOCK,
    to: TEN_O_CLOCK + 60_000,
    endsNow: false,
    bots: false,
  }
  expect(belongs(at('a', 0), list)).toBe(true)
  expect(belongs(at('a', -1), list)).toBe(false)
  expect(belongs(at('a', 1), list)).toBe(false)
  expect(belongs(at('a', 1), { ...list, endsNow: true })).toBe(true)
  const bot = aSession({ bot: 'headless' })
  expect(belongs(bot, list)).toBe(false)
  expect(belongs(bot, { ...list, bots: true })).toBe(true)
})
