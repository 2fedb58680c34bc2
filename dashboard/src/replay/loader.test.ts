import { expect, test, vi } from 'vitest'
import { createCache, createLoader, stylesIn } from './loader'

test('what was used longest ago goes first, and the ceiling holds', () => {
  const cache = createCache(10)
  cache.set('a', '1234')
  cache.set('b', '1234')
  cache.get('a')
  cache.set('c', '1234')
  expect(cache.get('b')).toBeUndefined()
  expect(cache.get('a')).toBe('1234')
  expect(cache.bytes()).toBe(8)
  cache.set('d', 'x'.repeat(40))
  expect(cache.get('d')).toHaveLength(40)
  expect(cache.bytes()).toBe(40)
  cache.set('e', '1')
  expect(cache.bytes()).toBe(1)
})

test('a chunk is fetched once, also when it is asked for twice at once', async () => {
  const fetchChunk = vi.fn(async (tab: string, index: number) => `${tab}${index}`)
  const loader = createLoader({ fetchChunk, fetchStyle: async () => '' })
  expect(await Promise.all([loader.chunk('t', 1), loader.chunk('t', 1)])).toEqual(['t1', 't1'])
  await loader.chunk('t', 1)
  expect(fetchChunk).toHaveBeenCalledTimes(1)
  expect(loader.has('t', 1)).toBe(true)
  expect(loader.has('t', 2)).toBe(false)
})

test('what failed is asked for again', async () => {
  let n = 0
  const fetchChunk = async () => {
    n += 1
    if (n === 1) throw new Error('no answer')
    return 'records'
  }
  const loader = createLoader({ fetchChunk, fetchStyle: async () => '' })
  await expect(loader.chunk('t', 0)).rejects.toThrow('no answer')
  expect(await loader.chunk('t', 0)).toBe('records')
})

test('style sheets are found where records refer to them', () => {
  const text = '{"_cssText":"fp-style:abc1"}\n{"rules":"fp-style:z9"}\n{"_cssText":"fp-style:abc1"}\n"fp-style:<x>"'
  expect(stylesIn(text)).toEqual(['abc1', 'z9'])
})

test('rules of an adopted style sheet come as they are', async () => {
  const rules = [{ rule: 'a{}', index: 0 }]
  const loader = createLoader({ fetchChunk: async () => '', fetchStyle: async () => rules })
  expect(await loader.style('h')).toEqual(rules)
})
