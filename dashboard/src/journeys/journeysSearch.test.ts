import { expect, test } from 'vitest'
import { funnelText, moveStep, parseFunnel, parseJourneysSearch, pathsParams } from './journeysSearch'

test('what makes no sense is left out, and what is usual needs no word', () => {
  expect(
    parseJourneysSearch({
      view: 'nonsense',
      kinds: 'page',
      start: 'nonsense',
      depth: '99',
      order: 'loose',
      window: '30 minutes',
      last: '7d',
    }),
  ).toEqual({})
})

test('an address is read back as it was written', () => {
  const search = {
    last: '30d',
    q: 'has:errors',
    selection: 'abc.def',
    view: 'funnel' as const,
    kinds: 'page,click',
    steps: 'page:/cart > custom:order|page:/thanks',
    order: 'strict' as const,
    window: '30m',
  }
  expect(parseJourneysSearch({ ...search })).toEqual(search)
})

test('read backwards only where neither the start nor the end is given', () => {
  expect(parseJourneysSearch({ direction: 'backwards' })).toEqual({ direction: 'backwards' })
  expect(parseJourneysSearch({ direction: 'backwards', start: 'page:/' })).toEqual({ start: 'page:/' })
})

test('paths are asked for in the API’s words', () => {
  expect(pathsParams({ start: 'page:/', loops: 'each', selection: 'abc' })).toEqual({
    last: '7d',
    selection: 'abc',
    kinds: 'page',
    start: 'page:/',
    depth: 5,
    breadth: 8,
    collapse: 'false',
  })
})

test('signs of a label do not divide a funnel', () => {
  const steps = [[{ kind: 'click', label: 'Next > pay' }], [{ kind: 'page', label: '/a|b\\c' }]] as const
  expect(funnelText(steps)).toBe('click:Next \\> pay > page:/a\\|b\\\\c')
  expect(parseFunnel(funnelText(steps))).toEqual(steps)
})

test('empty parts of a funnel are left out', () => {
  expect(parseFunnel(' > page:/cart | > > /thanks ')).toEqual([
    [{ kind: 'page', label: '/cart' }],
    [{ kind: 'page', label: '/thanks' }],
  ])
  expect(parseFunnel('')).toEqual([])
})

test('what is no name of steps is a clause, kept as it is written', () => {
  const text = '{request:/pay status:>=500}|page:/ > lcp:>2.5s > click:"a > b" OR custom:order > event.total:(>5 OR =2)'
  const steps = [
    [{ clause: '{request:/pay status:>=500}' }, { kind: 'page', label: '/' }],
    [{ clause: 'lcp:>2.5s' }],
    [{ clause: 'click:"a > b" OR custom:order' }],
    [{ clause: 'event.total:(>5 OR =2)' }],
  ]
  expect(parseFunnel(text)).toEqual(steps)
  expect(funnelText(parseFunnel(text))).toBe(text)
})

test('a label that looks like a clause stays a label', () => {
  const steps = [[{ kind: 'click', label: '"Buy" OR else' }], [{ kind: 'click', label: 'Size 5" (2' }]] as const
  expect(funnelText(steps)).toBe('click:\\"Buy"\\ OR else > click:Size 5" (2')
  expect(parseFunnel(funnelText(steps))).toEqual(steps)
})

test('a step is moved, and stays where there is no further place', () => {
  expect(moveStep(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
  expect(moveStep(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
  expect(moveStep(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
})
