import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aSession } from '../testing/rows'
import { type FakeServer, startServer } from '../testing/server'

const minutesAgo = (n: number) => Date.now() - n * 60_000

const JANE = aSession({ id: 'jane', user: { id: 'jane@acme.com' }, start: minutesAgo(2), counts: { errors: 1 } })
const TOM = aSession({ id: 'tom', user: { id: 'tom' }, start: minutesAgo(20), duration_ms: 600_000 })

const COMPLETIONS: FakeServer['completions'] = {
  '': { start: 0, end: 0, items: [] },
  'has:errors us': {
    start: 11,
    end: 13,
    items: [
      { kind: 'field', text: 'user:', doc: 'The site’s id of the person.', sessions: null },
      { kind: 'field', text: 'user.email:', doc: 'The e-mail address.', sessions: null },
    ],
  },
  'has:errors user:': {
    start: 16,
    end: 16,
    items: [{ kind: 'value', text: 'jane@acme.com', doc: '', sessions: 1 }],
  },
}

function start(address = '/sites/shop/sessions') {
  const server = startServer({ sessions: [JANE, TOM], completions: COMPLETIONS })
  return { server, ...renderAt(address) }
}

const field = () => screen.getByRole('combobox', { name: 'Search sessions' })
const chips = () => screen.findByRole('list', { name: 'Parts of the search' })
const search = (rendered: ReturnType<typeof start>) => rendered.router.state.location.search
const rows = (n: number) => waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(n + 1))

describe('written', () => {
  test('by keyboard alone: / to the field, completions by arrows and Tab, Enter runs', async () => {
    const rendered = start('/sites/shop/sessions?q=has:errors')
    const { user } = rendered
    await chips()
    await user.keyboard('/')
    expect(field()).toHaveFocus()
    expect(field()).toHaveValue('has:errors ')
    await user.keyboard('us')
    const list = await screen.findByRole('listbox', { name: 'Completions' })
    await within(list).findByRole('option', { name: /^user:/ })
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(within(list).getByRole('option', { name: /user.email:/ })).toHaveAttribute('aria-selected', 'true')
    expect(field()).toHaveAttribute('aria-activedescendant')
    await user.keyboard('{ArrowUp}{Enter}')
    expect(field()).toHaveValue('has:errors user:')
    await screen.findByRole('option', { name: /^jane@acme.com\s*1\s*sessions/ })
    await user.keyboard('{ArrowDown}{Tab}')
    expect(field()).toHaveValue('has:errors user:jane@acme.com ')
    await user.keyboard('{Enter}')
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors user:jane@acme.com' }))
    expect(field()).not.toHaveFocus()
    expect(within(await chips()).getAllByRole('listitem')).toHaveLength(2)
  })

  test('Esc first closes the completions, then takes back what was written', async () => {
    const rendered = start('/sites/shop/sessions?q=has:errors')
    const { user } = rendered
    await chips()
    await user.keyboard('/us')
    await screen.findByRole('option', { name: /^user:/ })
    await user.keyboard('{Escape}')
    expect(field()).toHaveFocus()
    await user.keyboard('{Escape}')
    expect(within(await chips()).getByRole('button', { name: 'has:errors' })).toBeVisible()
    expect(search(rendered)).toEqual({ q: 'has:errors' })
  })

  test('leaving the field runs it', async () => {
    const rendered = start()
    await screen.findByRole('table')
    await rendered.user.click(field())
    await rendered.user.keyboard('has:errors')
    await rendered.user.tab()
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors' }))
    await rows(1)
  })

  test('a mistake is told where it is, stays out of the address, and is mended by a click', async () => {
    const rendered = start()
    const { user } = rendered
    await screen.findByRole('table')
    await user.click(field())
    await user.keyboard('has:errors dur:>5m{Enter}')
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('There is no field dur.')
    expect(field()).toBeInvalid()
    expect(screen.getByText('dur', { selector: 'mark' })).toBeInTheDocument()
    expect(search(rendered)).toEqual({})
    await user.click(within(alert).getByRole('button', { name: 'Write has:errors duration:>5m' }))
    expect(field()).toHaveValue('has:errors duration:>5m')
    expect(screen.queryByRole('alert')).toBeNull()
    await user.keyboard('{Enter}')
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors duration:>5m' }))
  })

  test('an address with a mistake opens, says what is wrong, and is mended', async () => {
    const rendered = start('/sites/shop/sessions?q=dur:%3E5m')
    expect(await screen.findByRole('heading', { name: 'This search cannot be read' })).toBeVisible()
    await rendered.user.click(screen.getByRole('button', { name: 'Search duration:>5m' }))
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'duration:>5m' }))
    await rows(1)
  })
})

describe('as chips', () => {
  test('a cross removes a part, Delete too', async () => {
    const rendered = start('/sites/shop/sessions?q=has:errors+-user:tom')
    const { user } = rendered
    const list = await chips()
    expect(await within(list).findByRole('button', { name: /^not\s*user:tom$/ })).toBeVisible()
    await user.click(within(list).getByRole('button', { name: 'Remove -user:tom' }))
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors' }))
    const left = await within(await chips()).findByRole('button', { name: 'has:errors' })
    left.focus()
    await user.keyboard('{Delete}')
    await waitFor(() => expect(search(rendered)).toEqual({}))
    await rows(2)
  })

  test('a click edits the part as text', async () => {
    const { user } = start('/sites/shop/sessions?q=has:errors+-user:tom')
    await user.click(await within(await chips()).findByRole('button', { name: /^not\s*user:tom$/ }))
    const input = field() as HTMLInputElement
    expect(input).toHaveFocus()
    expect(input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0)).toBe('-user:tom')
  })

  test('the menu writes them, with the sessions that each would find', async () => {
    const rendered = start()
    const { user } = rendered
    await screen.findByRole('table')
    await user.click(screen.getByRole('button', { name: 'Filter' }))
    await user.click(await screen.findByRole('button', { name: /^Has errors\s*1/ }))
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors' }))
    await user.click(screen.getByRole('button', { name: 'Filter' }))
    const menu = within(await screen.findByRole('dialog', { name: 'Filter' }))
    await user.click(menu.getByRole('button', { name: 'Duration' }))
    await user.type(screen.getByLabelText('At least'), '5')
    await user.click(screen.getByRole('button', { name: 'Add duration:>=5m' }))
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors duration:>=5m' }))
  })
})

describe('saved', () => {
  test('with a name, changed, and gone again', async () => {
    const rendered = start('/sites/shop/sessions?q=has:errors')
    const { user, server } = rendered
    await chips()
    await user.click(screen.getByRole('button', { name: 'Save the search' }))
    await user.click(await screen.findByRole('menuitem', { name: /Save this search as/ }))
    await user.type(await screen.findByLabelText('Name'), 'Failures{Enter}')
    expect(await screen.findByRole('button', { name: 'Saved filter: Failures' })).toBeVisible()
    expect(server.filters).toMatchObject([{ name: 'Failures', q: 'has:errors' }])
    expect(search(rendered)).toEqual({ q: 'has:errors', filter: 'f1' })

    await user.keyboard('/user:tom{Enter}')
    await user.click(await screen.findByRole('button', { name: 'Saved filter: Failures, changed' }))
    await user.click(await screen.findByRole('menuitem', { name: /Update/ }))
    await user.click(await screen.findByRole('button', { name: 'Update' }))
    await waitFor(() => expect(server.filters).toMatchObject([{ name: 'Failures', q: 'has:errors user:tom' }]))

    await user.click(await screen.findByRole('button', { name: 'Saved filter: Failures' }))
    await user.click(await screen.findByRole('menuitem', { name: /Delete/ }))
    await user.click(await screen.findByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(server.filters).toEqual([]))
    await waitFor(() => expect(search(rendered)).toEqual({ q: 'has:errors user:tom' }))
  })
})
