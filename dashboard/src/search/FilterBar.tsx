/** What the screen is about, on top of it: the search, the time range, the saved filters. The same on every report. */

import classes from './FilterBar.module.css'
import { RangePicker } from './RangePicker'
import { SavedFilters } from './SavedFilters'
import { SearchField } from './SearchField'
import { useFilter } from './useFilter'

export function FilterBar({ site, timeZone }: { site: string; timeZone: string }) {
  const { filter, setFilter } = useFilter(site)
  return (
    <div className={classes.bar}>
      <SearchField key={site} site={site} filter={filter} onChange={setFilter} />
      <RangePicker search={filter} timeZone={timeZone} onChange={setFilter} />
      <SavedFilters site={site} filter={filter} onChange={setFilter} />
    </div>
  )
}
