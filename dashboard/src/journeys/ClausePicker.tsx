/** An event as a search says it, written: read by the server before it is a step, with its mistake shown. */

import { Popover } from '@mantine/core'
import { IconChevronDown, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { failureDetail } from '../api/client'
import { parsedStepQuery } from '../api/queries'
import pick from '../report/Pick.module.css'
import picker from '../report/StepPicker.module.css'
import { corrected, type Mistake, mistakeOf } from '../search/draft'
import { MistakeNote } from '../search/MistakeNote'
import { Button } from '../shell/Button'
import { sentence } from '../shell/Failed'
import { POPOVER } from '../shell/popover'
import classes from './Funnel.module.css'
import type { Clause } from './journeysSearch'

interface ClausePickerProps {
  site: string
  label: string
  clause: Clause
  onChange: (next: readonly Clause[]) => void
  onClear?: (() => void) | undefined
}

export function ClausePicker({ site, label, clause, onChange, onClear }: ClausePickerProps) {
  const [open, setOpen] = useState(false)
  return (
    <span className={picker.picker}>
      <Popover
        opened={open}
        onChange={setOpen}
        position="bottom-start"
        {...POPOVER}
        classNames={{ dropdown: picker.dropdown }}
      >
        <Popover.Target>
          <button
            type="button"
            className={pick.pick}
            onClick={() => setOpen(!open)}
            data-cleared={onClear ? '' : undefined}
          >
            {label && <span className={pick.label}>{label}</span>}
            <ClauseText clause={clause.clause} />
            {!onClear && <IconChevronDown size={14} stroke={1.6} aria-hidden="true" />}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Step: write a clause">
          <ClauseForm
            site={site}
            clause={clause.clause}
            onChoose={(next) => {
              setOpen(false)
              onChange(next)
            }}
          />
        </Popover.Dropdown>
      </Popover>
      {onClear && (
        <button type="button" className={picker.clear} onClick={onClear} aria-label={`Remove ${clause.clause}`}>
          <IconX size={13} stroke={1.9} />
        </button>
      )}
    </span>
  )
}

/** A clause as people read it: braces around one clause alone say nothing to them. */
export function ClauseText({ clause }: { clause: string }) {
  return <code className={classes.clause}>{clause.replace(/^\{([^{}]*)\}$/, '$1')}</code>
}

interface ClauseFormProps {
  site: string
  clause: string
  /** Takes the events that it can be, each by itself. */
  onChoose: (clauses: readonly Clause[]) => void
}

export function ClauseForm({ site, clause, onChoose }: ClauseFormProps) {
  const client = useQueryClient()
  const mistakeId = useId()
  const [text, setText] = useState(clause)
  const [mistake, setMistake] = useState<Mistake | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const write = (next: string) => {
    setText(next)
    setMistake(null)
    setFailure(null)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const written = text.trim()
    if (written === '') return
    try {
      const { chips } = await client.fetchQuery(parsedStepQuery(site, written))
      onChoose(chips.map((chip) => ({ clause: chip.text })))
    } catch (error) {
      const wrong = mistakeOf(error)
      setMistake(wrong)
      setFailure(wrong ? null : error)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <div className={picker.top}>
        <input
          aria-label="A clause about an event"
          aria-invalid={mistake ? true : undefined}
          aria-describedby={mistake ? mistakeId : undefined}
          placeholder="{request:/api/pay status:5xx}"
          value={text}
          data-autofocus=""
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => write(event.currentTarget.value)}
        />
        <Button type="submit" kind="primary" disabled={text.trim() === ''}>
          Set
        </Button>
      </div>
      {mistake && (
        <MistakeNote
          id={mistakeId}
          mistake={mistake}
          text={text}
          onCorrect={(suggestion) => write(corrected(text, suggestion).text)}
        />
      )}
      {failure !== null && (
        <p className={picker.note} role="alert">
          {sentence(failureDetail(failure).message)}
        </p>
      )}
      {!mistake && failure === null && (
        <p className={picker.note}>
          Any event a search can find: <code>click:"Pay now"</code>, <code>lcp:&gt;2.5s</code>,{' '}
          <code>{'{error:* page:/checkout}'}</code>. What is of the whole session goes in the search above.
        </p>
      )}
    </form>
  )
}
