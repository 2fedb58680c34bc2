/** Below an error in context: all sessions with it, and its group; over the range of the list that the session is of. */

import { IconArrowRight } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { groupSearch } from '../errors/errorsSearch'
import { parseRange } from '../search/range'
import { ButtonLink } from '../shell/Button'
import classes from './ErrorContext.module.css'

const route = getRouteApi('/sites/$site/sessions/$id')

export function ErrorLinks({ siteId, group }: { siteId: string; group: string }) {
  const range = parseRange({ ...route.useSearch() })
  const params = { site: siteId }
  return (
    <p className={classes.links}>
      <ButtonLink to="/sites/$site/sessions" params={params} search={{ ...range, q: groupSearch(group) }}>
        All sessions with this error
        <IconArrowRight size={15} stroke={1.7} />
      </ButtonLink>
      <ButtonLink to="/sites/$site/errors" params={params} search={{ ...range, group }}>
        Its group
      </ButtonLink>
    </p>
  )
}
