import { expect, test } from 'vitest'
import { aChunk, aManifest, aTab } from '../testing/replays'
import { aRow, TAB, TEN_O_CLOCK } from '../testing/rows'
import { chunksFor, gapSpans, lackAt, merged, tabAt, tabTurns, unrecordedSpans, without } from './manifest'

const at = (seconds: number) => TEN_O_CLOCK + seconds * 1000
const indexes = (...of: Parameters<typeof chunksFor>) => chunksFor(...of).map((chunk) => chunk.index)
const later = { keyframe: false }

test('a page is made of the chunks from the keyframe before its moment', () => {
  const tab = aTab([aChunk(0, 0, 5), aChunk(1, 5, 10, later), aChunk(2, 10, 15, later), aChunk(3, 15, 20)])
  expect(indexes(tab, at(0))).toEqual([0])
  expect(indexes(tab, at(7))).toEqual([0, 1])
  expect(indexes(tab, at(14.9))).toEqual([0, 1, 2])
  expect(indexes(tab, at(15))).toEqual([3])
  expect(indexes(tab, at(99))).toEqual([3])
  expect(indexes(tab, at(-1))).toEqual([])
})

test('looking ahead, it goes on to what begins by then', () => {
  const tab = aTab([aChunk(0, 0, 5), aChunk(1, 5, 10, later), aChunk(2, 10, 15)])
  expect(indexes(tab, at(1), at(6))).toEqual([0, 1])
  expect(indexes(tab, at(1), at(60))).toEqual([0, 1, 2])
})

test('after a gap the page stays as it was before, until it is told as a whole again', () => {
  const tab = aTab([aChunk(0, 0, 5), aChunk(3, 15, 20, later), aChunk(4, 20, 25)])
  expect(indexes(tab, at(3))).toEqual([0])
  expect(indexes(tab, at(17))).toEqual([0])
  expect(indexes(tab, at(21))).toEqual([4])
  expect(lackAt(tab, at(3))).toBeNull()
  expect(lackAt(tab, at(10))).toEqual({ what: 'gap', since: at(5), until: at(20) })
  expect(lackAt(tab, at(17))).toEqual({ what: 'gap', since: at(5), until: at(20) })
  expect(lackAt(tab, at(20))).toBeNull()
  expect(gapSpans(tab)).toEqual([{ start: at(5), end: at(20) }])
})

test('records that the browser lost are a gap too', () => {
  const tab = aTab([aChunk(0, 0, 5), aChunk(1, 8, 12, { keyframe: false, flags: ['gap'] })])
  expect(indexes(tab, at(10))).toEqual([0])
})

test('a gap without a whole page after it lasts to the end', () => {
  const tab = aTab([aChunk(0, 0, 5), aChunk(2, 15, 20, later)])
  expect(lackAt(tab, at(60))).toEqual({ what: 'gap', since: at(5), until: null })
})

test('a tab that begins without a whole page is not known before there is one', () => {
  const tab = aTab([aChunk(4, 0, 5, later), aChunk(5, 5, 10)], {
    gaps: [{ after_index: null, before_index: 4, start: at(0), end: at(0) }],
  })
  expect(indexes(tab, at(2))).toEqual([])
  expect(lackAt(tab, at(2))).toEqual({ what: 'gap', since: at(0), until: at(5) })
  expect(lackAt(tab, at(6))).toBeNull()
})

test('before and after what was recorded it says so', () => {
  const tab = aTab([aChunk(0, 10, 20)])
  expect(lackAt(tab, at(1))).toEqual({ what: 'before', until: at(10) })
  expect(lackAt(tab, at(21))).toEqual({ what: 'after', since: at(20) })
})

test('spans are joined, and what is left of a whole is found', () => {
  const spans = [
    { start: 5, end: 10 },
    { start: 0, end: 2 },
    { start: 8, end: 12 },
  ]
  expect(merged(spans)).toEqual([
    { start: 0, end: 2 },
    { start: 5, end: 12 },
  ])
  expect(without({ start: 0, end: 20 }, spans)).toEqual([
    { start: 2, end: 5 },
    { start: 12, end: 20 },
  ])
})

const SECOND_TAB = '019a0f5e-7c00-7000-8000-00000000000b'

test('where no tab was recorded is told, but not the moment between two pages', () => {
  const one = aTab([aChunk(0, 0, 10), aChunk(1, 11, 20, { page_id: 'page-2' })])
  const two = aTab([aChunk(0, 40, 50)], { tab_id: SECOND_TAB })
  expect(unrecordedSpans(aManifest([one, two]), { start: at(-30), end: at(50) })).toEqual([
    { start: at(-30), end: at(0) },
    { start: at(20), end: at(40) },
  ])
})

test('the tab that the person turned to is shown, if it was recorded then', () => {
  const one = aTab([aChunk(0, 0, 60)])
  const two = aTab([aChunk(0, 20, 40)], { tab_id: SECOND_TAB })
  const manifest = aManifest([one, two])
  const inSecond = aRow(2, 'click', 'Click', { click: { label: 'x', role: 'a', selector: 'a', x: 0, y: 0 } }, 25_000)
  const rows = [
    aRow(0, 'page', 'Page: /', { page_view: { url: 'https://shop.example/', navigation: 'load' } }, 0),
    { ...inSecond, event: inSecond.event ? { ...inSecond.event, tab_id: SECOND_TAB } : null },
    aRow(
      3,
      'request',
      'HTTP',
      { request: { method: 'GET', url: '/', status: 200, duration_ms: 1, initiator: 'fetch' } },
      30_000,
    ),
  ]
  const turns = tabTurns(manifest, rows)
  expect(turns.map(({ tab }) => tab)).toEqual([TAB, SECOND_TAB])
  expect(tabAt(manifest, turns, at(10))?.tab_id).toBe(TAB)
  expect(tabAt(manifest, turns, at(30))?.tab_id).toBe(SECOND_TAB)
  // It was closed; the other is still there.
  expect(tabAt(manifest, turns, at(50))?.tab_id).toBe(TAB)
})
