/** Names and values, in two columns. */

import type { ReactNode } from 'react'
import classes from './Fields.module.css'

export function Fields({ children }: { children: ReactNode }) {
  return <dl className={classes.fields}>{children}</dl>
}

export interface FieldProps {
  name: ReactNode
  children: ReactNode
  /** For URLs, selectors and other things of machines. */
  mono?: boolean
  tone?: 'error' | 'warn' | undefined
}

export function Field({ name, children, mono = false, tone }: FieldProps) {
  return (
    <div className={classes.field}>
      <dt>{name}</dt>
      <dd data-mono={mono || undefined} data-tone={tone}>
        {children}
      </dd>
    </div>
  )
}
