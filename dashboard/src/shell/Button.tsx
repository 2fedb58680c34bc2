/** The app's buttons, and links that look like one. */

import { Link, type LinkProps } from '@tanstack/react-router'
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import classes from './Button.module.css'

interface Looks {
  /** One primary action a screen, at most. */
  kind?: 'primary' | 'default' | 'quiet'
  icon?: ReactNode
  children?: ReactNode
}

export function Button({
  kind = 'default',
  icon,
  children,
  className = '',
  ...rest
}: Looks & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" {...rest} className={`${classes.button} ${className}`} data-kind={kind}>
      {icon}
      {children}
    </button>
  )
}

export function ButtonLink({ kind = 'default', icon, children, ...link }: Looks & LinkProps) {
  return (
    <Link {...link} className={classes.button} data-kind={kind}>
      {icon}
      {children}
    </Link>
  )
}
