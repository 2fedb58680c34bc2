/** The providers around the routes. */

import { MantineProvider } from '@mantine/core'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import type { AppRouter } from './routes'
import { theme } from './theme'

export interface AppProps {
  client: QueryClient
  router: AppRouter
  /** `test` does without transitions, and without measuring what a test's document cannot. */
  env?: 'default' | 'test'
}

export function App({ client, router, env = 'default' }: AppProps) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      env={env}
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
