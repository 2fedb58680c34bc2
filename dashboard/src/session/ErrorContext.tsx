/**
 * An error and what was going on around it, told in order: before, what the user was doing, requests, the error,
 * after, how it ended. Every line is a way into the timeline.
 */

import { IconExclamationCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ErrorInContext, TimelineRow } from '../api/types'
import { latency } from '../format/durations'
import { absolute, clock } from '../format/times'
import { sentence } from '../shell/Failed'
import classes from './ErrorContext.module.css'
import { looksOf } from './kinds'
import { Stack } from './Stack'
import { rowKey } from './search'
import { namedKind, splitLine } from './timeline'

export interface ErrorContextProps {
  row: TimelineRow
  /** Nothing while it is read. */
  context: ErrorInContext | undefined
  /** Of the session. */
  start: number
  timeZone: string
  onJump: (key: string) => void
}

export function ErrorContext({ row, context, timeZone, onJump }: ErrorContextProps) {
  const kind = row.event ? namedKind(row.event.kind) : null
  if (kind?.name !== 'error') return null
  const { name, message, stack } = kind.fields
  const lines = (rows: TimelineRow[]) => (
    <ol className={classes.lines}>
      {rows.map((one) => (
        <Line key={rowKey(one)} row={one} errorAt={row.at} timeZone={timeZone} onJump={onJump} />
      ))}
    </ol>
  )
  return (
    <div className={classes.context}>
      <Part title="Before">
        {context ? (
          context.before.length > 0 ? (
            lines(context.before)
          ) : (
            <Nothing>It was the first event.</Nothing>
          )
        ) : (
          <Reading />
        )}
      </Part>
      <Part title="Doing">
        {context ? (
          context.action ? (
            <Doing action={context.action} errorAt={row.at} timeZone={timeZone} onJump={onJump} />
          ) : (
            <Nothing>No action in this tab came before it.</Nothing>
          )
        ) : (
          <Reading />
        )}
      </Part>
      {context && context.requests.length > 0 && <Part title="Requests">{lines(context.requests)}</Part>}
      <Part title="The error" tone="error">
        <div className={classes.error}>
          <p className={classes.message}>
            <IconExclamationCircle size={16} stroke={1.8} aria-hidden="true" />
            <span>
              <strong>{name}</strong> {message}
            </span>
          </p>
          {stack ? (
            <Stack stack={stack} frames={context?.frames ?? []} />
          ) : (
            <Nothing>The browser gave no stack.</Nothing>
          )}
        </div>
      </Part>
      <Part title="After">
        {context ? (
          context.after.length > 0 ? (
            lines(context.after)
          ) : (
            <Nothing>Nothing more happened.</Nothing>
          )
        ) : (
          <Reading />
        )}
      </Part>
      <Part title="How it ended">
        {context ? <p className={classes.ending}>{sentence(context.ending)}</p> : <Reading />}
      </Part>
    </div>
  )
}

function Part({ title, tone, children }: { title: string; tone?: 'error'; children: ReactNode }) {
  return (
    <section className={classes.part} data-tone={tone}>
      <h3>{title}</h3>
      <div>{children}</div>
    </section>
  )
}

interface LineProps {
  row: TimelineRow
  errorAt: number
  timeZone: string
  onJump: (key: string) => void
}

function Line({ row, errorAt, timeZone, onJump }: LineProps) {
  const { Icon, tone } = looksOf(row)
  const { head, rest } = splitLine(row.line)
  return (
    <li>
      <button type="button" className={classes.line} data-tone={tone} onClick={() => onJump(rowKey(row))}>
        <time dateTime={new Date(row.at).toISOString()} title={absolute(row.at, timeZone)}>
          {clock(row.at, timeZone)}
        </time>
        <Icon size={14} stroke={1.7} aria-hidden="true" />
        <span className={classes.text}>
          <span className={classes.head}>{rest ? `${head}:` : head}</span>
          {rest && ` ${rest}`}
        </span>
        <span className={classes.apart}>{apart(row.at - errorAt)}</span>
      </button>
    </li>
  )
}

/** The last thing the user did, as what was being done when it happened. */
function Doing({ action, errorAt, timeZone, onJump }: { action: TimelineRow } & Omit<LineProps, 'row'>) {
  return (
    <ol className={classes.lines}>
      <Line row={action} errorAt={errorAt} timeZone={timeZone} onJump={onJump} />
    </ol>
  )
}

/** From the error: `1.24 s before`. */
function apart(ms: number): string {
  if (ms === 0) return 'same moment'
  return `${latency(Math.abs(ms))} ${ms < 0 ? 'before' : 'after'}`
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className={classes.nothing}>{children}</p>
}

function Reading() {
  return <i className={classes.bone} />
}
