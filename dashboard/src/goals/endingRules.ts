/**
 * Ending rules as they are edited: one kind and one list of labels each, whatever the kind calls it. Rules keep an id
 * while they are moved and renamed. Pure.
 */

import type { EndingCondition, EndingKind, EndingRule, Goal, StepKind } from '../api/reportTypes'

export interface DraftRule {
  id: number
  name: string
  kind: EndingKind
  /** What the rule is about; may hold `*`. None is every one. */
  labels: readonly string[]
}

/** Characters of a name, at most: it stands in charts. */
export const NAME_CHARS = 80
export const MOST_RULES = 40

/** What each kind of rule is called where one is chosen, and of which steps it takes labels. */
export const RULE_KINDS: Record<EndingKind, { name: string; labels: { kind: StepKind; any: string } | null }> = {
  completed: { name: 'reached a goal', labels: null },
  still_open: { name: 'is live', labels: null },
  blocked_by_error: { name: 'ended after an error', labels: { kind: 'error', any: 'any error' } },
  failed_request: { name: 'ended after a failed request', labels: { kind: 'request', any: 'any endpoint' } },
  validation_loop: { name: 'could not submit a form', labels: { kind: 'submit', any: 'any form' } },
  abandoned_at: { name: 'stopped while filling in', labels: { kind: 'input', any: 'any field' } },
  left_before_details: { name: 'touched no field of the form', labels: null },
  went_elsewhere: { name: 'went to another page', labels: { kind: 'page', any: 'any page' } },
  came_back_and_completed: { name: 'came back later and reached a goal', labels: null },
  idle: { name: 'anything else', labels: null },
}

/** In the order they are offered in; the last rule is always there. */
export const OFFERED_KINDS = (Object.keys(RULE_KINDS) as EndingKind[]).filter((kind) => kind !== 'idle')

export function draftOf(rules: readonly EndingRule[]): DraftRule[] {
  return rules.map(({ name, when }, id) => ({ id, name, ...readCondition(when) }))
}

function readCondition(when: EndingCondition): Pick<DraftRule, 'kind' | 'labels'> {
  if (typeof when === 'string') return { kind: when, labels: [] }
  if ('blocked_by_error' in when) return { kind: 'blocked_by_error', labels: when.blocked_by_error.errors }
  if ('failed_request' in when) return { kind: 'failed_request', labels: when.failed_request.endpoints }
  if ('validation_loop' in when) return { kind: 'validation_loop', labels: when.validation_loop.forms }
  if ('abandoned_at' in when) return { kind: 'abandoned_at', labels: when.abandoned_at.fields }
  return { kind: 'went_elsewhere', labels: when.went_elsewhere.pages }
}

export function rulesOf(draft: readonly DraftRule[]): EndingRule[] {
  return draft.map((rule) => ({ name: rule.name.trim(), when: conditionOf(rule) }))
}

function conditionOf({ kind, labels }: DraftRule): EndingCondition {
  const list = [...labels]
  switch (kind) {
    case 'blocked_by_error':
      return { blocked_by_error: { errors: list } }
    case 'failed_request':
      return { failed_request: { endpoints: list } }
    case 'validation_loop':
      return { validation_loop: { forms: list } }
    case 'abandoned_at':
      return { abandoned_at: { fields: list } }
    case 'went_elsewhere':
      return { went_elsewhere: { pages: list } }
    case 'completed':
    case 'still_open':
    case 'left_before_details':
    case 'came_back_and_completed':
    case 'idle':
      return kind
  }
}

/** A new rule stands before the last one, which takes what is left. */
export function withNewRule(draft: readonly DraftRule[]): DraftRule[] {
  const id = Math.max(-1, ...draft.map((rule) => rule.id)) + 1
  const rule: DraftRule = { id, name: '', kind: 'abandoned_at', labels: [] }
  return [...draft.slice(0, -1), rule, ...draft.slice(-1)]
}

/** The same with a rule moved by one place; the last one stays the last. */
export function withMovedRule(draft: readonly DraftRule[], id: number, by: 1 | -1): DraftRule[] {
  const from = draft.findIndex((rule) => rule.id === id)
  const to = from + by
  const next = [...draft]
  const [one, other] = [next[from], next[to]]
  if (!one || !other || to >= draft.length - 1) return next
  next[from] = other
  next[to] = one
  return next
}

function mistakeInName(name: string): string | null {
  if (name.trim() === '') return 'has no name'
  return [...name.trim()].length > NAME_CHARS ? `has a name of more than ${NAME_CHARS} characters` : null
}

/** What keeps rules from being asked about or kept; nothing where they are well. */
export function mistakeInRules(draft: readonly DraftRule[]): string | null {
  for (const [place, rule] of draft.entries()) {
    const mistake = mistakeInName(rule.name)
    if (mistake) return `Rule ${place + 1} ${mistake}.`
  }
  return null
}

export function mistakeInGoals(goals: readonly Goal[]): string | null {
  for (const [place, goal] of goals.entries()) {
    const mistake = mistakeInName(goal.name)
    if (mistake) return `Goal ${place + 1} ${mistake}.`
    if (goal.steps.length === 0) return `“${goal.name.trim()}” has no page or event that reaches it.`
  }
  return null
}
