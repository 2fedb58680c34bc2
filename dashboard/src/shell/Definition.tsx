/** A term whose definition is shown where it is shown: on hover, on focus, and to screen readers. */

import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { DEFINITION, type DefinedTerm } from '../format/words'
import classes from './Definition.module.css'

export interface DefinitionProps {
  term: DefinedTerm
  children: ReactNode
  className?: string | undefined
}

export function Definition({ term, children, className = '' }: DefinitionProps) {
  return (
    <Hint label={DEFINITION[term]}>
      <button type="button" className={`${classes.term} ${className}`}>
        {children}
      </button>
    </Hint>
  )
}

export interface HintProps {
  label: ReactNode
  /** One element that can be pointed at. */
  children: React.ReactElement
}

/** A tooltip in the app's manner. */
export function Hint({ label, children }: HintProps) {
  return (
    <Tooltip
      label={label}
      classNames={{ tooltip: classes.tooltip }}
      events={{ hover: true, focus: true, touch: true }}
      openDelay={250}
      transitionProps={{ duration: 80 }}
      multiline
      maw={300}
    >
      {children}
    </Tooltip>
  )
}
