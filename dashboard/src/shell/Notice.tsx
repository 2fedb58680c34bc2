/** A designed state in place of content: empty, failed, not found. Says what is, and what to do next. */

import type { ReactNode } from 'react'
import classes from './Notice.module.css'

export interface NoticeProps {
  title: string
  icon?: ReactNode
  tone?: 'quiet' | 'error'
  role?: 'alert' | 'status'
  children?: ReactNode
  actions?: ReactNode
  foot?: ReactNode
}

export function Notice({ title, icon, tone = 'quiet', role, children, actions, foot }: NoticeProps) {
  return (
    <section className={classes.notice} data-tone={tone} role={role}>
      {icon && (
        <div className={classes.icon} aria-hidden="true">
          {icon}
        </div>
      )}
      <h2>{title}</h2>
      {children && <div className={classes.body}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
      {foot && <div className={classes.foot}>{foot}</div>}
    </section>
  )
}
