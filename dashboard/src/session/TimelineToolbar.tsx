/** What of the timeline is shown: categories as chips with their counts, and text. */

import { IconSearch, IconX } from '@tabler/icons-react'
import type { Ref } from 'react'
import type { Category } from '../api/types'
import { count } from '../format/numbers'
import { CATEGORIES, CATEGORY, CATEGORY_DEFINITION } from '../format/words'
import { Hint } from '../shell/Definition'
import { CATEGORY_ICON } from './kinds'
import classes from './TimelineToolbar.module.css'

export interface TimelineToolbarProps {
  ref: Ref<HTMLDivElement>
  counts: Partial<Record<Category, number>>
  shown: ReadonlySet<Category>
  onShown: (shown: ReadonlySet<Category>) => void
  find: string
  findRef: Ref<HTMLInputElement>
  onFind: (text: string) => void
  onLeaveFind: () => void
  nShown: number
  total: number
}

export function TimelineToolbar(props: TimelineToolbarProps) {
  const { counts, shown, onShown, find, findRef, onFind, onLeaveFind, nShown, total } = props
  const toggle = (category: Category) => {
    const next = new Set(shown)
    if (!next.delete(category)) next.add(category)
    onShown(next)
  }
  const present = CATEGORIES.filter((category) => (counts[category] ?? 0) > 0)
  return (
    <div ref={props.ref} className={classes.toolbar}>
      <fieldset className={classes.chips}>
        <legend className="visually-hidden">Categories shown</legend>
        {present.map((category) => {
          const Icon = CATEGORY_ICON[category]
          return (
            <Hint key={category} label={CATEGORY_DEFINITION[category]}>
              <button
                type="button"
                className={classes.chip}
                aria-pressed={shown.has(category)}
                data-category={category}
                onClick={() => toggle(category)}
              >
                <Icon size={14} stroke={1.7} aria-hidden="true" />
                {CATEGORY[category]}
                <span className={classes.count}>{count(counts[category] ?? 0)}</span>
              </button>
            </Hint>
          )
        })}
      </fieldset>
      <label className={classes.find}>
        <IconSearch size={14} stroke={1.7} aria-hidden="true" />
        <span className="visually-hidden">Find in the timeline</span>
        <input
          ref={findRef}
          value={find}
          placeholder="Find"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onFind(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.preventDefault()
              if (find) onFind('')
              else event.currentTarget.blur()
            }
            if (event.key === 'Enter') onLeaveFind()
          }}
        />
        {find && (
          <>
            <span className={classes.found} aria-live="polite">
              {count(nShown)} of {count(total)}
            </span>
            <button type="button" onClick={() => onFind('')} aria-label="Clear the text">
              <IconX size={13} stroke={1.8} />
            </button>
          </>
        )}
      </label>
    </div>
  )
}
