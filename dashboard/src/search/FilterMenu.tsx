/** Common filters, with the sessions that each would find: a click writes the chip. */

import { Popover } from '@mantine/core'
import { IconCheck, IconChevronRight, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { searchExplanationQuery } from '../api/queries'
import type { SearchChip } from '../api/types'
import { count } from '../format/numbers'
import { POPOVER } from '../shell/popover'
import { textOf } from './chips'
import { COMMON_CLAUSES, COMMON_FIELDS, COMMON_SEARCH, type CommonField } from './commonFilters'
import { FieldPanel } from './FieldPanel'
import classes from './FilterMenu.module.css'
import { type FilterSearch, filterParams, joinSearches } from './filter'
import type { RunSearch } from './useSearchRun'

export interface FilterMenuProps {
  site: string
  filter: FilterSearch
  chips: readonly SearchChip[]
  onRun: RunSearch
}

export function FilterMenu({ site, filter, chips, onRun }: FilterMenuProps) {
  const [open, setOpen] = useState(false)
  const [field, setField] = useState<CommonField | null>(null)
  const { q: _, ...range } = filterParams(filter)
  const { data } = useQuery({ ...searchExplanationQuery(site, { ...range, q: COMMON_SEARCH }), enabled: open })
  const countOf = (clause: string) => data?.clauses.find((one) => one.text === clause)?.sessions

  const close = () => {
    setOpen(false)
    setField(null)
  }
  const add = (clause: string) => {
    close()
    void onRun(joinSearches(textOf(chips), clause))
  }
  const toggle = (clause: string) => {
    if (!chips.some((chip) => chip.text === clause)) return add(clause)
    close()
    void onRun(textOf(chips.filter((chip) => chip.text !== clause)))
  }
  return (
    <Popover
      opened={open}
      onChange={(isOpen) => (isOpen ? setOpen(true) : close())}
      position="bottom-end"
      {...POPOVER}
      offset={8}
      classNames={{ dropdown: classes.dropdown }}
    >
      <Popover.Target>
        <button type="button" className={classes.trigger} onClick={() => (open ? close() : setOpen(true))}>
          <IconPlus size={14} stroke={1.9} aria-hidden="true" />
          <span className={classes.word}>Filter</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {field ? (
          <FieldPanel
            key={field.field}
            site={site}
            range={range}
            field={field}
            onBack={() => setField(null)}
            onAdd={add}
          />
        ) : (
          <div className={classes.columns}>
            <ul className={classes.list} aria-label="Common filters">
              {COMMON_CLAUSES.map(({ name, clause }) => {
                const isOn = chips.some((chip) => chip.text === clause)
                const n = countOf(clause)
                return (
                  <li key={clause}>
                    <button type="button" aria-pressed={isOn} onClick={() => toggle(clause)}>
                      <span>{name}</span>{' '}
                      {isOn ? (
                        <IconCheck size={14} stroke={2} aria-hidden="true" />
                      ) : (
                        <span className={classes.count}>{n === undefined ? '' : count(n)}</span>
                      )}
                    </button>
                  </li>
                )
              })}
            </ul>
            <ul className={classes.list} aria-label="Filters by value">
              {COMMON_FIELDS.map((one) => (
                <li key={one.field}>
                  <button type="button" onClick={() => setField(one)}>
                    <span>{one.name}</span>
                    <IconChevronRight size={14} stroke={1.7} aria-hidden="true" />
                  </button>
                </li>
              ))}
            </ul>
            <p className={classes.note}>Everything else can be typed: begin with any word.</p>
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
