/**
 * The search: text and chips as one field. At rest its parts are chips; with the focus in it, it is the text they say,
 * with completions. Enter runs it, leaving it does too, Esc takes back what was written.
 */

import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useLayoutEffect, useRef, useState } from 'react'
import { completionsQuery, parsedQuery } from '../api/queries'
import type { CompletionItem } from '../api/types'
import { useKeys } from '../shell/keys'
import { Chips } from './Chips'
import { CompletionList } from './CompletionList'
import { charactersAt } from './characters'
import { placeOf, textOf, without } from './chips'
import { complete, corrected, type Draft, type Mistake, mistakeOf, stepActive, tabCompletes } from './draft'
import { FilterMenu } from './FilterMenu'
import { type FilterSearch, filterParams, withSearch } from './filter'
import { MistakeNote, Underlined } from './MistakeNote'
import classes from './SearchField.module.css'
import { useSearchRun } from './useSearchRun'

/** Typing pauses this long before completions are asked for. */
const PAUSE_MS = 110

export interface SearchFieldProps {
  site: string
  filter: FilterSearch
  onChange: (next: FilterSearch) => void
}

export function SearchField({ site, filter, onChange }: SearchFieldProps) {
  const q = filter.q ?? ''
  const parsed = useQuery({ ...parsedQuery(site, q), enabled: q !== '' })
  const chips = q === '' ? [] : (parsed.data?.chips ?? null)
  const wrongInUrl = q === '' ? null : mistakeOf(parsed.error)

  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const mistakeId = useId()
  const [draft, setDraft] = useState<Draft | null>(null)
  const [hasTyped, setHasTyped] = useState(false)
  const [mistake, setMistake] = useState<Mistake | null>(null)
  const [isListOpen, setListOpen] = useState(false)
  const [active, setActive] = useState(-1)
  // Told at once, and not at the next render: leaving takes the focus away, which would run what was left.
  const isWriting = useRef(false)
  // The part to select once the text stands in the field.
  const selection = useRef<{ start: number; end: number } | null>(null)

  const run = useSearchRun(site, (next) => onChange(withSearch(filter, next)))
  const { q: _, ...params } = filterParams(filter)
  const [asked] = useDebouncedValue(draft, PAUSE_MS)
  const completions = useQuery({
    ...completionsQuery(site, asked?.text ?? '', charactersAt(asked?.text ?? '', asked?.caret ?? 0), params),
    enabled: asked !== null && isListOpen,
  })
  // Completions of an earlier text would replace the wrong characters.
  const answer = asked === draft ? completions.data : undefined
  const items = draft && isListOpen ? (answer?.items ?? []) : []

  const write = (next: Draft) => {
    setDraft(next)
    setHasTyped(true)
    setMistake(null)
    setListOpen(true)
    setActive(-1)
  }
  useLayoutEffect(() => {
    const field = input.current
    if (!draft || !field || document.activeElement !== field) return
    const { start, end } = selection.current ?? { start: draft.caret, end: draft.caret }
    selection.current = null
    if (field.selectionStart !== start || field.selectionEnd !== end) field.setSelectionRange(start, end)
  }, [draft])

  const begin = () => {
    if (draft) return
    const text = chips ? textOf(chips) : q
    const open = text === '' || wrongInUrl ? text : `${text} `
    isWriting.current = true
    setDraft({ text: open, caret: selection.current?.end ?? open.length })
    setHasTyped(false)
    setMistake(wrongInUrl)
    setListOpen(wrongInUrl === null)
    setActive(-1)
  }
  const leave = () => {
    isWriting.current = false
    setDraft(null)
    setMistake(null)
    setListOpen(false)
  }
  const submit = async (text: string) => {
    if (text.trim() === (chips ? textOf(chips) : q)) {
      leave()
      return true
    }
    setListOpen(false)
    const wrong = await run(text)
    setMistake(wrong)
    if (wrong) return false
    leave()
    return true
  }
  const take = (item: CompletionItem) => {
    if (draft && answer) write(complete(draft, answer, item))
    input.current?.focus()
  }
  const edit = (index: number) => {
    if (!chips) return
    selection.current = placeOf(chips, index)
    input.current?.focus()
  }
  useKeys({ '/': () => input.current?.focus() })

  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (!draft || event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      if (isListOpen && items.length > 0) setListOpen(false)
      else {
        leave()
        input.current?.blur()
      }
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isListOpen) setListOpen(true)
      else setActive(stepActive(active, event.key === 'ArrowDown' ? 1 : -1, items.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const item = items[active]
      if (item) take(item)
      else void submit(draft.text).then((done) => done && input.current?.blur())
    } else if (event.key === 'Tab' && !event.shiftKey && isListOpen && tabCompletes(active, answer, hasTyped)) {
      const item = items[Math.max(0, active)]
      if (!item) return
      event.preventDefault()
      take(item)
    }
  }

  const text = draft?.text ?? ''
  const shownMistake = draft ? mistake : wrongInUrl
  return (
    <search
      className={classes.field}
      data-editing={draft !== null || undefined}
      data-wrong={!!shownMistake || undefined}
    >
      <IconSearch size={15} stroke={1.7} className={classes.icon} aria-hidden="true" />
      {!draft && q !== '' && (
        <Chips
          chips={chips ?? [{ text: q, negated: false }]}
          mistake={wrongInUrl}
          onEdit={edit}
          onRemove={(index) => chips && onChange(withSearch(filter, without(chips, index)))}
          onLeave={() => input.current?.focus()}
        />
      )}
      <div className={classes.writing}>
        {draft && mistake && <Underlined text={text} mistake={mistake} follow={input} />}
        <input
          ref={input}
          role="combobox"
          aria-label="Search sessions"
          aria-expanded={items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 && items[active] ? `${listId}-${active}` : undefined}
          aria-invalid={shownMistake !== null}
          aria-describedby={shownMistake ? mistakeId : undefined}
          className={classes.input}
          value={text}
          placeholder={q === '' && !draft ? 'Search sessions: page:/checkout has:errors' : ''}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          enterKeyHint="search"
          onFocus={begin}
          // Or else the click would set the caret within a text that was not there when it was clicked.
          onMouseDown={(event) => {
            if (draft || event.button !== 0) return
            event.preventDefault()
            input.current?.focus()
          }}
          onChange={(event) =>
            write({
              text: event.currentTarget.value,
              caret: event.currentTarget.selectionStart ?? event.currentTarget.value.length,
            })
          }
          onSelect={(event) => {
            const caret = event.currentTarget.selectionEnd ?? 0
            // Moved by hand: what can be written there is another thing.
            if (draft && event.currentTarget.selectionStart === caret && caret !== draft.caret)
              setDraft({ text, caret })
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            if (draft && isWriting.current && !mistake) void submit(draft.text)
          }}
        />
      </div>
      {(q !== '' || text !== '') && (
        <button
          type="button"
          className={classes.clear}
          aria-label="Clear the search"
          title="Clear the search"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            leave()
            input.current?.blur()
            if (q !== '') onChange(withSearch(filter, ''))
          }}
        >
          <IconX size={14} stroke={1.8} />
        </button>
      )}
      {draft ? (
        <span className={classes.hint} aria-hidden="true">
          ↵
        </span>
      ) : (
        <FilterMenu site={site} filter={filter} chips={chips ?? []} onRun={run} />
      )}
      {draft && shownMistake && (
        <MistakeNote
          id={mistakeId}
          mistake={shownMistake}
          text={text}
          onCorrect={(suggestion) => {
            write(corrected(text, suggestion))
            input.current?.focus()
          }}
        />
      )}
      {draft && !shownMistake && (
        <CompletionList id={listId} items={items} active={active} onTake={take} onPoint={setActive} />
      )}
    </search>
  )
}
