/** The home of an installation that has no site yet; with one, `/` leads to its sessions. */

import { IconWorldPlus } from '@tabler/icons-react'
import { Notice } from './Notice'
import { useTitle } from './useTitle'

export function Welcome() {
  useTitle('Welcome')
  return (
    <Notice icon={<IconWorldPlus size={20} stroke={1.6} />} title="No site yet">
      <p>Footpath runs, but no site is set up in its configuration. Add one and start Footpath again.</p>
    </Notice>
  )
}
