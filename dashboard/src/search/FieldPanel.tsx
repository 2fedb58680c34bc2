/** Values of one field to choose from, with the sessions that have them; or the bounds of a number. */

import { useDebouncedValue } from '@mantine/hooks'
import { IconArrowLeft } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { QueryParams } from '../api/client'
import { completionsQuery } from '../api/queries'
import { count } from '../format/numbers'
import { Button } from '../shell/Button'
import { charactersAt } from './characters'
import { betweenClause, quoted } from './chips'
import type { CommonField } from './commonFilters'
import classes from './FilterMenu.module.css'

export interface FieldPanelProps {
  site: string
  /** The range in the API's words. */
  range: QueryParams
  field: CommonField
  onBack: () => void
  onAdd: (clause: string) => void
}

export function FieldPanel({ site, range, field, onBack, onAdd }: FieldPanelProps) {
  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <button type="button" className={classes.back} onClick={onBack} aria-label="Back to the filters">
          <IconArrowLeft size={15} stroke={1.7} />
        </button>
        <h2>{field.name}</h2>
      </div>
      {field.kind === 'values' ? (
        <Values site={site} range={range} field={field.field} onAdd={onAdd} />
      ) : (
        <Bounds field={field.field} isTime={field.kind === 'time'} onAdd={onAdd} />
      )}
    </div>
  )
}

interface ValuesProps {
  site: string
  range: QueryParams
  field: string
  onAdd: (clause: string) => void
}

function Values({ site, range, field, onAdd }: ValuesProps) {
  const [typed, setTyped] = useState('')
  const [asked] = useDebouncedValue(typed, 110)
  // An open quote takes any text as the beginning of a value.
  const text = `${field}:${asked === '' ? '' : `"${asked.replace(/["\\]/g, '')}`}`
  const { data, isPending } = useQuery({
    ...completionsQuery(site, text, charactersAt(text, text.length), range),
    placeholderData: keepPreviousData,
  })
  const values = (data?.items ?? []).filter((item) => item.kind === 'value')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (typed.trim() !== '') onAdd(`${field}:${quoted(typed.trim())}`)
      }}
    >
      <input
        className={classes.typed}
        aria-label="Find a value"
        placeholder="Find a value, or write one"
        value={typed}
        data-autofocus=""
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ul className={`${classes.list} ${classes.values}`} aria-label="Values">
        {values.map((item) => (
          <li key={item.text}>
            <button type="button" title={item.text} onClick={() => onAdd(`${field}:${item.text}`)}>
              <span>{item.text}</span>
              <span className={classes.count}>{item.sessions === null ? '' : count(item.sessions)}</span>
            </button>
          </li>
        ))}
      </ul>
      {!isPending && values.length === 0 && (
        <p className={classes.note}>
          {typed === '' ? 'No session of the range has one.' : 'No such value in the range. Enter looks for it anyway.'}
        </p>
      )}
    </form>
  )
}

function Bounds({ field, isTime, onAdd }: { field: string; isTime: boolean; onAdd: (clause: string) => void }) {
  const [min, setMin] = useState('')
  const [max, setMax] = useState('')
  const [unit, setUnit] = useState(isTime ? 'm' : '')
  const bound = (value: string) => (value.trim() === '' ? '' : `${value.trim()}${unit}`)
  const clause = betweenClause(field, bound(min), bound(max))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (clause) onAdd(clause)
  }
  return (
    <form className={classes.bounds} onSubmit={submit}>
      <label>
        At least
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          data-autofocus=""
          value={min}
          onChange={(event) => setMin(event.currentTarget.value)}
        />
      </label>
      <label>
        At most
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          value={max}
          onChange={(event) => setMax(event.currentTarget.value)}
        />
      </label>
      {isTime && (
        <label>
          Unit
          <select value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
            <option value="s">seconds</option>
            <option value="m">minutes</option>
            <option value="h">hours</option>
          </select>
        </label>
      )}
      <Button type="submit" kind="primary" disabled={!clause}>
        {clause ? `Add ${clause}` : 'Add the filter'}
      </Button>
    </form>
  )
}
