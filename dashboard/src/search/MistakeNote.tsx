/** What is wrong with a search: the characters underlined, the reason below, and what was perhaps meant. */

import { IconAlertTriangle } from '@tabler/icons-react'
import { type RefObject, useLayoutEffect, useRef } from 'react'
import { sentence } from '../shell/Failed'
import { unitsAt } from './characters'
import { corrected, type Mistake } from './draft'
import classes from './MistakeNote.module.css'

export interface MistakeNoteProps {
  id?: string
  mistake: Mistake
  text: string
  onCorrect: (suggestion: NonNullable<Mistake['suggestion']>) => void
}

export function MistakeNote({ id, mistake, text, onCorrect }: MistakeNoteProps) {
  const { message, suggestion } = mistake
  return (
    <div id={id} className={classes.note} role="alert">
      <IconAlertTriangle size={15} stroke={1.7} aria-hidden="true" />
      <p>{sentence(message)}</p>
      {suggestion && (
        <button type="button" onMouseDown={(event) => event.preventDefault()} onClick={() => onCorrect(suggestion)}>
          Write <code>{corrected(text, suggestion).text}</code>
        </button>
      )}
    </div>
  )
}

export interface UnderlinedProps {
  text: string
  mistake: Mistake
  /** The field it lies behind; it scrolls as that does. */
  follow: RefObject<HTMLInputElement | null>
}

/** The same text behind the field, unseen but for the line below the characters that are wrong. */
export function Underlined({ text, mistake, follow }: UnderlinedProps) {
  const layer = useRef<HTMLDivElement>(null)
  const start = unitsAt(text, mistake.start)
  const end = unitsAt(text, mistake.end)
  useLayoutEffect(() => {
    const field = follow.current
    if (!field) return
    const scroll = () => {
      if (layer.current) layer.current.scrollLeft = field.scrollLeft
    }
    scroll()
    field.addEventListener('scroll', scroll)
    return () => field.removeEventListener('scroll', scroll)
  }, [follow])
  return (
    <div ref={layer} className={classes.mirror} aria-hidden="true">
      {text.slice(0, start)}
      {/* Between two characters, or at the end, there is nothing to underline: a mark of its own. */}
      <mark data-empty={start === end || undefined}>{text.slice(start, end) || ' '}</mark>
      {text.slice(end)}
    </div>
  )
}
