import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aSitesRules, startServer } from '../testing/server'
import { differences, mistakeIn } from './rules'

const lines = (list: HTMLElement) =>
  within(list)
    .getAllByRole('listitem')
    .map((item) => item.textContent)

test('a rule is changed: what changes is said, then saved as a whole', async () => {
  const server = startServer()
  const { user } = renderAt('/sites/shop/settings')
  await user.click(await screen.findByRole('switch', { name: /^Record session replay/ }))
  await user.click(screen.getByRole('switch', { name: /^Mask all text/ }))
  expect(lines(screen.getByRole('list', { name: 'What changes' }))).toEqual([
    'replay enabled: off → on',
    'replay mask all text: on → off',
  ])
  await user.click(screen.getByRole('button', { name: 'Save the rules' }))
  expect(await screen.findByText(/^Saved\. Browsers hear/)).toBeVisible()
  const rules = aSitesRules()
  expect(server.written).toEqual([
    {
      method: 'PUT',
      path: '/api/v1/sites/shop/privacy',
      body: { ...rules, replay: { ...rules.replay, enabled: true, mask_all_text: false } },
    },
  ])
})

test('retention is chosen or written, and what the API would refuse cannot be saved', async () => {
  const server = startServer()
  const { user } = renderAt('/sites/shop/settings')
  const replay = await screen.findByRole('group', { name: 'Keep replay' })
  expect(within(replay).getByRole('button', { name: '30 days' })).toHaveAttribute('aria-pressed', 'true')
  const days = within(replay).getByLabelText('Days that replay are kept')
  await user.clear(days)
  await user.type(days, '5')
  expect(screen.getByText('Replay: keep them 7 to 3650 days, or for ever.')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Save the retention' })).toBeDisabled()
  await user.click(within(replay).getByRole('button', { name: '7 days' }))
  await user.click(screen.getByRole('button', { name: 'Save the retention' }))
  expect(await screen.findByText(/^Saved\. What is older/)).toBeVisible()
  expect(server.written.at(-1)?.body).toEqual({ sessions_days: null, events_days: 90, replay_days: 7 })
})

test('changes are told in words, with what it was before', async () => {
  const audit = [
    {
      id: 1,
      at: 1_795_442_400_000,
      what: 'retention',
      by: null,
      before: { replay_days: null },
      after: { replay_days: 30 },
    },
  ]
  const server = startServer()
  server.privacy.audit = audit
  renderAt('/sites/shop/settings')
  expect(await screen.findByText('replay days: for ever → 30')).toBeVisible()
})

test('lists and nests are compared part by part', () => {
  expect(differences({ a: { b: [] } }, { a: { b: ['.x', '.y'] } })).toEqual(['a b: none → .x, .y'])
  expect(mistakeIn({ sessions_days: 7, events_days: null, replay_days: 3651 })).toMatch(/^Replay/)
})
