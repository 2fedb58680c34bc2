import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { ErrorGroup } from '../api/types'
import { renderAt } from '../testing/render'
import { aSession, CLICK, ERROR, PAGE } from '../testing/rows'
import { startServer } from '../testing/server'

const GROUP: ErrorGroup = {
  id: 'g1',
  name: 'PaymentError',
  message: 'Card *',
  frame: 'pay (checkout.js)',
  events: 37,
  sessions: 33,
  users: 14,
  first_seen: Date.now() - 86_400_000,
  last_seen: Date.now() - 60_000,
  releases: ['2.4.0', '2.3.1'],
  trend: [0, 3, 9, 1],
}
const JANE = aSession({ id: 'jane', user: { id: 'jane' }, start: Date.now() - 60_000, counts: { errors: 1 } })
const IN_CONTEXT = {
  error: ERROR,
  group: 'g1',
  frames: [],
  before: [PAGE],
  action: CLICK,
  requests: [],
  after: [],
  ending: 'session ended: idle',
}

function start(address: string, groups = [GROUP]) {
  return { server: startServer({ sessions: [JANE], groups, errors: [IN_CONTEXT] }), ...renderAt(address) }
}

test('errors are grouped, whom they hit beside them', async () => {
  start('/sites/shop/errors')
  expect(await screen.findByRole('heading', { level: 1, name: /1\serror in the last 7 days/ })).toBeVisible()
  const row = screen.getByRole('row', { name: /PaymentError Card/ })
  expect(row).toHaveTextContent('33')
  expect(row).toHaveTextContent('14')
  expect(row).toHaveTextContent('2.4.0 and 1 more')
  expect(within(row).getByRole('img', { name: /13 events/ })).toBeVisible()
})

test('a group opens to its latest sessions and the newest one in context, and leads to all of them', async () => {
  const { user, router } = start('/sites/shop/errors?last=24h&q=has:errors')
  await user.click(await screen.findByRole('button', { name: /PaymentError/, expanded: false }))
  expect(router.state.location.search).toEqual({ last: '24h', q: 'has:errors', group: 'g1' })
  expect(await screen.findByRole('heading', { name: 'How it ended' })).toBeVisible()
  const all = screen.getByRole('link', { name: /All 33 sessions with this error/ })
  expect(new URL(all.getAttribute('href') ?? '', 'http://x').searchParams.get('q')).toBe('has:errors error.group:g1')
  await user.click(screen.getByRole('link', { name: 'Open in the session' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/sessions/jane'))
  expect(router.state.location.search).toHaveProperty('open', `${ERROR.event?.tab_id}.3`)
})

test('sorted by a head, in the address', async () => {
  const { user, router, server } = start('/sites/shop/errors')
  await user.click(await screen.findByRole('button', { name: 'Last seen' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ sort: 'last_seen' }))
  expect(screen.getByRole('columnheader', { name: 'Last seen' })).toHaveAttribute('aria-sort', 'descending')
  expect(server.asked.at(-1)).toContain('sort=last_seen')
})

test('no error is good news, with a way on', async () => {
  start('/sites/shop/errors', [])
  expect(await screen.findByRole('heading', { name: 'No errors in the last 7 days' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'To the sessions' })).toHaveAttribute('href', '/sites/shop/sessions')
})

test('g e goes to the errors with the same range and search, g s back', async () => {
  const { user, router } = start('/sites/shop/sessions?last=24h&q=has:errors&sort=duration')
  await screen.findByRole('link', { name: 'jane' })
  await user.keyboard('ge')
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/errors'))
  expect(router.state.location.search).toEqual({ last: '24h', q: 'has:errors' })
  await user.keyboard('gs')
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/sessions'))
})

test('of the newest session, the error that is shown is the last one of the group', async () => {
  const other = { ...IN_CONTEXT, group: 'g2', ending: 'of another group' }
  startServer({ sessions: [JANE], groups: [GROUP], errors: [IN_CONTEXT, other] })
  renderAt('/sites/shop/errors?group=g1')
  expect(await screen.findByText('Session ended: idle.')).toBeVisible()
  expect(screen.queryByText(/of another group/i)).toBeNull()
})
