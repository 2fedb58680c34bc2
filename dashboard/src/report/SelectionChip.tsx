/** Which sessions a screen is narrowed to, in words, and the way out. */

import { IconFilter, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { selectionTextQuery } from '../api/reportQueries'
import { sentence } from '../shell/Failed'
import classes from './SelectionChip.module.css'

export interface SelectionChipProps {
  site: string
  selection: string
  onRemove: () => void
}

export function SelectionChip({ site, selection, onRemove }: SelectionChipProps) {
  const { data, isPending, isError } = useQuery(selectionTextQuery(site, selection))
  const text = data ?? (isPending ? 'Sessions behind a number…' : 'The sessions behind a number of a report')
  return (
    <p className={classes.chip} data-wrong={isError || undefined}>
      <IconFilter size={14} stroke={1.7} aria-hidden="true" />
      <span className={classes.text} dir="auto">
        {isError ? 'The sessions behind this number are no longer known.' : sentence(text).replace(/\.$/, '')}
      </span>
      <button type="button" onClick={onRemove} aria-label="Show all sessions again" title="Show all sessions again">
        <IconX size={13} stroke={2} />
      </button>
    </p>
  )
}
