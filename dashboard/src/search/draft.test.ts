import { describe, expect, test } from 'vitest'
import { ApiError } from '../api/client'
import type { CompletionItem } from '../api/types'
import { complete, corrected, mistakeOf, stepActive, tabCompletes } from './draft'

const field = (text: string): CompletionItem => ({ kind: 'field', text, doc: '', sessions: null })
const value = (text: string): CompletionItem => ({ kind: 'value', text, doc: '', sessions: 3 })

describe('a completion is taken', () => {
  const at = (text: string, caret: number, start: number, end: number, item: CompletionItem) =>
    complete({ text, caret }, { start, end, items: [item] }, item)

  test('a field, and its value can follow at once', () => {
    expect(at('pa', 2, 0, 2, field('page:'))).toEqual({ text: 'page:', caret: 5 })
  })

  test('a value, and the next part can follow at once', () => {
    expect(at('page:/ch', 8, 5, 8, value('/checkout'))).toEqual({ text: 'page:/checkout ', caret: 15 })
  })

  test('in the middle, without a second space', () => {
    expect(at('page:/ch has:errors', 8, 5, 8, value('/checkout'))).toEqual({
      text: 'page:/checkout has:errors',
      caret: 15,
    })
  })

  test('in a list, up to its end', () => {
    expect(at('country:(DE OR F)', 16, 15, 16, value('FR'))).toEqual({ text: 'country:(DE OR FR)', caret: 17 })
  })
})

test('arrows go round, with no row between the last and the first', () => {
  expect([-1, 0, 1].map((active) => stepActive(active, 1, 2))).toEqual([0, 1, -1])
  expect([-1, 0, 1].map((active) => stepActive(active, -1, 2))).toEqual([1, -1, 0])
  expect(stepActive(-1, 1, 0)).toBe(-1)
})

test('Tab completes what was begun, and otherwise leaves the field', () => {
  const begun = { start: 0, end: 2, items: [field('page:')] }
  const nothing = { start: 2, end: 2, items: [field('page:')] }
  expect(tabCompletes(-1, begun, true)).toBe(true)
  expect(tabCompletes(-1, begun, false)).toBe(false)
  expect(tabCompletes(-1, nothing, true)).toBe(false)
  expect(tabCompletes(0, nothing, false)).toBe(true)
  expect(tabCompletes(0, undefined, true)).toBe(false)
})

describe('what is wrong with a search', () => {
  const error = (code: string) =>
    new ApiError({
      code,
      message: 'there is no field dur',
      status: 400,
      body: { start: 0, end: 3, suggestion: { start: 0, end: 3, text: 'duration' } },
    })

  test('is where it is, with what was perhaps meant', () => {
    const mistake = mistakeOf(error('invalid_search'))
    expect(mistake).toMatchObject({ start: 0, end: 3, message: 'there is no field dur' })
    expect(corrected('dur:>5m', mistake?.suggestion ?? { start: 0, end: 0, text: '' })).toEqual({
      text: 'duration:>5m',
      caret: 8,
    })
  })

  test('is no other failure', () => {
    expect(mistakeOf(error('internal'))).toBeNull()
    expect(mistakeOf(new Error('no'))).toBeNull()
  })
})
