/** What can be done with the list as a whole: its order, its columns, bots, taking it along as a file. */

import { Menu, Popover, Switch } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowsSort,
  IconArrowUp,
  IconCheck,
  IconChevronDown,
  IconColumns3,
  IconDownload,
} from '@tabler/icons-react'
import type { QueryParams } from '../api/client'
import { DEFINITION } from '../format/words'
import { Button } from '../shell/Button'
import { Hint } from '../shell/Definition'
import menu from '../shell/Menu.module.css'
import { POPOVER } from '../shell/popover'
import { COLUMN, COLUMN_IDS, type ColumnId, DEFAULT_COLUMNS, moveColumn, toggleColumn } from './columns'
import { ExportItems } from './ExportItems'
import classes from './ListToolbar.module.css'
import { type Order, orderWords, SORT_KEYS } from './order'

export interface ListToolbarProps {
  site: string
  /** The list's, without its order. */
  params: QueryParams
  order: Order
  columns: readonly ColumnId[]
  bots: boolean
  onOrder: (order: Order) => void
  onColumns: (columns: readonly ColumnId[]) => void
  onBots: (include: boolean) => void
}

export function ListToolbar({ site, params, order, columns, bots, onOrder, onColumns, onBots }: ListToolbarProps) {
  return (
    <div className={classes.tools}>
      <Hint label={DEFINITION.bots}>
        <div className={classes.bots}>
          <Switch
            size="xs"
            label="Include bots"
            classNames={{ label: classes.switchLabel, track: classes.switchTrack, body: classes.switchBody }}
            checked={bots}
            onChange={(event) => onBots(event.currentTarget.checked)}
          />
        </div>
      </Hint>
      <OrderMenu order={order} onOrder={onOrder} />
      <Columns columns={columns} onColumns={onColumns} />
      <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button kind="quiet" icon={<IconDownload size={15} stroke={1.6} />} aria-label="Export the list">
            <span className={classes.word}>Export</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>All sessions of the list, as a file</Menu.Label>
          <ExportItems site={site} params={params} />
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

function OrderMenu({ order, onOrder }: { order: Order; onOrder: (order: Order) => void }) {
  const Icon = order.ascending ? IconArrowUp : IconArrowDown
  return (
    <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <Button
          kind="quiet"
          icon={<IconArrowsSort size={15} stroke={1.6} />}
          aria-label={`Sorted by: ${orderWords(order)}`}
        >
          {orderWords(order)}
          <IconChevronDown size={14} stroke={1.6} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Sort by</Menu.Label>
        <div className={classes.scroll}>
          {SORT_KEYS.map((sort) => {
            const isChosen = order.sort === sort
            return (
              <Menu.Item
                key={sort}
                aria-current={isChosen ? 'true' : undefined}
                onClick={() => onOrder({ sort, ascending: isChosen && order.ascending })}
                rightSection={isChosen ? <IconCheck size={15} stroke={1.8} /> : null}
              >
                {orderWords({ sort, ascending: isChosen && order.ascending })}
              </Menu.Item>
            )
          })}
        </div>
        <hr className={classes.line} />
        <Menu.Item
          leftSection={<Icon size={15} stroke={1.6} />}
          onClick={() => onOrder({ ...order, ascending: !order.ascending })}
        >
          The other way: {orderWords({ ...order, ascending: !order.ascending }).toLowerCase()}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Columns({ columns, onColumns }: Pick<ListToolbarProps, 'columns' | 'onColumns'>) {
  const others = COLUMN_IDS.filter((id) => !columns.includes(id))
  return (
    <Popover position="bottom-end" {...POPOVER} classNames={{ dropdown: classes.dropdown }}>
      <Popover.Target>
        <Button
          kind="quiet"
          className={classes.columns ?? ''}
          icon={<IconColumns3 size={15} stroke={1.6} />}
          aria-label="Columns"
        >
          <span className={classes.word}>Columns</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className={classes.list}>
          {[...columns, ...others].map((id) => {
            const place = columns.indexOf(id)
            const { name } = COLUMN[id]
            return (
              <li key={id} data-shown={place >= 0 || undefined}>
                <label>
                  <input
                    type="checkbox"
                    checked={place >= 0}
                    disabled={id === 'who'}
                    onChange={() => onColumns(toggleColumn(columns, id))}
                  />
                  {name}
                </label>
                {place > 0 && (
                  <span className={classes.moves}>
                    <button
                      type="button"
                      disabled={place === 1}
                      aria-label={`Move ${name} to the left`}
                      title="To the left"
                      onClick={() => onColumns(moveColumn(columns, id, -1))}
                    >
                      <IconArrowUp size={14} stroke={1.8} />
                    </button>
                    <button
                      type="button"
                      disabled={place === columns.length - 1}
                      aria-label={`Move ${name} to the right`}
                      title="To the right"
                      onClick={() => onColumns(moveColumn(columns, id, 1))}
                    >
                      <IconArrowDown size={14} stroke={1.8} />
                    </button>
                  </span>
                )}
              </li>
            )
          })}
        </ul>
        <div className={classes.foot}>
          <span>Where there is no room, the last ones give way.</span>
          <Button onClick={() => onColumns(DEFAULT_COLUMNS)}>Usual columns</Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
