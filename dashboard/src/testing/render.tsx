/** The whole app at an address, over the fake server. */

import { createMemoryHistory } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { App } from '../App'
import { createQueryClient } from '../api/queries'
import { createAppRouter } from '../routes'

export function renderAt(address: string) {
  const client = createQueryClient()
  const router = createAppRouter({
    client,
    history: createMemoryHistory({ initialEntries: [address] }),
  })
  return {
    ...render(<App client={client} router={router} env="test" />),
    user: userEvent.setup(),
    router,
    client,
  }
}
