/** The time range, in the site's time zone, named: a preset or days of a calendar. */

import { Popover } from '@mantine/core'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { zoneName } from '../format/times'
import { Button } from '../shell/Button'
import { POPOVER } from '../shell/popover'
import type { FilterSearch } from './filter'
import classes from './RangePicker.module.css'
import { isDrawn, PRESETS, presetOf, rangeLabel, withRange } from './range'

/** The calendar is a third of the list's code and seldom opened: it comes when the picker does. */
const loadCalendar = () => import('./RangeCalendar')
const RangeCalendar = lazy(() => loadCalendar().then((module) => ({ default: module.RangeCalendar })))

export interface RangePickerProps {
  search: FilterSearch
  timeZone: string
  onChange: (search: FilterSearch) => void
}

export function RangePicker({ search, timeZone, onChange }: RangePickerProps) {
  const [open, setOpen] = useState(false)
  const preset = presetOf(search)
  const days = isDrawn(search) ? null : search
  const choose = (next: FilterSearch) => {
    setOpen(false)
    onChange(next)
  }
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      {...POPOVER}
      classNames={{ dropdown: classes.dropdown }}
    >
      <Popover.Target>
        <Button
          className={classes.trigger ?? ''}
          aria-label={`Time range: ${rangeLabel(search, timeZone)}, ${zoneName(timeZone)}`}
          icon={<IconCalendar size={15} stroke={1.6} />}
          onClick={() => setOpen(!open)}
          onPointerEnter={() => void loadCalendar()}
        >
          <span className={classes.label}>
            {rangeLabel(search, timeZone)} <span className={classes.zone}>{zoneName(timeZone)}</span>
          </span>
          <IconChevronDown size={14} stroke={1.6} className={classes.chevron} />
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Time range">
        <div className={classes.presets}>
          {PRESETS.map((one) => (
            <button
              key={one}
              type="button"
              className={classes.preset}
              aria-pressed={one === preset}
              data-autofocus={one === preset || undefined}
              onClick={() => choose(withRange(search, { last: one }))}
            >
              {rangeLabel({ last: one })}
              {one === preset && <IconCheck size={15} stroke={1.8} aria-hidden="true" />}
            </button>
          ))}
          <p className={classes.note}>Days and times are those of {timeZone.replaceAll('_', ' ')}.</p>
        </div>
        <div className={classes.calendar}>
          <Suspense fallback={<div className={classes.calendarSkeleton} />}>
            <RangeCalendar
              from={days?.from ?? null}
              to={days?.to ?? null}
              timeZone={timeZone}
              onChange={(from, to) => choose(withRange(search, { from, to }))}
            />
          </Suspense>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
