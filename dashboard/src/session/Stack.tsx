/** A stack as the browser wrote it: the first frames, and all of them on demand. */

import { useState } from 'react'
import { counted } from '../format/numbers'
import { Copyable } from '../shell/Copyable'
import classes from './Stack.module.css'

/** Enough to see who called whom; the rest is nearly always the framework. */
const FIRST_LINES = 8

export function Stack({ stack }: { stack: string }) {
  const [showsAll, setShowsAll] = useState(false)
  const lines = stack.trimEnd().split('\n')
  const hidden = lines.length - FIRST_LINES
  const shown = showsAll || hidden <= 1 ? lines : lines.slice(0, FIRST_LINES)
  return (
    <div className={classes.stack}>
      <pre>{shown.join('\n')}</pre>
      <div className={classes.foot}>
        {shown.length < lines.length && (
          <button type="button" onClick={() => setShowsAll(true)}>
            Show {counted(hidden, 'more line')}
          </button>
        )}
        <Copyable value={stack} name="stack">
          Copy stack
        </Copyable>
      </div>
    </div>
  )
}
