/** An address that leads nowhere. */

import { IconMapQuestion } from '@tabler/icons-react'
import { ButtonLink } from './Button'
import { Notice } from './Notice'
import { useTitle } from './useTitle'

export function NotFound() {
  useTitle('Not found')
  return (
    <Notice
      icon={<IconMapQuestion size={20} stroke={1.6} />}
      title="This path leads nowhere"
      actions={
        <ButtonLink to="/" kind="primary">
          To the sessions
        </ButtonLink>
      }
    >
      <p>There is no page at this address. It may have been mistyped, or the link is older than this version.</p>
    </Notice>
  )
}
