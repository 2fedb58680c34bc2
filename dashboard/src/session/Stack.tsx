/**
 * A stack as the code was written, where source maps say how; else, and on demand, as the browser wrote it: the first
 * frames, and all of them on demand.
 */

import { useState } from 'react'
import type { StackFrame } from '../api/types'
import { counted } from '../format/numbers'
import { Copyable } from '../shell/Copyable'
import classes from './Stack.module.css'

/** Enough to see who called whom; the rest is nearly always the framework. */
const FIRST_LINES = 8

export interface StackProps {
  /** As the browser wrote it. */
  stack: string
  /** Its calls, as far as they are known. */
  frames: readonly StackFrame[]
}

export function Stack({ stack, frames }: StackProps) {
  const [showsAll, setShowsAll] = useState(false)
  const [asBrowser, setAsBrowser] = useState(false)
  const isMapped = frames.some((frame) => frame.original)
  const written = isMapped && !asBrowser
  const lines = stack.trimEnd().split('\n')
  const length = written ? frames.length : lines.length
  const hidden = length - FIRST_LINES
  const shown = showsAll || hidden <= 1 ? length : FIRST_LINES
  return (
    <div className={classes.stack}>
      {written ? <Calls frames={frames.slice(0, shown)} /> : <pre>{lines.slice(0, shown).join('\n')}</pre>}
      <div className={classes.foot}>
        {shown < length && (
          <button type="button" onClick={() => setShowsAll(true)}>
            Show {counted(hidden, written ? 'more call' : 'more line')}
          </button>
        )}
        {isMapped && (
          <button type="button" onClick={() => setAsBrowser(!asBrowser)}>
            {written ? 'As the browser wrote it' : 'As the code was written'}
          </button>
        )}
        <Copyable value={stack} name="stack">
          Copy stack
        </Copyable>
      </div>
    </div>
  )
}

/** The innermost call with its code; the others open on demand. */
function Calls({ frames }: { frames: readonly StackFrame[] }) {
  const first = frames.findIndex((frame) => frame.original)
  return (
    <ol className={classes.calls}>
      {frames.map((frame, place) => (
        // A call has no name of its own: a function can call itself from one place.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes its order
        <li key={place}>
          <Call frame={frame} open={place === first} />
        </li>
      ))}
    </ol>
  )
}

function Call({ frame, open }: { frame: StackFrame; open: boolean }) {
  const { original } = frame
  const name = original?.function || frame.function || '(no name)'
  const place = original
    ? `${original.source}:${original.line}:${original.column}`
    : [frame.url.replace(/^https?:\/\/[^/]+/, ''), frame.line, frame.column].filter(Boolean).join(':')
  const head = (
    <>
      <span className={classes.function}>{name}</span> <span className={classes.place}>{place}</span>
    </>
  )
  if (!original || original.lines.length === 0) return <p className={classes.call}>{head}</p>
  return (
    <details open={open}>
      <summary className={classes.call}>{head}</summary>
      <pre>
        {original.lines.map(({ number, text }) => (
          <span key={number} className={classes.line} data-here={number === original.line || undefined}>
            <i>{number}</i>
            {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </details>
  )
}
