import { expect, test } from 'vitest'
import { aPage, linesOf } from '../../testing/replays'
import { TAB, TEN_O_CLOCK } from '../../testing/rows'
import { createHoldings } from './holdings'

const at = (seconds: number) => TEN_O_CLOCK + seconds * 1000
const move = (seconds: number, ...offsets: number[]): [number, number, Record<string, unknown>] => [
  seconds,
  3,
  { source: 1, positions: offsets.map((timeOffset) => ({ x: -timeOffset, y: 1, id: 5, timeOffset })) },
]

function holding(...chunks: string[]) {
  const holdings = createHoldings()
  for (const [index, text] of chunks.entries()) holdings.put(TAB, index, text, 0)
  return holdings
}

test('a page begins at its last keyframe, with what describes it', () => {
  const holdings = holding(
    linesOf(...aPage(0, 'a'), [1, 3, { source: 3 }], ...aPage(10, 'b')),
    linesOf(...aPage(20, 'c')),
  )
  expect(holdings.keyframeBefore(at(5))).toEqual({ index: 0, record: 0 })
  expect(holdings.keyframeBefore(at(10))).toEqual({ index: 0, record: 3 })
  expect(holdings.keyframeBefore(at(25))).toEqual({ index: 1, record: 0 })
  expect(holdings.keyframeBefore(at(-1))).toBeNull()
})

test('style sheets may stand between a page and what describes it', () => {
  const [meta, snapshot] = aPage(0, 'a') as [never, never]
  const style: [number, number, Record<string, unknown>] = [0, 5, { tag: 'fp.style', payload: { hash: 'h', css: '' } }]
  expect(holding(linesOf(meta, style, style, snapshot)).keyframeBefore(at(1))).toEqual({ index: 0, record: 0 })
})

test('records are given once, from where the last of them were', () => {
  const holdings = holding(
    linesOf(...aPage(0, 'a'), [1, 3, { source: 3 }]),
    linesOf([2, 3, { source: 3 }], [9, 3, { source: 3 }]),
  )
  const first = holdings.between({ index: 0, record: 0 }, at(1.5))
  expect(first.records).toHaveLength(3)
  const second = holdings.between(first.next, at(5))
  expect(second.records.map(({ timestamp }) => timestamp)).toEqual([at(2)])
  expect(holdings.between(second.next, at(20)).records).toHaveLength(1)
})

test('where a chunk is missing it stops', () => {
  const holdings = createHoldings()
  holdings.put(TAB, 0, linesOf(...aPage(0, 'a')), 0)
  holdings.put(TAB, 2, linesOf([9, 3, { source: 3 }]), 0)
  expect(holdings.between({ index: 0, record: 0 }, at(20)).records).toHaveLength(2)
})

test('times are those of the server, and a pointer’s moves each have their own', () => {
  const holdings = createHoldings()
  const { times } = holdings.put(TAB, 0, linesOf(...aPage(0, 'a'), move(1, -500, -100)), 2000)
  expect(times).toEqual([at(3)])
  expect(holdings.keyframeBefore(at(1))).toBeNull()
  expect(holdings.pointingAt(at(2.6))).toMatchObject({ at: at(2.5), x: 500, how: 'move' })
  expect(holdings.pointingAt(at(3))).toMatchObject({ x: 100 })
})

test('texts of style sheets take the place of references; one that is lost is counted', () => {
  const holdings = holding(linesOf([0, 5, { tag: 'fp.style', payload: { hash: 'h1', css: 'a{}' } }]))
  holdings.defineStyle('h2', [{ rule: 'b{}', index: 0 }])
  const node = {
    type: 2,
    attributes: { _cssText: 'fp-style:h1' },
    childNodes: [{ attributes: { _cssText: 'fp-style:gone' } }],
  }
  const snapshot = { type: 2, timestamp: 0, data: { node } }
  expect(holdings.withStyles(snapshot)).toBe(1)
  expect(node.attributes._cssText).toBe('a{}')
  const adopted = { type: 3, timestamp: 0, data: { source: 15, styles: [{ styleId: 1, rules: 'fp-style:h2' }] } }
  expect(holdings.withStyles(adopted)).toBe(0)
  expect(adopted.data.styles[0]?.rules).toEqual([{ rule: 'b{}', index: 0 }])
})

test('what cannot be read is left out and counted', () => {
  const holdings = holding(`${linesOf(...aPage(0, 'a'))}{"type":3\nnull\n{"type":"3","timestamp":1,"data":{}}\n`)
  expect(holdings.between({ index: 0, record: 0 }, at(99)).records).toHaveLength(2)
  expect(holdings.nUnreadable()).toBe(3)
})

test('chunks that are needed no more are let go, and those of another tab with it', () => {
  const holdings = holding(linesOf(...aPage(0, 'a')), linesOf(...aPage(10, 'b')))
  holdings.keep(TAB, 1)
  expect(holdings.get(0)).toBeUndefined()
  expect(holdings.get(1)).toBeDefined()
  holdings.put('another', 0, linesOf(...aPage(0, 'a')), 0)
  expect(holdings.get(1)).toBeUndefined()
})
