import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aDropOff, aMeasure, aMetric, anOverview, noPaths, RANGE, someEndings } from '../testing/reports'
import { aSession } from '../testing/rows'
import { startServer } from '../testing/server'

function searchOf(link: HTMLElement): Record<string, string> {
  return Object.fromEntries(new URL((link as HTMLAnchorElement).href).searchParams)
}

test('the overview is the first screen of a site, and says what changed', async () => {
  startServer({
    reports: {
      overview: anOverview({
        insights: [
          {
            text: 'sessions with errors are 3.1 × the period before',
            subject: 'with_errors',
            step: null,
            dimension: null,
            value: null,
            sessions: { before: 10, now: 31 },
            out_of: { before: 100, now: 120 },
            factor: 3.1,
            standard_errors: 5,
            mostly: null,
            selection: 'with-errors',
          },
        ],
      }),
    },
  })
  const { router } = renderAt('/')
  expect(await screen.findByRole('heading', { level: 1, name: /120.sessions/ })).toBeInTheDocument()
  expect(router.state.location.pathname).toBe('/sites/shop/overview')
  expect(screen.getByText('Sessions with errors are 3.1 × the period before.')).toBeInTheDocument()
  // Its sessions before are those of the period before.
  expect(searchOf(screen.getByRole('link', { name: '10' }))).toMatchObject({
    selection: 'with-errors',
    to: new Date(RANGE.from).toISOString(),
  })
})

test('a number opens the list of its sessions, in the range that was answered and with the same search', async () => {
  startServer({ reports: { 'drop-off': aDropOff(), 'drop-off/endings': someEndings() } })
  renderAt('/sites/shop/journeys?view=drop-off&q=has:errors&bots=include')
  const table = await screen.findByRole('table', { name: /steps by sessions lost/i })
  expect(searchOf(within(table).getByRole('link', { name: '25' }))).toEqual({
    from: new Date(RANGE.from).toISOString(),
    to: new Date(RANGE.to).toISOString(),
    q: 'has:errors',
    bots: 'include',
    selection: 'dropped',
  })
  // Nobody is behind a zero.
  expect(within(table).queryByRole('link', { name: '0' })).not.toBeInTheDocument()
})

test('endings are a tree with shares, evidence and doors; rules that nobody met are only counted', async () => {
  startServer({ reports: { 'drop-off': aDropOff(), 'drop-off/endings': someEndings() } })
  renderAt('/sites/shop/journeys?view=drop-off')
  expect(await screen.findByText('Abandoned at payment')).toBeInTheDocument()
  const names = screen.getAllByText(/^(Completed purchase|Abandoned at payment|Left without a sign)$/)
  expect(names.map((one) => one.textContent)).toEqual(['Abandoned at payment', 'Completed purchase'])
  expect(searchOf(screen.getByRole('link', { name: /^35.sessions$/ }))).toMatchObject({ selection: 'e1' })
  const evidence = screen.getByRole('list', { name: /what decided it: abandoned/i })
  expect(searchOf(within(evidence).getByRole('link', { name: '35' }))).toMatchObject({ selection: 'e1-card' })
  expect(screen.getByText(/^1.other ending had no session/)).toBeInTheDocument()
})

test('the list says which sessions it is narrowed to, and a click shows all again', async () => {
  const { counts } = aSession()
  const server = startServer({ sessions: [aSession({ counts: { ...counts, errors: 1 } })] })
  const { user, router } = renderAt('/sites/shop/sessions?selection=dropped&q=has:errors')
  expect(await screen.findByText('Sessions that dropped at /checkout')).toBeInTheDocument()
  expect(server.asked.some((one) => one.includes('/sessions?') && one.includes('selection=dropped'))).toBe(true)
  await user.click(screen.getByRole('button', { name: 'Show all sessions again' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ q: 'has:errors' }))
})

test('a session of an ending says what decided it', async () => {
  const session = aSession()
  const step = { kind: 'input', label: 'checkout: card' } as const
  startServer({
    sessions: [session],
    evidence: [{ at: session.start + 92_000, offset_ms: 92_000, rule: 'Abandoned at payment', step }],
  })
  renderAt(`/sites/shop/sessions?selection=e1&row=${session.id}`)
  const rule = await screen.findByText('Abandoned at payment')
  expect(rule.parentElement).toHaveTextContent(/decided by .*checkout: card at 10:01:32, \+1:32/)
})

test('a report is narrowed by a selection too, and so are the errors', async () => {
  const server = startServer({ reports: { paths: noPaths() } })
  const { router } = renderAt('/sites/shop/journeys?selection=dropped')
  expect(await screen.findByText('No paths of these steps')).toBeInTheDocument()
  expect(server.asked.some((one) => one.includes('/reports/paths?') && one.includes('selection=dropped'))).toBe(true)
  await router.navigate({ to: '/sites/$site/errors', params: { site: 'shop' }, search: { selection: 'dropped' } })
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/errors'))
  await waitFor(() => expect(server.asked.some((one) => one.includes('/error-groups'))).toBe(true))
  expect(server.asked.filter((one) => one.includes('/error-groups')).join()).toContain('selection=dropped')
})

test('two sets of sessions stand side by side, each number the door to its own', async () => {
  const server = startServer({
    reports: { 'drop-off': aDropOff(), 'drop-off/endings': someEndings() },
    filters: [{ id: 'f1', name: 'Phones', q: 'device:mobile', updated_at: 0 }],
  })
  const { user, router } = renderAt('/sites/shop/journeys?view=drop-off&q=has:errors')
  await screen.findByRole('table', { name: /steps by sessions lost/i })
  await user.click(screen.getByRole('button', { name: 'Compare' }))
  await user.click(await screen.findByRole('button', { name: /^with/ }))
  await user.click(await screen.findByRole('button', { name: /^Phones/ }))
  const table = await screen.findByRole('table', { name: 'Steps of both sides' })
  expect(router.state.location.search).toMatchObject({ a: 'q:', b: 'q:device:mobile', view: 'drop-off' })
  const asked = server.asked.filter((one) => one.includes('/reports/drop-off?')).map((one) => new URLSearchParams(one))
  expect(asked.map((one) => one.get('q'))).toContain('has:errors device:mobile')
  const doors = within(table).getAllByRole('link', { name: '25' })
  expect(doors.map((one) => searchOf(one).q)).toEqual(['has:errors', 'has:errors device:mobile'])
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('All sessions beside Phones')
  await user.click(screen.getByRole('button', { name: 'End the comparison' }))
  expect(await screen.findByRole('table', { name: /steps by sessions lost/i })).toBeInTheDocument()
})

test('an address that makes no sense still opens', async () => {
  startServer({ reports: { paths: noPaths() } })
  const { router } = renderAt('/sites/shop/journeys?view=nonsense&depth=99&last=nonsense')
  expect(await screen.findByText('No paths of these steps')).toBeInTheDocument()
  expect(router.state.matches.at(-1)?.search).toEqual({})
})

test('what nobody can measure says so, and what is not there is a dash', async () => {
  const series = (metric: string, measure: Parameters<typeof aMeasure>[0]) => ({
    metric: aMetric({ name: metric }),
    total: aMeasure({ metric, selection: null, ...measure }),
    series: [],
    previous: null,
    change: null,
  })
  startServer({
    reports: {
      overview: anOverview({
        metrics: [
          series('return_rate', { state: 'not_measurable', value: null }),
          series('error_rate', { state: 'nothing', value: null, of: 0 }),
        ],
      }),
    },
  })
  renderAt('/sites/shop/overview')
  const tiles = await screen.findByRole('list', { name: 'Metrics' })
  expect(within(tiles).getByText('Not measurable')).toBeInTheDocument()
  expect(within(tiles).getByText('–')).toBeInTheDocument()
})

test('a site without a session shows its snippet instead of empty charts', async () => {
  startServer({ reports: { overview: anOverview({ sessions: 0 }) } })
  renderAt('/sites/shop/overview')
  expect(await screen.findByText('No data yet: paste this snippet')).toBeInTheDocument()
})

test('a search that finds nothing offers the way out', async () => {
  startServer({ sessions: [aSession()], reports: { overview: anOverview({ sessions: 0 }) } })
  const { user, router } = renderAt('/sites/shop/overview?q=page:/nowhere&last=24h')
  await screen.findByText(/no session in the last 24 hours matches/i)
  await user.click(within(screen.getByRole('main')).getByRole('button', { name: 'Clear the search' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ last: '24h' }))
})

test('a report that cannot be read says why and tries again', async () => {
  const server = startServer({
    reports: { overview: anOverview() },
    failure: { status: 400, body: { code: 'bad_range', message: 'the range is too long', request_id: 'req-7' } },
  })
  const { user } = renderAt('/sites/shop/overview')
  expect(await screen.findByText('The overview could not be read')).toBeInTheDocument()
  expect(screen.getByText('The range is too long.')).toBeInTheDocument()
  server.failure = null
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { level: 1, name: /120.sessions/ })).toBeInTheDocument()
})

test('g and a letter lead to each report, with the same range and search', async () => {
  startServer({ reports: { paths: noPaths(), overview: anOverview() } })
  const { user, router } = renderAt('/sites/shop/overview?last=24h&q=has:errors')
  await screen.findByRole('heading', { level: 1, name: /120.sessions/ })
  for (const [key, path] of [
    ['j', 'journeys'],
    ['p', 'pages'],
    ['m', 'metrics'],
    ['o', 'overview'],
  ] as const) {
    await user.keyboard(`g${key}`)
    await waitFor(() => expect(router.state.location.pathname).toBe(`/sites/shop/${path}`))
    expect(router.state.location.search).toMatchObject({ last: '24h', q: 'has:errors' })
  }
})
