/** The parts of a search. Each is edited by clicking it, and removed by its cross, or Backspace or Delete on it. */

import { IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useRef } from 'react'
import type { SearchChip } from '../api/types'
import { partsOf } from './chips'
import type { Mistake } from './draft'
import classes from './SearchField.module.css'

export interface ChipsProps {
  chips: readonly SearchChip[]
  /** Set where the search cannot be read: then it is one chip that says so. */
  mistake: Mistake | null
  onEdit: (index: number) => void
  onRemove: (index: number) => void
  /** Past the last chip. */
  onLeave: () => void
}

export function Chips({ chips, mistake, onEdit, onRemove, onLeave }: ChipsProps) {
  const list = useRef<HTMLUListElement>(null)
  const focus = (index: number) => {
    const chip = list.current?.querySelectorAll<HTMLElement>('[data-chip]')[index]
    if (chip) chip.focus()
    else if (index > 0) onLeave()
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.key === 'Backspace' || event.key === 'Delete') {
      event.preventDefault()
      onRemove(index)
      // The chip after it takes its place, or the one before.
      requestAnimationFrame(() => focus(Math.max(0, Math.min(index, chips.length - 2))))
    } else if (event.key === 'ArrowRight') {
      event.preventDefault()
      focus(index + 1)
    } else if (event.key === 'ArrowLeft' && index > 0) {
      event.preventDefault()
      focus(index - 1)
    }
  }
  return (
    <ul ref={list} className={classes.chips} aria-label="Parts of the search">
      {chips.map((chip, index) => {
        const { not, field, rest } = partsOf(chip)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same part may be there twice.
          <li key={`${index} ${chip.text}`} className={classes.chip} data-wrong={mistake !== null || undefined}>
            <button
              type="button"
              data-chip=""
              title={mistake?.message ?? 'Edit as text'}
              onClick={() => onEdit(index)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              {not && <span className={classes.not}>not</span>}
              {field && <span className={classes.name}>{field}</span>}
              <span>{rest}</span>
            </button>
            <button
              type="button"
              className={classes.remove}
              tabIndex={-1}
              aria-label={`Remove ${chip.text}`}
              title="Remove"
              onClick={() => onRemove(index)}
            >
              <IconX size={12} stroke={2} />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
