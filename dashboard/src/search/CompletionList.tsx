/** What can be written at the caret: fields with what they say, then values with the sessions that have them. */

import { useEffect, useRef } from 'react'
import type { CompletionItem } from '../api/types'
import { count } from '../format/numbers'
import classes from './CompletionList.module.css'

export interface CompletionListProps {
  id: string
  items: readonly CompletionItem[]
  active: number
  onTake: (item: CompletionItem) => void
  onPoint: (index: number) => void
}

export function CompletionList({ id, items, active, onTake, onPoint }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[data-place="${active}"]`)?.scrollIntoView?.({ block: 'nearest' })
  }, [active])
  const hasValues = items.some((item) => item.kind === 'value')
  return (
    <div className={classes.panel} hidden={items.length === 0}>
      <div ref={list} id={id} role="listbox" aria-label="Completions" className={classes.list}>
        {items.map((item, place) => (
          <div
            key={`${item.kind} ${item.text}`}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === active}
            data-place={place}
            data-kind={item.kind}
            className={classes.item}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onPointerMove={() => place !== active && onPoint(place)}
            onClick={() => onTake(item)}
            onKeyDown={() => undefined}
          >
            <span className={classes.text}>{item.text}</span>
            <span className={classes.doc}>{item.doc}</span>
            {item.sessions !== null && (
              <span className={classes.count}>
                {count(item.sessions)}
                <span className="visually-hidden"> sessions</span>
              </span>
            )}
          </div>
        ))}
      </div>
      <p className={classes.keys} aria-hidden="true">
        <kbd>↑</kbd>
        <kbd>↓</kbd> choose <kbd>Tab</kbd> complete <kbd>Enter</kbd> search
        <span>{hasValues ? 'sessions of the range' : ''}</span>
      </p>
    </div>
  )
}
