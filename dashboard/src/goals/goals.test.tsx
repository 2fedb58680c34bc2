import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { renderAt } from '../testing/render'
import { aDropOff, someEndings } from '../testing/reports'
import { startServer } from '../testing/server'

test('a goal without a name cannot be kept; with one it is', async () => {
  const server = startServer({
    reports: { 'drop-off': aDropOff() },
    settings: {
      goals: [{ name: 'Order', steps: [{ kind: 'custom', label: 'purchase' }] }],
      'ending-rules': [{ name: 'Left', when: 'idle' }],
      funnels: [],
    },
  })
  const { user } = renderAt('/sites/shop/journeys?view=goals')
  const name = await screen.findByLabelText('Name of goal 1')
  await user.clear(name)
  expect(screen.getByRole('button', { name: 'Save the goals' })).toBeDisabled()
  expect(screen.getByText('Goal 1 has no name.')).toBeInTheDocument()
  await user.type(name, 'Order confirmed')
  await user.click(screen.getByRole('button', { name: 'Save the goals' }))
  expect(await screen.findByText(/^Saved\./)).toBeInTheDocument()
  expect(server.written.filter((one) => one.method === 'PUT')).toEqual([
    {
      method: 'PUT',
      path: '/api/v1/sites/shop/goals',
      body: { goals: [{ name: 'Order confirmed', steps: [{ kind: 'custom', label: 'purchase' }] }] },
    },
  ])
})

test('a rule that is added stands before the one that takes what is left', async () => {
  const server = startServer({ reports: { 'drop-off': aDropOff(), 'drop-off/endings': someEndings() } })
  const { user } = renderAt('/sites/shop/journeys?view=goals')
  await screen.findByLabelText('Name of rule 1')
  await user.click(screen.getByRole('button', { name: 'Add a rule' }))
  const rules = screen.getByRole('list', { name: 'Ending rules' })
  expect(
    within(rules)
      .getAllByRole('textbox')
      .map((one) => (one as HTMLInputElement).value),
  ).toEqual(['', 'Left'])
  expect(screen.getByText('The preview waits until every rule has a name.')).toBeInTheDocument()
  await user.type(screen.getByLabelText('Name of rule 1'), 'Abandoned')
  await user.click(screen.getByRole('button', { name: 'Save the rules' }))
  await waitFor(() => expect(server.settings['ending-rules']).toHaveLength(2))
  expect(server.settings['ending-rules'][0]).toEqual({ name: 'Abandoned', when: { abandoned_at: { fields: [] } } })
})

test('a funnel is saved under a name, and found under it', async () => {
  const server = startServer({ reports: { 'drop-off': aDropOff() } })
  const { user, router } = renderAt('/sites/shop/journeys?view=funnel&steps=page:/cart > page:/checkout&order=strict')
  await user.click(await screen.findByRole('button', { name: 'Funnels' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Save this funnel as…' }))
  await user.type(screen.getByLabelText('Name'), 'To the checkout{Enter}')
  expect(await screen.findByRole('button', { name: 'To the checkout' })).toBeInTheDocument()
  expect(server.settings.funnels).toEqual([
    { name: 'To the checkout', steps: 'page:/cart > page:/checkout', order: 'strict' },
  ])
  await router.navigate({ to: '/sites/$site/journeys', params: { site: 'shop' }, search: { view: 'funnel' } })
  await user.click(await screen.findByRole('button', { name: 'Funnels' }))
  await user.click(await screen.findByRole('menuitem', { name: 'To the checkout' }))
  await waitFor(() => expect(router.state.location.search).toMatchObject({ steps: 'page:/cart > page:/checkout' }))
})
