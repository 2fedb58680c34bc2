/** A step to choose: its kind, then one of those that sessions of the range had, or any text with `*` in it. */

import { Popover } from '@mantine/core'
import { IconChevronDown, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { QueryParams } from '../api/client'
import { reportQuery } from '../api/reportQueries'
import { STEP_KINDS, type Step, type StepKind } from '../api/reportTypes'
import { count } from '../format/numbers'
import { POPOVER } from '../shell/popover'
import pick from './Pick.module.css'
import classes from './StepPicker.module.css'
import { STEP_KIND } from './stepWords'

/** So many steps are asked for, and so many shown. */
const ASKED = 300
const SHOWN = 60

export interface StepPickerProps {
  site: string
  /** The filter in the API's words. */
  params: QueryParams
  label: string
  step: Step | null
  /** Shown where none is chosen. */
  empty: string
  /** Offered first. */
  kind?: StepKind
  /** Whether no other kind is offered. */
  isKindFixed?: boolean
  onChange: (step: Step) => void
  onClear?: (() => void) | undefined
  icon?: ReactNode
  /** Another way of saying what is wanted, in the place of the list; it is told how to close. */
  other?: { name: string; form: (onDone: () => void) => ReactNode } | undefined
}

export function StepPicker({
  site,
  params,
  label,
  step,
  empty,
  kind = 'page',
  isKindFixed = false,
  onChange,
  onClear,
  icon,
  other,
}: StepPickerProps) {
  const [open, setOpen] = useState(false)
  const [isOther, setOther] = useState(false)
  const show = (next: boolean) => {
    setOpen(next)
    setOther(false)
  }
  return (
    <span className={classes.picker}>
      <Popover
        opened={open}
        onChange={show}
        position="bottom-start"
        {...POPOVER}
        classNames={{ dropdown: classes.dropdown }}
      >
        <Popover.Target>
          <button
            type="button"
            className={pick.pick}
            onClick={() => show(!open)}
            data-cleared={onClear && step ? '' : undefined}
          >
            {icon}
            {label && <span className={pick.label}>{label}</span>}
            <bdi className={step ? undefined : classes.none}>
              {step
                ? step.kind === 'page' || isKindFixed
                  ? step.label
                  : `${STEP_KIND[step.kind].one}: ${step.label}`
                : empty}
            </bdi>
            {!(step && onClear) && <IconChevronDown size={14} stroke={1.6} aria-hidden="true" />}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={`${label || 'Step'}: choose a step`}>
          {other && isOther ? (
            other.form(() => show(false))
          ) : (
            <Steps
              site={site}
              params={params}
              start={step?.kind ?? kind}
              isKindFixed={isKindFixed}
              onChoose={(chosen) => {
                show(false)
                onChange(chosen)
              }}
            />
          )}
          {other && !isOther && (
            <button type="button" className={classes.other} onClick={() => setOther(true)}>
              {other.name}
            </button>
          )}
        </Popover.Dropdown>
      </Popover>
      {step && onClear && (
        <button type="button" className={classes.clear} onClick={onClear} aria-label={`${label || 'Step'}: ${empty}`}>
          <IconX size={13} stroke={1.9} />
        </button>
      )}
    </span>
  )
}

interface StepsProps {
  site: string
  params: QueryParams
  start: StepKind
  isKindFixed: boolean
  onChoose: (step: Step) => void
}

function Steps({ site, params, start, isKindFixed, onChoose }: StepsProps) {
  const [kind, setKind] = useState<StepKind>(start)
  const [typed, setTyped] = useState('')
  const { data, isPending, isError } = useQuery(reportQuery(site, 'drop-off', { ...params, kinds: kind, limit: ASKED }))
  const sought = typed.trim().toLowerCase()
  const steps = (data?.kinds.includes(kind) ? data.steps : [])
    .filter(({ step }) => step.kind === kind && step.label.toLowerCase().includes(sought.replaceAll('*', '')))
    .sort((one, other) => other.reached - one.reached)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const [only] = steps
        if (typed.trim() !== '') onChoose({ kind, label: typed.trim() })
        else if (only && steps.length === 1) onChoose(only.step)
      }}
    >
      <div className={classes.top}>
        {!isKindFixed && (
          <select
            aria-label="Kind of step"
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as StepKind)}
          >
            {STEP_KINDS.map((one) => (
              <option key={one} value={one}>
                {STEP_KIND[one].one}
              </option>
            ))}
          </select>
        )}
        <input
          aria-label="Find a step"
          placeholder="Find, or write with *"
          value={typed}
          data-autofocus=""
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <ul className={classes.list} aria-label="Steps">
        {steps.slice(0, SHOWN).map(({ step, reached }) => (
          <li key={step.label}>
            <button type="button" title={step.label} onClick={() => onChoose(step)}>
              <bdi>{step.label}</bdi>
              <span>{count(reached)}</span>
            </button>
          </li>
        ))}
      </ul>
      {typed.trim() !== '' && (
        <p className={classes.note}>
          Enter takes <code>{typed.trim()}</code> as it is; <code>*</code> stands for any text.
        </p>
      )}
      {typed === '' && !isPending && steps.length === 0 && (
        <p className={classes.note}>
          {isError
            ? 'The steps could not be read; write one.'
            : `No session of the range has a ${STEP_KIND[kind].one.toLowerCase()}.`}
        </p>
      )}
    </form>
  )
}
