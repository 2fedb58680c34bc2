/** Below a report's title: what is put side by side, and how to change or end it. */

import { IconArrowsLeftRight, IconColumns2, IconX } from '@tabler/icons-react'
import { type FilterSearch, filterParams } from '../search/filter'
import { Button } from '../shell/Button'
import classes from './Beside.module.css'
import { SidePicker } from './SidePicker'
import { ALL_SESSIONS, type BesideSearch, parseSide, sideText, withoutSides } from './sides'

export interface BesideBarProps<Search> {
  site: string
  search: Search
  onSearch: (next: Search) => void
}

/** Begins a comparison: of all sessions with what is chosen then. */
export function CompareButton<Search extends FilterSearch & BesideSearch>({
  search,
  onSearch,
}: BesideBarProps<Search>) {
  return (
    <Button
      kind="quiet"
      icon={<IconColumns2 size={15} stroke={1.6} />}
      onClick={() => onSearch({ ...search, a: sideText(ALL_SESSIONS) })}
    >
      Compare
    </Button>
  )
}

export function BesideBar<Search extends FilterSearch & BesideSearch>({
  site,
  search,
  onSearch,
}: BesideBarProps<Search>) {
  const params = filterParams(search)
  return (
    <fieldset className={classes.bar} data-not-in-picture="" aria-label="Side by side">
      <SidePicker
        site={site}
        params={params}
        label="Compare"
        side={parseSide(search.a)}
        onChange={(side) => onSearch({ ...search, a: sideText(side) })}
      />
      <SidePicker
        site={site}
        params={params}
        label="with"
        side={parseSide(search.b)}
        onChange={(side) => onSearch({ ...search, b: sideText(side) })}
      />
      {search.a && search.b && (
        <button
          type="button"
          className={classes.icon}
          aria-label="Swap the sides"
          title="Swap the sides"
          onClick={() => onSearch({ ...search, a: search.b, b: search.a })}
        >
          <IconArrowsLeftRight size={15} stroke={1.7} />
        </button>
      )}
      <button
        type="button"
        className={classes.icon}
        aria-label="End the comparison"
        title="End the comparison"
        onClick={() => onSearch(withoutSides(search))}
      >
        <IconX size={15} stroke={1.8} />
      </button>
    </fieldset>
  )
}
