import { screen, waitFor, within } from '@testing-library/react'
import { act } from 'react'
import { expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aSession } from '../testing/rows'
import { SHOP, startServer } from '../testing/server'

const minutesAgo = (n: number) => Date.now() - n * 60_000

const JANE = aSession({
  id: 'jane',
  user: { id: 'jane@acme.com' },
  start: minutesAgo(2),
  counts: { errors: 1 },
})
const ANONYMOUS = aSession({ id: 'anon', start: minutesAgo(10) })

test('the list says in a sentence what it holds, and each session as a row', async () => {
  startServer({ sessions: [JANE, ANONYMOUS] })
  renderAt('/sites/shop/sessions')
  expect(
    await screen.findByRole('heading', {
      level: 1,
      name: /2\ssessions in the last 7 days, 50\s% with errors/,
    }),
  ).toBeVisible()
  const table = screen.getByRole('table', { name: 'Sessions' })
  expect(table).toHaveAttribute('aria-rowcount', '3')
  const [, first, second] = within(table).getAllByRole('row')
  expect(first).toHaveTextContent('jane@acme.com')
  expect(first).toHaveTextContent('2m 00s')
  expect(first).toHaveTextContent('1 error')
  expect(first).toHaveTextContent('Chrome 120 · Windows 10')
  expect(second).toHaveTextContent('Anonymous beef')
  expect(document.title).toBe('Sessions · Shop · Footpath')
})

test('a site without any session shows its snippet, with its key', async () => {
  startServer()
  renderAt('/sites/shop/sessions')
  expect(
    await screen.findByRole('heading', {
      name: 'No data yet: paste this snippet',
    }),
  ).toBeVisible()
  expect(screen.getByText(/<script/)).toHaveTextContent(`data-site="${SHOP.key}"`)
  expect(screen.getByRole('button', { name: 'Copy snippet' })).toBeEnabled()
})

test('the first session of a site ends the empty state by itself', async () => {
  const server = startServer()
  renderAt('/sites/shop/sessions')
  await screen.findByRole('heading', { name: /paste this snippet/ })
  act(() => server.tell(aSession({ id: 'first', user: { id: 'ada' }, start: Date.now() })))
  expect(await screen.findByRole('link', { name: /ada/ })).toBeVisible()
})

test('an empty range of a site with sessions offers a wider one', async () => {
  startServer({ sessions: [aSession({ start: minutesAgo(120) })] })
  const { user, router } = renderAt('/sites/shop/sessions?last=1h')
  expect(
    await screen.findByRole('heading', {
      name: 'No sessions in the last hour',
    }),
  ).toBeVisible()
  expect(screen.getByText('The latest session was 2 hours ago.')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Show the last 24 hours' }))
  expect(await screen.findByRole('table')).toBeVisible()
  expect(router.state.location.href).toBe('/sites/shop/sessions?last=24h')
})

test('a failure says what to do, names the request, and can be tried again', async () => {
  const server = startServer({
    sessions: [JANE],
    failure: {
      status: 500,
      body: {
        code: 'internal',
        message: 'the store could not be read',
        hint: 'look at the log',
        request_id: 'req-7',
      },
    },
  })
  const { user } = renderAt('/sites/shop/sessions')
  const alert = await screen.findByRole('alert')
  expect(alert).toHaveTextContent('The sessions could not be read')
  expect(alert).toHaveTextContent('The store could not be read.')
  expect(alert).toHaveTextContent('Look at the log.')
  expect(alert).toHaveTextContent('req-7')
  server.failure = null
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: /jane/ })).toBeVisible()
})

test('bots are asked for by a switch that stands in the URL', async () => {
  const server = startServer({ sessions: [JANE] })
  const { user, router } = renderAt('/sites/shop/sessions')
  await screen.findByRole('table')
  await user.click(screen.getByRole('switch', { name: 'Include bots' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ bots: 'include' }))
  expect(server.asked.at(-1)).toContain('bots=include')
})

test('j and k walk the rows, Enter opens, Esc comes back to the row', async () => {
  startServer({ sessions: [JANE, ANONYMOUS] })
  const { user, router } = renderAt('/sites/shop/sessions')
  await screen.findByRole('link', { name: /jane/ })
  await user.keyboard('jj')
  await waitFor(() => expect(screen.getByRole('link', { name: /Anonymous/ })).toHaveFocus())
  await user.keyboard('k')
  await waitFor(() => expect(screen.getByRole('link', { name: /jane/ })).toHaveFocus())
  await user.keyboard('{Enter}')
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/sessions/jane'))
  expect(await screen.findByRole('heading', { level: 1, name: /jane/ })).toBeVisible()
  await user.keyboard(']')
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/sessions/anon'))
  await screen.findByRole('heading', { level: 1, name: /Anonymous/ })
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.getByRole('link', { name: /Anonymous/ })).toHaveFocus())
})

test('a row is renewed in place; a new session waits while the reader is in the list', async () => {
  const server = startServer({ sessions: [JANE, ANONYMOUS] })
  const { user } = renderAt('/sites/shop/sessions')
  await screen.findByRole('link', { name: /jane/ })
  await user.keyboard('j')
  await waitFor(() => expect(screen.getByRole('link', { name: /jane/ })).toHaveFocus())
  act(() =>
    server.tell({
      ...ANONYMOUS,
      counts: { ...ANONYMOUS.counts, events: 4321 },
    }),
  )
  expect(await screen.findByText('4,321')).toBeVisible()
  act(() => {
    server.tell(aSession({ id: 'new', user: { id: 'tom' }, start: Date.now() }))
    server.tell(aSession({ id: 'newer', user: { id: 'ada' }, start: Date.now() }))
  })
  const pill = await screen.findByRole('button', { name: /2\snew sessions/ })
  expect(screen.queryByRole('link', { name: /tom/ })).toBeNull()
  await user.click(pill)
  expect(await screen.findByRole('link', { name: /tom/ })).toBeVisible()
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('4 sessions')
  expect(screen.queryByRole('button', { name: /new session/ })).toBeNull()
})

test('an address that leads nowhere says so', async () => {
  startServer()
  renderAt('/nowhere')
  expect(await screen.findByRole('heading', { name: 'This path leads nowhere' })).toBeVisible()
})

test('? shows the keys', async () => {
  startServer({ sessions: [JANE] })
  const { user } = renderAt('/sites/shop/sessions')
  await screen.findByRole('table')
  await user.keyboard('?')
  expect(await screen.findByRole('dialog', { name: 'Keyboard' })).toBeVisible()
})
