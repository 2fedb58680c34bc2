/**
 * The rows of the list: a table to assistive technology, only the visible rows in the document. The window scrolls,
 * so a phone's browser behaves as it always does and the back button finds its place. Rows are placed by hand, which
 * elements of a real table cannot be; so they say by `role` what they are.
 */

import { useMediaQuery } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import type { Session } from '../api/types'
import { counted } from '../format/numbers'
import { Definition } from '../shell/Definition'
import { useKeys } from '../shell/keys'
import { useNow } from '../shell/useNow'
import { useTopOf } from '../shell/useTopOf'
import { recallPlace, rememberPlace } from './listPlace'
import type { SessionsSearch } from './range'
import { SessionRow, SkeletonRow } from './SessionRow'
import classes from './SessionTable.module.css'

const ROW_PX = 40
const CARD_PX = 82
/** The header of the app and that of the table stay in view. */
const STICKY_PX = 48 + 34
/** Rows shown in grey while the first page, or the next one, is read. */
const SKELETONS = 14
/** Read on when this many rows are left below. */
const AHEAD = 30

export interface SessionTableProps {
  ref: Ref<HTMLDivElement>
  rows: Session[]
  total: number | undefined
  search: SessionsSearch
  siteId: string
  listKey: string
  timeZone: string
  isLoading: boolean
  isStale: boolean
  hasMore: boolean
  onMore: () => void
}

export function SessionTable(props: SessionTableProps) {
  const { rows, total, search, siteId, listKey, timeZone, isLoading, isStale, hasMore, onMore } = props
  const client = useQueryClient()
  const now = useNow(20_000)
  const isCards = useMediaQuery('(max-width: 767px)', undefined, {
    getInitialValueInEffect: false,
  })
  const table = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  useImperativeHandle(props.ref, () => table.current as HTMLDivElement)

  const offsetTop = useTopOf(body)
  const rowPx = isCards ? CARD_PX : ROW_PX
  const nSkeletons = isLoading ? SKELETONS : hasMore ? 3 : 0
  const virtualizer = useWindowVirtualizer({
    count: rows.length + nSkeletons,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollMargin: offsetTop,
    scrollPaddingStart: STICKY_PX,
    scrollPaddingEnd: 24,
    getItemKey: (index) => rows[index]?.id ?? `skeleton-${index}`,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are estimated anew when the layout changes.
  useEffect(() => {
    virtualizer.measure()
  }, [rowPx])

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
  const step = (by: number) => {
    const focused = document.activeElement?.closest('[data-index]')
    const inList = focused && body.current?.contains(focused) ? Number(focused.getAttribute('data-index')) : null
    const remembered = rows.findIndex((row) => row.id === recallPlace(client, listKey).id)
    const from = inList ?? (remembered >= 0 ? remembered - by : -1)
    focusRow(Math.min(rows.length - 1, Math.max(0, from + by)))
  }
  useKeys({ j: () => step(1), k: () => step(-1) })

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
    >
      <div role="rowgroup" className={classes.head}>
        <div role="row" aria-rowindex={1} className={classes.grid}>
          <span role="columnheader">Who</span>
          <span role="columnheader">Started</span>
          <span role="columnheader" className={classes.number}>
            <Definition term="duration">Duration</Definition>
          </span>
          <span role="columnheader" className={classes.number}>
            <Definition term="pages">Pages</Definition>
          </span>
          <span role="columnheader" className={classes.number}>
            <Definition term="events">Events</Definition>
          </span>
          <span role="columnheader" className={classes.number}>
            <Definition term="errors">Errors</Definition>
          </span>
          <span role="columnheader" className={`${classes.number} ${classes.wide}`}>
            <Definition term="frustration">Frustration</Definition>
          </span>
          <span role="columnheader" className={classes.afterNumbers}>
            Device
          </span>
          <span role="columnheader">Place</span>
          <span role="columnheader" className={classes.wide}>
            Entry → exit
          </span>
        </div>
      </div>
      <div ref={body} role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const session = rows[item.index]
          const top = item.start - virtualizer.options.scrollMargin
          return session ? (
            <SessionRow
              key={item.key}
              index={item.index}
              top={top}
              session={session}
              siteId={siteId}
              search={search}
              timeZone={timeZone}
              now={now}
              onOpen={() => rememberPlace(client, listKey, { id: session.id })}
            />
          ) : (
            <SkeletonRow key={item.key} index={item.index} top={top} />
          )
        })}
      </div>
      {!hasMore && !isLoading && rows.length > 20 && (
        <p className={classes.end}>That is all: {counted(rows.length, 'session')}.</p>
      )}
    </div>
  )
}
