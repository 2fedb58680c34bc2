import { expect, test } from 'vitest'
import type { EndingRule } from '../api/reportTypes'
import { draftOf, mistakeInGoals, mistakeInRules, RULE_KINDS, rulesOf, withMovedRule, withNewRule } from './endingRules'

const RULES: EndingRule[] = [
  { name: 'Completed purchase', when: 'completed' },
  { name: 'Abandoned at payment', when: { abandoned_at: { fields: ['checkout: card_*'] } } },
  { name: 'Stopped by an error', when: { blocked_by_error: { errors: [] } } },
  { name: 'Left', when: 'idle' },
]

test('rules of every kind are written as they were read', () => {
  const every: EndingRule[] = [
    ...RULES,
    { name: 'a', when: { failed_request: { endpoints: ['POST /api/*'] } } },
    { name: 'b', when: { validation_loop: { forms: ['checkout'] } } },
    { name: 'c', when: { went_elsewhere: { pages: ['/cart'] } } },
    { name: 'd', when: 'still_open' },
    { name: 'e', when: 'left_before_details' },
    { name: 'f', when: 'came_back_and_completed' },
  ]
  expect(rulesOf(draftOf(every))).toEqual(every)
  expect(new Set(draftOf(every).map((rule) => rule.kind))).toEqual(new Set(Object.keys(RULE_KINDS)))
})

test('the rule that takes what is left stays the last, whatever is added or moved', () => {
  const draft = withNewRule(draftOf(RULES))
  expect(draft.map((rule) => rule.name).slice(-2)).toEqual(['', 'Left'])
  const added = draft.at(-2)?.id ?? -1
  expect(withMovedRule(draft, added, 1)).toEqual(draft)
  expect(withMovedRule(draft, added, -1).map((rule) => rule.name)).toEqual([
    'Completed purchase',
    'Abandoned at payment',
    '',
    'Stopped by an error',
    'Left',
  ])
  expect(withMovedRule(draft, 0, -1)).toEqual(draft)
})

test('what cannot be kept says which one it is', () => {
  expect(mistakeInRules(draftOf(RULES))).toBeNull()
  expect(mistakeInRules(withNewRule(draftOf(RULES)))).toBe('Rule 4 has no name.')
  expect(mistakeInRules(draftOf([{ name: 'x'.repeat(81), when: 'idle' }]))).toMatch(/more than 80/)
  expect(mistakeInGoals([{ name: 'Order', steps: [] }])).toMatch(/“Order” has no page or event/)
})
