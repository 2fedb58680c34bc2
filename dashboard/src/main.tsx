/** Starts the app in the page. The only file that does something by being imported. */

import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/global.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Paper.css'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import '@mantine/core/styles/Tooltip.css'
import '@mantine/core/styles/InlineInput.css'
import '@mantine/core/styles/Switch.css'
import './theme.css'
import './base.css'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { createQueryClient } from './api/queries'
import { createAppRouter } from './routes'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const client = createQueryClient()
createRoot(root).render(<App client={client} router={createAppRouter({ client })} />)
