/** A number as it is written: nothing in it is not a number, and no other number is put in its place. */

import { type ComponentPropsWithoutRef, useState } from 'react'
import { shifted } from './rules'

export interface NumberBoxProps extends Omit<ComponentPropsWithoutRef<'input'>, 'value' | 'onChange' | 'type'> {
  /** `NaN` where nothing is written; nothing where none is called for. */
  value: number | null
  /** Decimal places between what is set and what is written: 2 for a share that is written in percent. */
  places?: number
  onChange: (value: number) => void
}

export function NumberBox({ value, places = 0, onChange, ...input }: NumberBoxProps) {
  const [written, setWritten] = useState('')
  const isAsWritten = Object.is(shifted(written, -places), value)
  return (
    <input
      {...input}
      type="number"
      step="any"
      // As it was written, with its zeros, for as long as it says what is set.
      value={isAsWritten ? written : value === null || Number.isNaN(value) ? '' : shifted(String(value), places)}
      onChange={(event) => {
        const { value: text } = event.currentTarget
        setWritten(text)
        onChange(shifted(text, -places))
      }}
    />
  )
}
