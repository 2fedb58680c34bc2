/** Searches that have a name: choose one, save the search as one, change what is saved. */

import { Menu } from '@mantine/core'
import {
  IconBookmark,
  IconCheck,
  IconChevronDown,
  IconLink,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { segment, sendJson } from '../api/client'
import { filtersKey, filtersQuery } from '../api/queries'
import type { SavedFilter } from '../api/types'
import { Button } from '../shell/Button'
import menu from '../shell/Menu.module.css'
import { FilterDialog, type FilterTask } from './FilterDialog'
import { type FilterSearch, filterOf } from './filter'
import classes from './SavedFilters.module.css'

export interface SavedFiltersProps {
  site: string
  filter: FilterSearch
  onChange: (next: FilterSearch) => void
}

export function SavedFilters({ site, filter, onChange }: SavedFiltersProps) {
  const client = useQueryClient()
  const { data: filters = [] } = useQuery(filtersQuery(site))
  const [task, setTask] = useState<FilterTask | null>(null)
  const q = filter.q ?? ''
  // By its id where the address has one, by its search otherwise: the link of a saved filter may be shortened.
  const chosen = filters.find((one) => one.id === filter.filter) ?? filters.find((one) => q !== '' && one.q === q)
  const isChanged = chosen !== undefined && chosen.q !== q
  const path = `/sites/${segment(site)}/filters`

  const changed = () => client.invalidateQueries({ queryKey: filtersKey(site) })
  const choose = (one: SavedFilter) => onChange({ ...filterOf(filter), q: one.q, filter: one.id })
  const save = async (name: string) => {
    const saved = await sendJson<SavedFilter>('POST', path, { name, q })
    await changed()
    choose(saved)
  }
  const put = async (one: SavedFilter, next: { name: string; q: string }) => {
    await sendJson<SavedFilter>('PUT', `${path}/${segment(one.id)}`, next)
    await changed()
  }
  const remove = async (one: SavedFilter) => {
    await sendJson<void>('DELETE', `${path}/${segment(one.id)}`)
    await changed()
    const { filter: _, ...rest } = filter
    if (filter.filter === one.id) onChange(rest)
  }
  const onTask = (name: string): Promise<void> => {
    switch (task?.kind) {
      case 'save':
        return save(name)
      case 'rename':
        return put(task.filter, { name, q: task.filter.q })
      case 'update':
        return put(task.filter, { name: task.filter.name, q })
      case 'delete':
        return remove(task.filter)
      case undefined:
        return Promise.resolve()
    }
  }
  return (
    <>
      <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button
            className={classes.trigger ?? ''}
            icon={<IconBookmark size={15} stroke={1.6} />}
            aria-label={chosen ? `Saved filter: ${chosen.name}${isChanged ? ', changed' : ''}` : 'Save the search'}
          >
            <span className={classes.label}>
              {chosen ? chosen.name : 'Save'}
              {isChanged && <span className={classes.changed}> changed</span>}
            </span>
            <IconChevronDown size={14} stroke={1.6} className={classes.chevron} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Saved filters</Menu.Label>
          {filters.length === 0 && <p className={classes.none}>A search you save is kept here, for everyone.</p>}
          <div className={classes.scroll}>
            {filters.map((one) => (
              <Menu.Item
                key={one.id}
                onClick={() => choose(one)}
                role="menuitemradio"
                aria-checked={one === chosen}
                rightSection={one === chosen ? <IconCheck size={15} stroke={1.8} /> : null}
              >
                {one.name} <span className={classes.q}>{one.q}</span>
              </Menu.Item>
            ))}
          </div>
          <hr className={classes.line} />
          <Menu.Item
            leftSection={<IconPlus size={15} stroke={1.6} />}
            disabled={q === ''}
            onClick={() => setTask({ kind: 'save', q })}
          >
            Save this search as…
          </Menu.Item>
          {chosen && (
            <>
              {isChanged && (
                <Menu.Item
                  leftSection={<IconCheck size={15} stroke={1.6} />}
                  onClick={() => setTask({ kind: 'update', filter: chosen, q })}
                >
                  Update “{chosen.name}”…
                </Menu.Item>
              )}
              <Menu.Item
                leftSection={<IconPencil size={15} stroke={1.6} />}
                onClick={() => setTask({ kind: 'rename', filter: chosen })}
              >
                Rename “{chosen.name}”…
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={15} stroke={1.6} />}
                onClick={() => setTask({ kind: 'delete', filter: chosen })}
              >
                Delete “{chosen.name}”…
              </Menu.Item>
            </>
          )}
          <Menu.Item
            leftSection={<IconLink size={15} stroke={1.6} />}
            onClick={() => void navigator.clipboard?.writeText(window.location.href)}
          >
            Copy link to this view
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <FilterDialog task={task} onDo={onTask} onClose={() => setTask(null)} />
    </>
  )
}
