/** Days of a calendar, first to last. In a file of its own, since it is loaded when it is wanted. */

import '@mantine/dates/styles.css'
import { DatePicker } from '@mantine/dates'
import { useState } from 'react'
import { dayKey } from '../format/times'
import classes from './RangeCalendar.module.css'

export interface RangeCalendarProps {
  from: string | null
  to: string | null
  timeZone: string
  onChange: (from: string, to: string) => void
}

export function RangeCalendar({ from, to, timeZone, onChange }: RangeCalendarProps) {
  const today = dayKey(Date.now(), timeZone)
  const [chosen, setChosen] = useState<[string | null, string | null]>([from, from ? (to ?? today) : null])
  const half = chosen[0] !== null && chosen[1] === null
  return (
    <>
      <DatePicker
        type="range"
        size="xs"
        allowSingleDateInRange
        value={chosen}
        onChange={(value) => {
          setChosen(value)
          const [first, last] = value
          if (first && last) onChange(first, last)
        }}
        defaultDate={from ?? today}
        maxDate={today}
        classNames={classes}
        ariaLabels={{
          previousMonth: 'Previous month',
          nextMonth: 'Next month',
        }}
      />
      <p className={classes.hint} aria-live="polite">
        {half ? 'Now the last day' : 'First day, then last day'}
      </p>
    </>
  )
}
