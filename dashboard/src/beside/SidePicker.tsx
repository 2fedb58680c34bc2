/** One side of a comparison to choose: all sessions, a saved filter, a search, or a segment of any dimension. */

import { Popover } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { QueryParams } from '../api/client'
import { filtersQuery } from '../api/queries'
import { definitionsQuery, reportQuery } from '../api/reportQueries'
import { count, NOTHING } from '../format/numbers'
import pick from '../report/Pick.module.css'
import picker from '../report/StepPicker.module.css'
import { dimensionName, segmentValue } from '../report/stepWords'
import { POPOVER } from '../shell/popover'
import { ALL_SESSIONS, type Side } from './sides'
import { useSideName } from './useSideName'

/** What is not a dimension in the list of them. */
const SEARCHES = 'searches'
/** Segments that are asked for. */
const ASKED = 200
/** Until the server told which there are. */
const DIMENSIONS = ['user_type', 'device', 'country', 'release']

export interface SidePickerProps {
  site: string
  /** The screen's filter in the API's words. */
  params: QueryParams
  label: string
  side: Side | null
  onChange: (side: Side) => void
}

export function SidePicker({ site, params, label, side, onChange }: SidePickerProps) {
  const [open, setOpen] = useState(false)
  const name = useSideName(site, side)
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
          <button type="button" className={pick.pick} onClick={() => setOpen(!open)}>
            <span className={pick.label}>{label}</span>
            <bdi className={side ? undefined : picker.none}>{name ?? 'choose …'}</bdi>
            <IconChevronDown size={14} stroke={1.6} aria-hidden="true" />
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={`${label}: choose sessions`}>
          <Choices
            site={site}
            params={params}
            onChoose={(chosen) => {
              setOpen(false)
              onChange(chosen)
            }}
          />
        </Popover.Dropdown>
      </Popover>
    </span>
  )
}

interface ChoicesProps {
  site: string
  params: QueryParams
  onChoose: (side: Side) => void
}

interface Choice {
  key: string
  name: string
  note: string
  side: Side
}

function Choices({ site, params, onChoose }: ChoicesProps) {
  const [by, setBy] = useState(SEARCHES)
  const [typed, setTyped] = useState('')
  const { data: definitions } = useQuery(definitionsQuery(site))
  const dimensions = definitions?.dimensions.map((one) => one.name) ?? DIMENSIONS
  const { choices, isPending } = useChoices(site, params, by)
  const sought = typed.trim().toLowerCase()
  const shown = choices.filter((one) => `${one.name} ${one.note}`.toLowerCase().includes(sought))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (by === SEARCHES && sought !== '') onChoose({ kind: 'search', q: typed.trim() })
        else if (shown[0]) onChoose(shown[0].side)
      }}
    >
      <div className={picker.top}>
        <select aria-label="What sides are" value={by} onChange={(event) => setBy(event.currentTarget.value)}>
          <option value={SEARCHES}>Saved filters</option>
          {dimensions.map((one) => (
            <option key={one} value={one}>
              {dimensionName(one)}
            </option>
          ))}
        </select>
        <input
          aria-label={by === SEARCHES ? 'Find a filter, or write a search' : 'Find a segment'}
          placeholder={by === SEARCHES ? 'Find, or write a search' : 'Find'}
          value={typed}
          data-autofocus=""
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <ul className={picker.list} aria-label="Sides">
        {shown.map(({ key, name, note, side }) => (
          <li key={key}>
            <button type="button" title={note === '' ? name : `${name}: ${note}`} onClick={() => onChoose(side)}>
              <bdi>{name}</bdi>
              <span>{note}</span>
            </button>
          </li>
        ))}
      </ul>
      {by === SEARCHES && sought !== '' && (
        <p className={picker.note}>
          Enter takes the search <code>{typed.trim()}</code>.
        </p>
      )}
      {shown.length === 0 && sought === '' && (
        <p className={picker.note}>
          {isPending ? 'Reading the segments…' : `No session of the range has a ${dimensionName(by).toLowerCase()}.`}
        </p>
      )}
    </form>
  )
}

function useChoices(site: string, params: QueryParams, by: string): { choices: Choice[]; isPending: boolean } {
  const isSearches = by === SEARCHES
  const filters = useQuery({ ...filtersQuery(site), enabled: isSearches })
  const segments = useQuery({
    ...reportQuery(site, 'segments', { ...params, dimensions: by, metrics: 'sessions', limit: ASKED }),
    enabled: !isSearches,
  })
  if (isSearches) {
    const saved = (filters.data ?? []).map(
      (one): Choice => ({ key: one.id, name: one.name, note: one.q, side: { kind: 'search', q: one.q } }),
    )
    return {
      choices: [{ key: '', name: 'All sessions', note: 'of this screen', side: ALL_SESSIONS }, ...saved],
      isPending: false,
    }
  }
  // Segments of the dimension before stay while these are read: they are not offered under another name.
  const rows = segments.data?.dimensions.join() === by ? segments.data.rows : []
  const choices = rows.map((row): Choice => {
    const value = row.key[0] ?? null
    return {
      key: row.selection,
      name: value === '' ? NOTHING : segmentValue(by, value),
      note: count(row.sessions),
      side: { kind: 'selection', selection: row.selection },
    }
  })
  return { choices, isPending: segments.isPending || segments.isFetching }
}
