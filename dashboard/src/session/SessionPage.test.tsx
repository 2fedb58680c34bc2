import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aSession, CLICK, ERROR, PAGE, REQUEST, STARTED, VITAL } from '../testing/rows'
import { startServer } from '../testing/server'

const SESSION = aSession({
  id: 'jane',
  user: { id: 'jane@acme.com', traits: { plan: 'pro' } },
  counts: { errors: 1, failed_requests: 1, error_clicks: 1 },
  previous_id: 'earlier',
})
const ROWS = [STARTED, PAGE, CLICK, REQUEST, ERROR, VITAL]
const IN_CONTEXT = {
  error: ERROR,
  group: 'g1',
  frames: [
    {
      function: 'pay',
      url: 'https://shop.example/checkout.js',
      line: 118,
      column: 23,
      original: {
        source: 'src/pay.ts',
        function: 'submitOrder',
        line: 7,
        column: 3,
        lines: [{ number: 7, text: '  throw new PaymentError()' }],
      },
    },
  ],
  before: [PAGE, CLICK, REQUEST],
  action: CLICK,
  requests: [REQUEST],
  after: [],
  ending: 'session ended 25 s later: idle',
}

function start() {
  return startServer({ sessions: [SESSION], rows: ROWS, errors: [IN_CONTEXT] })
}

const lineButton = (line: RegExp) => screen.findByRole('button', { name: line, expanded: false })

test('the page tells who, when in the time zone of the site, and what it added up to', async () => {
  start()
  renderAt('/sites/shop/sessions/jane')
  expect(await screen.findByRole('heading', { level: 1, name: /jane@acme.com/ })).toBeVisible()
  await waitFor(() => expect(screen.getAllByText(/10:00:00/).length).toBeGreaterThan(0))
  const overview = screen.getByRole('complementary', { name: 'Overview' })
  expect(overview).toHaveTextContent('Desktop / Chrome 120 / Windows 10')
  expect(overview).toHaveTextContent('San Francisco, US')
  expect(overview).toHaveTextContent('planpro')
  expect(within(overview).getByRole('link', { name: 'Session before this one' })).toHaveAttribute(
    'href',
    '/sites/shop/sessions/earlier',
  )
})

test('each event is one line in the words of the API; what is measured is left out until asked for', async () => {
  start()
  const { user, router } = renderAt('/sites/shop/sessions/jane')
  await lineButton(/Click: "Checkout" button/)
  expect(screen.queryByText(/LCP/)).toBeNull()
  await user.click(screen.getByRole('button', { name: /Vitals/ }))
  expect(await lineButton(/Vital: LCP 2230 ms/)).toBeVisible()
  expect(router.state.location.search).toHaveProperty('show')
})

test('a row opens to its details, and the open row is in the URL', async () => {
  start()
  const { user, router } = renderAt('/sites/shop/sessions/jane')
  await user.click(await lineButton(/HTTP: POST/))
  expect(await screen.findByText('POST https://shop.example/api/payments')).toBeVisible()
  expect(screen.getByText('402, failed')).toBeVisible()
  expect(router.state.location.search).toHaveProperty('open', `${REQUEST.event?.tab_id}.2`)
})

test('an error opens to what was going on, and its lines lead into the timeline', async () => {
  start()
  const { user, router } = renderAt('/sites/shop/sessions/jane')
  await user.click(await lineButton(/Error: PaymentError/))
  const part = async (title: string) =>
    (await screen.findByRole('heading', { name: title })).parentElement as HTMLElement
  expect(await part('Before')).toHaveTextContent('Page: /')
  expect(await part('Doing')).toHaveTextContent('Click: "Checkout" button')
  expect(await part('Requests')).toHaveTextContent('POST /api/payments')
  const error = await part('The error')
  expect(error).toHaveTextContent('submitOrder src/pay.ts:7:3')
  expect(error).toHaveTextContent('throw new PaymentError()')
  await user.click(within(error).getByRole('button', { name: 'As the browser wrote it' }))
  expect(error).toHaveTextContent('at pay (https://shop.example/checkout.js:118:23)')
  expect(await part('After')).toHaveTextContent('Nothing more happened.')
  expect(await part('How it ended')).toHaveTextContent('Session ended 25 s later: idle.')
  const searchOf = (name: string) =>
    Object.fromEntries(new URL(screen.getByRole('link', { name }).getAttribute('href') ?? '', 'http://x').searchParams)
  expect(searchOf('All sessions with this error')).toEqual({ q: 'error.group:g1' })
  expect(searchOf('Its group')).toEqual({ group: 'g1' })
  await user.click(within(await part('Doing')).getByRole('button'))
  await waitFor(() => expect(router.state.location.search).toHaveProperty('open', `${CLICK.event?.tab_id}.1`))
})

test('text is found in what a line does not say, and Esc in the field only clears it', async () => {
  start()
  const { user, router } = renderAt('/sites/shop/sessions/jane')
  await lineButton(/Click:/)
  await user.keyboard('f')
  await user.type(screen.getByRole('textbox', { name: 'Find in the timeline' }), 'declined')
  await waitFor(() => expect(screen.queryByText(/"Checkout" button/)).toBeNull())
  expect(await lineButton(/Error: PaymentError/)).toBeVisible()
  await user.keyboard('{Escape}')
  expect(await lineButton(/Click:/)).toBeVisible()
  expect(router.state.location.pathname).toBe('/sites/shop/sessions/jane')
})

test('e goes to the next error', async () => {
  start()
  const { user } = renderAt('/sites/shop/sessions/jane')
  await lineButton(/Error:/)
  await user.keyboard('e')
  expect(await screen.findByRole('heading', { name: 'How it ended' })).toBeVisible()
})

test('the site may be left open in the address', async () => {
  start()
  renderAt('/sites/-/sessions/jane')
  expect(await screen.findByRole('heading', { level: 1, name: /jane@acme.com/ })).toBeVisible()
  expect(await screen.findByRole('button', { name: 'Site: Shop' })).toBeVisible()
})

test('a session that is gone says so, with a way on', async () => {
  start()
  renderAt('/sites/shop/sessions/gone')
  expect(await screen.findByText('There is no such session')).toBeVisible()
  expect(screen.getByText('It may have been deleted.')).toBeVisible()
  expect(screen.getByRole('link', { name: 'To the sessions' })).toHaveAttribute('href', '/sites/shop/sessions')
})
