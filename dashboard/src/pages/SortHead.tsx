/** The head of a column that rows can be put in the order of. */

import { IconArrowDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Hint } from '../shell/Definition'

export interface SortHeadProps {
  name: string
  sorted: string
  definition: string
  onSort: (name: string) => void
  children: ReactNode
}

export function SortHead({ name, sorted, definition, onSort, children }: SortHeadProps) {
  const isSorted = name === sorted
  return (
    <th scope="col" aria-sort={isSorted ? 'descending' : 'none'}>
      <Hint label={definition}>
        <button type="button" onClick={() => onSort(name)}>
          {isSorted && <IconArrowDown size={13} stroke={2} aria-hidden="true" />}
          {children}
        </button>
      </Hint>
    </th>
  )
}
