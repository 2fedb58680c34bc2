import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aSession, CLICK, ERROR, PAGE } from '../testing/rows'
import { startServer } from '../testing/server'

const DAY = 86_400_000
const JANE = aSession({ id: 'jane', user: { id: 'jane@acme.com' }, start: Date.now() - 60_000 })
const USER = {
  user_id: 'jane@acme.com',
  email: null,
  traits: { plan: 'pro' },
  first_seen: Date.now() - 9 * DAY,
  last_seen: Date.now() - 60_000,
  sessions: 12,
  with_errors: 1,
  errors: 3,
  page_views: 48,
  duration_ms: 3_600_000,
  devices: [{ label: 'Desktop / Chrome 120', sessions: 12 }],
  places: [{ label: 'Berlin, DE', sessions: 11 }],
}
const ADDRESS = '/sites/shop/users/jane%40acme.com'

function start(address = ADDRESS, user: typeof USER | null = USER) {
  return { server: startServer({ sessions: [JANE], rows: [PAGE, CLICK, ERROR], user }), ...renderAt(address) }
}

test('what a user adds up to, and the sessions, of all time', async () => {
  const { server } = start()
  expect(await screen.findByRole('heading', { level: 1, name: 'jane@acme.com' })).toBeVisible()
  expect(screen.getByText(/First seen 9 days ago/)).toBeVisible()
  expect(screen.getByText('Berlin, DE')).toBeVisible()
  expect(screen.getByText('pro')).toBeVisible()
  const link = await screen.findByRole('link', { name: 'jane@acme.com' })
  expect(link).toHaveAttribute('href', expect.stringMatching(/sessions\/jane\?.*q=user%3Ajane%40acme.com/))
  const asked = server.asked.find((path) => path.includes('/sessions?'))
  expect(asked).toMatch(/from=\d{4}-\d{2}-\d{2}/)
})

test('one timeline over all sessions, each line a way into its session', async () => {
  const { user, router } = start()
  await user.click(await screen.findByRole('tab', { name: 'One timeline' }))
  const line = await screen.findByRole('link', { name: /Error: PaymentError/ })
  expect(router.state.location.search).toEqual({ view: 'timeline' })
  await user.click(line)
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/sessions/jane'))
  expect(router.state.location.search).toHaveProperty('open', `${ERROR.event?.tab_id}.3`)
})

test('a user nobody knows says so', async () => {
  start(ADDRESS, null)
  expect(await screen.findByText('There is no such user')).toBeVisible()
})

test('a session leads to its user', async () => {
  const { user, router } = start('/sites/shop/sessions/jane')
  await user.click(await screen.findByRole('link', { name: 'All sessions of this user' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/users/jane%40acme.com'))
})
