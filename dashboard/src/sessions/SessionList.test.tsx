import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { act } from 'react'
import { afterEach, describe, expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aSession, ERROR, PAGE } from '../testing/rows'
import { startServer } from '../testing/server'

const minutesAgo = (n: number) => Date.now() - n * 60_000

const JANE = aSession({ id: 'jane', user: { id: 'jane' }, start: minutesAgo(2), counts: { errors: 1, page_views: 2 } })
const TOM = aSession({ id: 'tom', user: { id: 'tom' }, start: minutesAgo(20), duration_ms: 600_000 })
const ADA = aSession({ id: 'ada', user: { id: 'ada' }, start: minutesAgo(40), counts: { page_views: 9 } })

function start(address = '/sites/shop/sessions') {
  const server = startServer({ sessions: [JANE, TOM, ADA], rows: [PAGE, ERROR] })
  return { server, ...renderAt(address) }
}

afterEach(() => localStorage.clear())

const names = () =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).queryByRole('link', { name: /^(jane|tom|ada)$/ })?.textContent)
const inOrder = (...expected: string[]) => waitFor(() => expect(names()).toEqual(expected))

describe('sorted', () => {
  test('by the heads of columns, both ways, in the address', async () => {
    const { user, router } = start()
    await screen.findByRole('table')
    await inOrder('jane', 'tom', 'ada')
    const head = (name: string) => screen.getByRole('columnheader', { name: new RegExp(`${name}$`) })
    expect(head('Started')).toHaveAttribute('aria-sort', 'descending')
    await user.click(within(head('Duration')).getByRole('button'))
    await inOrder('tom', 'jane', 'ada')
    expect(router.state.location.search).toEqual({ sort: 'duration' })
    expect(head('Duration')).toHaveAttribute('aria-sort', 'descending')
    expect(head('Started')).toHaveAttribute('aria-sort', 'none')
    await user.click(within(head('Pages')).getByRole('button'))
    await user.click(within(head('Pages')).getByRole('button'))
    await waitFor(() => expect(router.state.location.search).toEqual({ sort: 'pages', order: 'asc' }))
    expect(head('Pages')).toHaveAttribute('aria-sort', 'ascending')
    await waitFor(() => expect(names().at(-1)).toBe('ada'))
  })

  test('by the menu, and back to the usual order', async () => {
    const { user, router } = start('/sites/shop/sessions?sort=duration')
    await user.click(await screen.findByRole('button', { name: 'Sorted by: Longest' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Most recent' }))
    await inOrder('jane', 'tom', 'ada')
    expect(router.state.location.search).toEqual({})
  })

  test('no row is put in by itself: the server counts, and a click reads again', async () => {
    const { user, server } = start('/sites/shop/sessions?sort=duration')
    await inOrder('tom', 'jane', 'ada')
    const eve = aSession({ id: 'eve', user: { id: 'eve' }, start: Date.now(), duration_ms: 900_000 })
    server.sessions = [...server.sessions, eve]
    act(() => server.tell(eve))
    const note = await screen.findByRole('button', { name: /1\snew session/ })
    expect(names()).toEqual(['tom', 'jane', 'ada'])
    await user.click(note)
    expect(await screen.findByRole('link', { name: 'eve' })).toBeVisible()
  })
})

describe('a row', () => {
  test('opens to its path and why it was found, each a way into the timeline', async () => {
    const { user, router } = start('/sites/shop/sessions?q=has:errors')
    await screen.findByRole('link', { name: 'jane' })
    await user.keyboard('jo')
    const why = await screen.findByRole('list', { name: 'Why it was found' })
    const mark = await within(why).findByRole('link', { name: /PaymentError/ })
    expect(mark).toHaveAttribute('href', expect.stringContaining(`open=${ERROR.event?.tab_id}.3`))
    expect(mark).toHaveAttribute('href', expect.stringContaining('q=has%3Aerrors'))
    expect(await screen.findByRole('link', { name: '/' })).toBeVisible()
    expect(router.state.location.search).toEqual({ q: 'has:errors', row: 'jane' })
    await user.keyboard('o')
    await waitFor(() => expect(router.state.location.search).toEqual({ q: 'has:errors' }))
  })
})

test('an empty search says which part emptied it, and drops it', async () => {
  const { user, router } = start('/sites/shop/sessions?q=has:errors+user:nobody')
  expect(await screen.findByText('No session of the range has user:nobody.')).toBeVisible()
  const part = screen.getByRole('row', { name: /^user:nobody/ })
  expect(part).toHaveTextContent('0 found1 found')
  await user.click(within(part).getByRole('button', { name: 'Drop user:nobody' }))
  await waitFor(() => expect(router.state.location.search).toEqual({ q: 'has:errors' }))
  await inOrder('jane')
})

describe('the histogram', () => {
  test('by keys: a part of the range goes into the address, and there is a way back', async () => {
    const { user, router } = start('/sites/shop/sessions?last=24h')
    const slider = await screen.findByRole('slider', { name: /Sessions over time/ })
    await waitFor(() => expect(slider).toHaveAttribute('aria-valuemax', '3'))
    slider.focus()
    await user.keyboard('{Home}')
    await user.keyboard('{Home}{Shift>}{ArrowRight}{/Shift}')
    expect(slider).toHaveAttribute('aria-valuetext', expect.stringContaining('3\u00a0sessions'))
    await user.keyboard('{Enter}')
    await waitFor(() => expect(router.state.location.search).toHaveProperty('from'))
    const { from, to } = router.state.location.search as { from: string; to: string }
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 3_600_000)
    await user.click(await screen.findByRole('button', { name: 'Back to last 24 hours' }))
    await waitFor(() => expect(router.state.location.search).toEqual({ last: '24h' }))
  })

  test('by pointer', async () => {
    const { router } = start()
    const slider = await screen.findByRole('slider', { name: /Sessions over time/ })
    await waitFor(() => expect(slider).toHaveAttribute('aria-valuemax', '3'))
    slider.getBoundingClientRect = () => ({ left: 0, width: 400 }) as DOMRect
    fireEvent.pointerDown(slider, { clientX: 10, button: 0 })
    fireEvent.pointerMove(slider, { clientX: 290 })
    fireEvent.pointerUp(slider)
    await waitFor(() => expect(router.state.location.search).toHaveProperty('from'))
    const { from, to } = router.state.location.search as { from: string; to: string }
    expect(Date.parse(to) - Date.parse(from)).toBe(3 * 3_600_000)
  })
})

describe('many', () => {
  test('are selected up to another with Shift, and exported', async () => {
    const { user } = start()
    await user.click(await screen.findByRole('checkbox', { name: 'Select jane' }))
    await user.keyboard('{Shift>}')
    await user.click(screen.getByRole('checkbox', { name: 'Select ada' }))
    await user.keyboard('{/Shift}')
    const bar = await screen.findByRole('region', { name: 'Selected sessions' })
    expect(bar).toHaveTextContent('3 selected of 3')
    await user.click(within(bar).getByRole('button', { name: 'Export' }))
    const csv = await screen.findByRole('menuitem', { name: /CSV/ })
    const url = new URL(csv.getAttribute('href') ?? '', 'http://localhost')
    expect(url.pathname).toBe('/api/v1/sites/shop/sessions/export')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      last: '7d',
      q: 'session:(jane OR tom OR ada)',
      format: 'csv',
    })
  })

  test('are pinned', async () => {
    const { user, server } = start()
    await user.click(await screen.findByRole('checkbox', { name: 'Select tom' }))
    await user.click(screen.getByRole('button', { name: 'Pin' }))
    expect(await screen.findByText(/1\ssession pinned/)).toBeVisible()
    expect(server.written).toEqual([{ method: 'PUT', path: '/api/v1/sites/shop/sessions/tom/pin', body: null }])
  })

  test('are deleted after what would go was seen', async () => {
    const { user, server } = start()
    await user.click(await screen.findByRole('checkbox', { name: 'Select all rows read so far' }))
    await user.click(await screen.findByRole('checkbox', { name: 'Select jane' }))
    await user.click(screen.getByRole('button', { name: 'Delete…' }))
    expect(await screen.findByText(/2\ssessions with 12\sevents, 48.2\skB, would go/)).toBeVisible()
    expect(server.sessions).toHaveLength(3)
    await user.click(screen.getByRole('button', { name: /Delete 2\ssessions/ }))
    expect(await screen.findByText(/are gone/)).toBeVisible()
    const dialog = screen.getByRole('dialog', { name: 'Deleted' })
    await user.click(within(dialog).getAllByRole('button', { name: 'Close' })[1] as HTMLElement)
    await inOrder('jane')
  })

  test('are all that the list finds, not only those that are read: as a file, or deleted', async () => {
    const { user, server } = start()
    await user.click(await screen.findByRole('checkbox', { name: 'Select jane' }))
    const bar = await screen.findByRole('region', { name: 'Selected sessions' })
    await user.click(within(bar).getByRole('button', { name: 'Select all 3' }))
    expect(bar).toHaveTextContent('All 3 selected')
    expect(within(bar).getByRole('button', { name: 'Pin' })).toBeDisabled()
    await user.click(within(bar).getByRole('button', { name: 'Delete…' }))
    await user.click(await screen.findByRole('button', { name: /Delete 3\ssessions/ }))
    expect(await screen.findByText(/are gone/)).toBeVisible()
    const asked = server.written.map(({ body }) => body as Record<string, unknown>)
    expect(asked.map(({ dry_run }) => dry_run)).toEqual([true, false])
    for (const { q, from, to, session_ids } of asked) {
      expect({ q, from, session_ids }).toEqual({ q: '', from: '0', session_ids: undefined })
      // Until the list was read: what has come since is not meant.
      expect(Number(to)).toBeLessThanOrEqual(Date.now())
    }
    expect(asked[0]?.to).toBe(asked[1]?.to)
  })
})

test('columns are chosen and ordered, in the address and in this browser', async () => {
  const { user, router } = start()
  await screen.findByRole('table')
  await user.click(screen.getByRole('button', { name: 'Columns' }))
  await user.click(await screen.findByRole('checkbox', { name: 'Clicks' }))
  await waitFor(() => expect(screen.getByRole('columnheader', { name: /Clicks$/ })).toBeVisible())
  await user.click(screen.getByRole('button', { name: 'Move Clicks to the left' }))
  const shown = 'who,started,duration,pages,clicks,events,errors,frustration,device,place,path'
  await waitFor(() => expect(router.state.location.search).toEqual({ columns: shown }))
  expect(localStorage.getItem('footpath-columns')).toBe(shown)
  await user.click(screen.getByRole('button', { name: 'Usual columns' }))
  await waitFor(() => expect(router.state.location.search).toEqual({}))
  expect(localStorage.getItem('footpath-columns')).toBeNull()
})

test('a session that was opened from a search knows its neighbours in that search and order', async () => {
  const { user, router, server } = start('/sites/shop/sessions?sort=duration&q=-has:errors')
  await inOrder('tom', 'ada')
  await user.click(screen.getByRole('link', { name: 'tom' }))
  await screen.findByRole('heading', { level: 1, name: 'tom' })
  expect(router.state.location.search).toEqual({ sort: 'duration', q: '-has:errors' })
  await user.keyboard(']')
  await waitFor(() => expect(router.state.location.pathname).toBe('/sites/shop/sessions/ada'))
  expect(server.asked.filter((path) => path.includes('/sessions?')).at(-1)).toContain('sort=duration')
})
