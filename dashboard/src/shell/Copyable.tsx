/** A value that one click copies. */

import { UnstyledButton } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './Copyable.module.css'

export interface CopyableProps {
  value: string
  /** Said to screen readers: `session id`. */
  name: string
  /** What is shown; the value where nothing is given. */
  children?: ReactNode
}

export function Copyable({ value, name, children }: CopyableProps) {
  const clipboard = useClipboard({ timeout: 1600 })
  return (
    <UnstyledButton
      className={classes.copy}
      onClick={() => clipboard.copy(value)}
      aria-label={`Copy ${name} ${value}`}
      title={clipboard.copied ? 'Copied' : `Copy ${name}`}
    >
      <span className={classes.value}>{children ?? value}</span>
      {clipboard.copied ? (
        <IconCheck size={13} stroke={2} className={classes.done} />
      ) : (
        <IconCopy size={13} stroke={1.6} />
      )}
      <span className="visually-hidden" aria-live="polite">
        {clipboard.copied ? 'Copied' : ''}
      </span>
    </UnstyledButton>
  )
}
