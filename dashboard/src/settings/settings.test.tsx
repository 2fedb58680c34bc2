import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { privacyQuery } from '../api/queries'
import { renderAt } from '../testing/render'
import { aSitesRules, startServer } from '../testing/server'
import { differences, mistakesInRetention, shifted } from './rules'

const lines = (list: HTMLElement) =>
  within(list)
    .getAllByRole('listitem')
    .map((item) => item.textContent)

const refused = (message: string) => ({ status: 400, body: { code: 'invalid_body', message, request_id: 'r-1' } })
const BROKEN = { status: 500, body: { code: 'internal', message: 'the metadata database failed', request_id: 'r-2' } }

test('a rule is changed: what changes is said, then saved as a whole', async () => {
  const server = startServer()
  const { user } = renderAt('/sites/shop/settings')
  await user.click(await screen.findByRole('switch', { name: /^Record session replay/ }))
  await user.click(screen.getByRole('switch', { name: /^Mask all text/ }))
  expect(lines(screen.getByRole('list', { name: 'What changes' }))).toEqual([
    'Record session replay: off → on',
    'Mask all text: on → off',
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
  expect(days).toHaveAccessibleDescription('Write 7 to 3650 days, or choose for ever.')
  expect(screen.getByRole('button', { name: 'Save the retention' })).toBeDisabled()
  await user.click(within(replay).getByRole('button', { name: '7 days' }))
  await user.click(screen.getByRole('button', { name: 'Save the retention' }))
  expect(await screen.findByText(/^Saved\. What is older/)).toBeVisible()
  expect(server.written.at(-1)?.body).toEqual({ sessions_days: null, events_days: 90, replay_days: 7 })
})

test('days that are emptied are not for ever: that is chosen', async () => {
  const server = startServer()
  const { user } = renderAt('/sites/shop/settings')
  const replay = await screen.findByRole('group', { name: 'Keep replay' })
  const forEver = within(replay).getByRole('button', { name: 'For ever' })
  const days = within(replay).getByLabelText('Days that replay are kept')
  await user.clear(days)
  expect(days).toBeInvalid()
  expect(forEver).toHaveAttribute('aria-pressed', 'false')
  expect(screen.getByRole('button', { name: 'Save the retention' })).toBeDisabled()
  await user.click(forEver)
  expect(days).toBeValid()
  await user.click(screen.getByRole('button', { name: 'Save the retention' }))
  expect(await screen.findByText(/^Saved\. What is older/)).toBeVisible()
  expect(server.written.at(-1)?.body).toMatchObject({ replay_days: null })
})

test('a share is shown and kept as it is set, and an emptied one cannot be saved', async () => {
  const server = startServer()
  const rules = aSitesRules()
  server.privacy.privacy = { ...rules, replay: { ...rules.replay, sample_rate: 0.0005 } }
  const { user } = renderAt('/sites/shop/settings')
  const sampled = await screen.findByRole('spinbutton', { name: /^Sampled from the start/ })
  expect(sampled).toHaveValue(0.05)
  await user.clear(sampled)
  expect(sampled).toHaveAccessibleDescription('Write a share from 0 to 100 %.')
  expect(screen.getByRole('button', { name: 'Save the rules' })).toBeDisabled()
  await user.type(sampled, '0.07')
  expect(lines(screen.getByRole('list', { name: 'What changes' }))).toEqual([
    'Sampled from the start: 0.05 % of the sessions → 0.07 % of the sessions',
  ])
  await user.click(screen.getByRole('button', { name: 'Save the rules' }))
  expect(await screen.findByText(/^Saved\. Browsers hear/)).toBeVisible()
  expect(server.written.at(-1)?.body).toMatchObject({ replay: { sample_rate: 0.0007 } })
})

test('settings that cannot be read are told, and read on demand', async () => {
  const server = startServer({ failures: { 'GET privacy': BROKEN } })
  const { user } = renderAt('/sites/shop/settings')
  expect(await screen.findByRole('heading', { name: 'The rules could not be read' })).toBeVisible()
  expect(screen.queryByRole('switch')).toBeNull()
  // What could be read is there.
  expect(await screen.findByRole('group', { name: 'Keep replay' })).toBeVisible()
  server.failures = {}
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('switch', { name: /^Record session replay/ })).toBeVisible()
})

test('where reading again fails, what was edited stays and the failure is told', async () => {
  const server = startServer()
  const { user, client } = renderAt('/sites/shop/settings')
  await user.click(await screen.findByRole('switch', { name: /^Record session replay/ }))
  server.failures = { 'GET privacy': BROKEN }
  await client.refetchQueries({ queryKey: privacyQuery('shop').queryKey })
  expect(await screen.findByText(/^The rules could not be read again, and may have changed meanwhile\./)).toBeVisible()
  expect(screen.getByRole('switch', { name: /^Record session replay/ })).toBeChecked()
  await user.click(screen.getByRole('button', { name: 'Save the rules' }))
  await waitFor(() => expect(server.written.at(-1)?.body).toMatchObject({ replay: { enabled: true } }))
})

test.each([
  [
    'block[0]: is no selector; write it as in a style sheet',
    /^Block/,
    'Line 1 is no selector; write it as in a style sheet.',
  ],
  ['ignore: 101 selectors, at most 100 are taken', /^Ignore/, '101 selectors, at most 100 are taken.'],
  ['the body cannot be read: replay.sample_rate: invalid type: null', /^Sampled/, 'Invalid type: null.'],
  ['replay.canvas: needs another plan', /^Record canvases/, 'Needs another plan.'],
])('a refusal is told at its field, and what was edited stays: %s', async (message, field, told) => {
  startServer({ failures: { 'PUT privacy': refused(message) } })
  const { user } = renderAt('/sites/shop/settings')
  await user.click(await screen.findByRole('switch', { name: /^Honour Do Not Track/ }))
  await user.click(screen.getByRole('button', { name: 'Save the rules' }))
  expect(await screen.findByRole('alert')).toBeVisible()
  expect(screen.getByLabelText(field)).toHaveAccessibleDescription(expect.stringContaining(told))
  expect(screen.getByRole('switch', { name: /^Honour Do Not Track/ })).toBeChecked()
  // Another attempt is another matter.
  await user.click(screen.getByRole('switch', { name: /^Honour Global/ }))
  expect(screen.queryByText(told)).toBeNull()
})

test('a refusal that names no field is told beside the button', async () => {
  startServer({ failures: { 'PUT retention': refused('retention of 9 days: choose 10 to 3650 days') } })
  const { user } = renderAt('/sites/shop/settings')
  const replay = await screen.findByRole('group', { name: 'Keep replay' })
  await user.click(within(replay).getByRole('button', { name: '7 days' }))
  await user.click(screen.getByRole('button', { name: 'Save the retention' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Retention of 9 days: choose 10 to 3650 days.')
})

test('nothing was changed yet', async () => {
  startServer()
  renderAt('/sites/shop/settings')
  expect(await screen.findByText('Nothing was changed yet.')).toBeVisible()
})

test('changes are told in the words of the form, with what it was before and by whom', async () => {
  const server = startServer()
  const at = 1_795_442_400_000
  server.privacy.audit = [
    { id: 2, at, what: 'retention', by: null, before: {}, after: { replay_days: 30 } },
    { id: 1, at, what: 'privacy', by: 'ada', before: { honour_gpc: true }, after: { honour_gpc: false } },
  ]
  renderAt('/sites/shop/settings')
  expect(await screen.findByText('Replay: for ever → 30 days')).toBeVisible()
  expect(screen.getByText('by whom is not known')).toBeVisible()
  expect(screen.getByText('by ada')).toBeVisible()
  expect(screen.getByText('Honour Global Privacy Control: on → off')).toBeVisible()
})

test('every part of a change is told, and what is not set is not for ever', () => {
  expect(differences('privacy', { block: [] }, { block: ['.x', '.y'] })).toEqual(['Block: none → .x, .y'])
  expect(differences('privacy', {}, { replay: { min_duration_ms: 1500, of_later: true } })).toEqual([
    'Shorter replays are not sent: not set → 1.5 seconds',
    'replay of later: not set → on',
  ])
  expect(differences('of_later', { days: 1 }, {})).toEqual(['days: 1 → not set'])
})

test('days are whole and within limits, or for ever', () => {
  expect(Object.keys(mistakesInRetention({ sessions_days: 7, events_days: null, replay_days: 3651 }))).toEqual([
    'replay_days',
  ])
  expect(Object.keys(mistakesInRetention({ sessions_days: 7.5, events_days: Number.NaN }))).toEqual([
    'sessions_days',
    'events_days',
  ])
})

test('numbers are told in another unit digit by digit', () => {
  expect([shifted('0.07', -2), shifted('0.0007', 2), shifted('5e-7', 2), shifted('', -2)]).toEqual([
    0.0007,
    0.07,
    5e-5,
    Number.NaN,
  ])
})
