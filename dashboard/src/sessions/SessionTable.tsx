/**
 * The rows of the list: a table to assistive technology, only the visible rows in the document. The window scrolls,
 * so a phone's browser behaves as it always does and the back button finds its place. Rows are placed by hand, which
 * elements of a real table cannot be; so they say by `role` what they are.
 */

import { useQueryClient } from '@tanstack/react-query'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react'
import type { Session } from '../api/types'
import { counted } from '../format/numbers'
import { useKeys } from '../shell/keys'
import { useNow } from '../shell/useNow'
import { useTopOf } from '../shell/useTopOf'
import { CARD_COLUMNS, COLUMN, COLUMN_IDS, type ColumnId, fitColumns, trackList } from './columns'
import { recallPlace, rememberPlace } from './listPlace'
import { listOf, type SessionsSearch } from './listSearch'
import { type Order, orderOf, type SortKey } from './order'
import { SessionRow, SkeletonRow } from './SessionRow'
import classes from './SessionTable.module.css'
import { TableHead } from './TableHead'
import type { Selection } from './useSelection'
import { useWindowWidth } from './useWindowWidth'

const ROW_PX = 40
const CARD_PX = 82
/** An open row, until it is measured. */
const OPEN_PX = 84
/** Narrower than this, rows are cards. */
const CARDS_BELOW_PX = 768
/** Gutters, and the cell with the checkbox. */
const BESIDE_PX = 2 * 24 + 44 + 12
/** The page is no wider than this. */
const MAX_PX = 1760
/** The header of the app and that of the table stay in view. */
const STICKY_PX = 52 + 34
/** Rows shown in grey while the first page, or the next one, is read. */
const SKELETONS = 14
/** Read on when this many rows are left below. */
const AHEAD = 30

export interface SessionTableProps {
  ref?: Ref<HTMLDivElement>
  rows: Session[]
  total: number | undefined
  search: SessionsSearch
  siteId: string
  listKey: string
  timeZone: string
  columns: readonly ColumnId[]
  selection: Selection
  isLoading: boolean
  isStale: boolean
  hasMore: boolean
  onMore: () => void
  onOrder: (sort: SortKey) => void
  /** The row that is open, or none. */
  onRow: (id: string | null) => void
}

export function SessionTable(props: SessionTableProps) {
  const { rows, total, search, siteId, listKey, timeZone, selection, isLoading, isStale, hasMore, onMore } = props
  const client = useQueryClient()
  const now = useNow(20_000)
  const width = useWindowWidth()
  const isCards = width < CARDS_BELOW_PX
  const order: Order = orderOf(search)
  const columns = useMemo(
    () =>
      isCards ? cardColumns(order.sort) : fitColumns(props.columns, Math.min(width, MAX_PX) - BESIDE_PX, order.sort),
    [isCards, props.columns, width, order.sort],
  )
  const sessionSearch = useMemo(() => listOf(search), [search])
  const table = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  useImperativeHandle(props.ref, () => table.current as HTMLDivElement)

  const offsetTop = useTopOf(body)
  const rowPx = isCards ? CARD_PX : ROW_PX
  const openRow = search.row
  const nSkeletons = isLoading ? SKELETONS : hasMore ? 3 : 0
  const virtualizer = useWindowVirtualizer({
    count: rows.length + nSkeletons,
    estimateSize: (index) => rowPx + (openRow !== undefined && rows[index]?.id === openRow ? OPEN_PX : 0),
    overscan: 12,
    scrollMargin: offsetTop,
    scrollPaddingStart: STICKY_PX,
    scrollPaddingEnd: 24,
    getItemKey: (index) => rows[index]?.id ?? `skeleton-${index}`,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are estimated anew when the layout changes.
  useEffect(() => {
    virtualizer.measure()
  }, [rowPx, openRow])

  const items = virtualizer.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastIndex >= rows.length - AHEAD) onMore()
  }, [hasMore, lastIndex, rows.length, onMore])

  const linkOf = (index: number) =>
    body.current?.querySelector<HTMLAnchorElement>(`[data-index="${index}"] a[data-row-link]`)
  const focusRow = (index: number) => {
    const id = rows[index]?.id
    if (id === undefined) return
    virtualizer.scrollToIndex(index, { align: 'auto' })
    rememberPlace(client, listKey, { id })
    // The row may have to be put into the document first.
    const focus = (triesLeft: number) => {
      const link = linkOf(index)
      if (link) link.focus({ preventScroll: true })
      else if (triesLeft > 0) requestAnimationFrame(() => focus(triesLeft - 1))
    }
    focus(5)
  }
  const focusedIndex = (): number | null => {
    const focused = document.activeElement?.closest('[data-index]')
    return focused && body.current?.contains(focused) ? Number(focused.getAttribute('data-index')) : null
  }
  const step = (by: number) => {
    const remembered = rows.findIndex((row) => row.id === recallPlace(client, listKey).id)
    const from = focusedIndex() ?? (remembered >= 0 ? remembered - by : -1)
    focusRow(Math.min(rows.length - 1, Math.max(0, from + by)))
  }
  const toggleRow = (id: string | undefined) => {
    if (id !== undefined) props.onRow(id === openRow ? null : id)
  }
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    o: () => toggleRow(rows[focusedIndex() ?? -1]?.id),
    x: () => {
      const index = focusedIndex()
      if (index !== null) selection.select(rows, index, false)
    },
  })
  // Rows are drawn anew only when something of theirs changes, so what they call stays the same.
  const latest = useRef({ rows, selection, toggleRow, listKey })
  useEffect(() => {
    latest.current = { rows, selection, toggleRow, listKey }
  })
  const onOpen = useCallback((id: string) => rememberPlace(client, latest.current.listKey, { id }), [client])
  const onToggle = useCallback((id: string) => latest.current.toggleRow(id), [])
  const onSelect = useCallback(
    (index: number, isRange: boolean) => latest.current.selection.select(latest.current.rows, index, isRange),
    [],
  )

  // Coming back from a session: the list stands where it stood, and the row has the focus again. A list of another
  // range starts at its top.
  const hasRows = rows.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: done once for each list, as soon as it has rows.
  useLayoutEffect(() => {
    if (!hasRows) return
    const { id, scrollY } = recallPlace(client, listKey)
    window.scrollTo({ top: scrollY ?? 0 })
    const index = rows.findIndex((row) => row.id === id)
    // In the next frame, when the virtualizer has seen where the window stands.
    if (index >= 0 && scrollY !== undefined) requestAnimationFrame(() => focusRow(index))
    return () => rememberPlace(client, listKey, { scrollY: window.scrollY })
  }, [hasRows, listKey])

  return (
    <div
      ref={table}
      role="table"
      aria-label="Sessions"
      aria-rowcount={total === undefined ? -1 : total + 1}
      aria-busy={isLoading || isStale}
      className={classes.table}
      data-stale={isStale || undefined}
      data-selecting={selection.ids.size > 0 || undefined}
      style={{ '--tracks': trackList(columns) } as CSSProperties}
    >
      <TableHead columns={columns} order={order} rows={rows} selection={selection} onOrder={props.onOrder} />
      <div ref={body} role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const session = rows[item.index]
          const top = item.start - virtualizer.options.scrollMargin
          if (!session) return <SkeletonRow key={item.key} index={item.index} top={top} columns={columns} />
          const isOpen = session.id === openRow
          return (
            <SessionRow
              key={item.key}
              ref={isOpen ? virtualizer.measureElement : undefined}
              index={item.index}
              top={top}
              session={session}
              siteId={siteId}
              search={sessionSearch}
              columns={columns}
              timeZone={timeZone}
              now={now}
              isOpen={isOpen}
              isSelected={selection.ids.has(session.id)}
              onOpen={onOpen}
              onToggle={onToggle}
              onSelect={onSelect}
            />
          )
        })}
      </div>
      {!hasMore && !isLoading && rows.length > 20 && (
        <p className={classes.end}>That is all: {counted(rows.length, 'session')}.</p>
      )}
    </div>
  )
}

/** What a card shows: always the same, and what the list is sorted by. */
function cardColumns(sort: SortKey): ColumnId[] {
  const sorted = COLUMN_IDS.find((id) => COLUMN[id].sort === sort)
  return sorted && !CARD_COLUMNS.includes(sorted) ? [...CARD_COLUMNS, sorted] : [...CARD_COLUMNS]
}
