/**
 * Everything that happened, one line each, in the API's words. Only the visible rows are in the document; the window
 * scrolls. Which categories are shown, what is looked for and which row is open stand in the URL.
 */

import { IconArrowDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { errorsQuery } from '../api/queries'
import type { Session } from '../api/types'
import { count, counted } from '../format/numbers'
import { Button } from '../shell/Button'
import { Failed } from '../shell/Failed'
import { useKeys } from '../shell/keys'
import { StaleNote } from '../shell/StaleNote'
import { useTopOf } from '../shell/useTopOf'
import { DEFAULT_SHOWN, rowKey, type SessionSearch, shownOf, showParam } from './search'
import classes from './Timeline.module.css'
import { TimelineRow } from './TimelineRow'
import { TimelineToolbar } from './TimelineToolbar'
import { filterRows, nextIndex, tabNumbers, withBreaks } from './timeline'
import { useDraft } from './useDraft'
import type { useTimeline } from './useTimeline'

const ROW_PX = 30
/** Rows kept ready above and below what is seen. */
const OVERSCAN = 10
/** The app's header stays in view, and below it the toolbar. */
const HEADER_PX = 52
/** A row that is jumped to shows a little of what came before it. */
const LEAD_PX = 38

/** Below this width the player is above the timeline, which then does not scroll by itself: the player would leave. */
const BESIDE_PX = 1100
/** Whoever scrolls looks for something: the timeline follows the playhead again after this long. */
const LOOKING_MS = 4000

/** The replay's clock, where the session is being watched. */
export interface Playhead {
  /** Time of the row that is now. */
  at: number | null
  isPlaying: boolean
  /** A row that is to be opened and brought into view; `n` tells one wish from the next. */
  jump: { key: string; n: number } | null
  onSeek: (at: number) => void
}

export interface TimelineProps {
  timeline: ReturnType<typeof useTimeline>
  session: Session | undefined
  siteParam: string
  timeZone: string
  search: SessionSearch
  onSearch: (search: SessionSearch) => void
  playhead?: Playhead | null
}

export function Timeline({ timeline, session, siteParam, timeZone, search, onSearch, playhead = null }: TimelineProps) {
  const { query, rows, counts, total } = timeline
  const [find, setFind] = useDraft(search.find ?? '', (text) => onSearch(withText(search, text)))
  const shown = useMemo(() => shownOf(search), [search])
  const visible = useMemo(
    () => withBreaks(filterRows(rows, { shown, find, keep: search.open }), timeZone),
    [rows, shown, find, search.open, timeZone],
  )
  const tabs = useMemo(() => tabNumbers(rows), [rows])
  const { data: errors } = useQuery({
    ...errorsQuery(siteParam, session?.id ?? ''),
    enabled: session !== undefined && (counts.error ?? 0) > 0,
  })

  const list = useRef<HTMLOListElement>(null)
  const findInput = useRef<HTMLInputElement>(null)
  const toolbar = useRef<HTMLDivElement>(null)
  const [toolbarPx, setToolbarPx] = useState(51)
  const offsetTop = useTopOf(list)
  // biome-ignore lint/correctness/useExhaustiveDependencies: its height changes with the page's layout, as the top does.
  useLayoutEffect(() => {
    if (toolbar.current) setToolbarPx(toolbar.current.offsetHeight)
  }, [offsetTop])
  const virtualizer = useWindowVirtualizer({
    count: visible.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: offsetTop,
    scrollPaddingStart: HEADER_PX + toolbarPx + LEAD_PX,
    scrollPaddingEnd: 48,
    getItemKey: (index) => visible[index]?.key ?? index,
  })

  const focusRow = useCallback(
    (index: number, align: 'auto' | 'start' = 'auto') => {
      if (index < 0) return
      virtualizer.scrollToIndex(index, { align })
      // The row may have to be put into the document first.
      const focus = (triesLeft: number) => {
        const button = list.current?.querySelector<HTMLElement>(`[data-index="${index}"] [data-row-toggle]`)
        if (button) button.focus({ preventScroll: true })
        else if (triesLeft > 0) requestAnimationFrame(() => focus(triesLeft - 1))
      }
      focus(8)
    },
    [virtualizer],
  )

  const open = search.open
  const setOpen = (key: string | null) => {
    const { open: _, ...rest } = search
    onSearch(key === null ? rest : { ...rest, open: key })
  }

  // A jump is finished when the row it leads to is among the rows: the filter may first have to let it in.
  const [jumpTo, setJumpTo] = useState<string | null>(open ?? null)
  useEffect(() => {
    if (jumpTo === null) return
    const index = visible.findIndex((item) => item.key === jumpTo)
    if (index < 0) return
    focusRow(index, 'start')
    setJumpTo(null)
  }, [jumpTo, visible, focusRow])
  const jump = (key: string) => {
    setOpen(key)
    setJumpTo(key)
  }
  // Rows are drawn anew only when something of theirs changes, so what they call stays the same.
  const latest = useRef({ open, setOpen, jump })
  useEffect(() => {
    latest.current = { open, setOpen, jump }
  })
  const seekTo = (key: string) => {
    const row = rows.find((one) => rowKey(one) === key)
    if (row) playhead?.onSeek(row.at)
  }
  const latestSeek = useRef(seekTo)
  useEffect(() => {
    latestSeek.current = seekTo
  })
  const onToggle = useCallback((key: string) => {
    const opens = key !== latest.current.open
    latest.current.setOpen(opens ? key : null)
    if (opens) latestSeek.current(key)
  }, [])
  const onJump = useCallback((key: string) => {
    latest.current.jump(key)
    latestSeek.current(key)
  }, [])

  const nowIndex = playhead?.at == null ? -1 : visible.findLastIndex((item) => item.row.at <= (playhead.at ?? 0))
  useFollowed({ nowIndex, isPlaying: playhead?.isPlaying ?? false, virtualizer })
  // What the player opens is shown without taking the focus from what steers it.
  const wish = playhead?.jump
  const wished = useRef(wish?.n ?? 0)
  useEffect(() => {
    if (!wish || wish.n === wished.current) return
    wished.current = wish.n
    latest.current.setOpen(wish.key)
    const index = visible.findIndex((item) => item.key === wish.key)
    if (index >= 0 && window.innerWidth >= BESIDE_PX) virtualizer.scrollToIndex(index, { align: 'start' })
  }, [wish, visible, virtualizer])

  const focusedIndex = (): number => {
    const focused = document.activeElement?.closest('[data-index]')
    if (focused && list.current?.contains(focused)) return Number(focused.getAttribute('data-index'))
    return visible.findIndex((item) => item.key === open)
  }
  const step = (by: number) => {
    if (visible.length > 0) focusRow(Math.min(visible.length - 1, Math.max(0, focusedIndex() + by)))
  }
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    // While it is watched, the player goes to the next error of its clock.
    ...(!playhead && {
      e: () => {
        const index = nextIndex(visible, focusedIndex(), (row) => row.category === 'error')
        const key = visible[index]?.key
        if (key) jump(key)
      },
    }),
    f: () => findInput.current?.focus(),
  })

  const items = virtualizer.getVirtualItems()
  const nNew = useNewRows({
    isLive: session?.status === 'live',
    nRows: visible.length,
    seesEnd: (items.at(-1)?.index ?? -1) >= visible.length - 1 - OVERSCAN,
  })

  if (query.isError && rows.length === 0) {
    return (
      <div>
        <Failed
          error={query.error}
          title="The timeline could not be read"
          onRetry={() => void query.refetch()}
          isRetrying={query.isFetching}
        />
      </div>
    )
  }

  const nShown = visible.filter((item) => item.row.event).length
  return (
    <section aria-label="Timeline" className={classes.timeline}>
      <TimelineToolbar
        ref={toolbar}
        counts={counts}
        shown={shown}
        onShown={(next) => {
          const { show: _, ...rest } = search
          const show = showParam(next)
          onSearch(show ? { ...rest, show } : rest)
        }}
        find={find}
        findRef={findInput}
        onFind={setFind}
        onLeaveFind={() => focusRow(Math.max(0, focusedIndex()))}
        nShown={nShown}
        total={total}
      />
      {query.isError && (
        <StaleNote error={query.error} onRetry={() => void query.fetchNextPage()} isRetrying={query.isFetching} />
      )}
      {query.isPending ? (
        <TimelineSkeleton />
      ) : nShown === 0 ? (
        <p className={classes.nothing}>
          {total === 0 ? 'Nothing was recorded.' : 'No event passes the filter.'}
          {total > 0 && (
            <Button
              onClick={() => {
                setFind('')
                const { show: _, find: __, ...rest } = search
                onSearch(
                  shown.size >= DEFAULT_SHOWN.length
                    ? {
                        ...rest,
                        show: 'page,click,form,request,error,vital,custom,attention',
                      }
                    : rest,
                )
              }}
            >
              Clear the filter
            </Button>
          )}
        </p>
      ) : null}
      <ol ref={list} className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const shownRow = visible[item.index]
          if (!shownRow || !session) return null
          return (
            <TimelineRow
              key={item.key}
              ref={virtualizer.measureElement}
              index={item.index}
              nRows={visible.length}
              top={item.start - virtualizer.options.scrollMargin}
              shown={shownRow}
              siteId={session.site}
              start={session.start}
              timeZone={timeZone}
              tab={tabs.size > 1 && shownRow.row.event ? tabs.get(shownRow.row.event.tab_id) : undefined}
              isLast={item.index === visible.length - 1}
              isOpen={shownRow.key === open}
              when={
                nowIndex < 0 ? undefined : item.index === nowIndex ? 'now' : item.index > nowIndex ? 'later' : 'past'
              }
              context={
                shownRow.row.category === 'error'
                  ? errors?.find((one) => rowKey(one.error) === shownRow.key)
                  : undefined
              }
              onToggle={onToggle}
              onJump={onJump}
            />
          )
        })}
      </ol>
      <div className={classes.foot} aria-live="polite">
        {query.hasNextPage && query.isFetching && `Reading on: ${count(rows.length)} of ${count(total)} events`}
        {query.hasNextPage && !query.isFetching && (
          <Button onClick={() => void query.fetchNextPage()}>
            Read on: {count(rows.length)} of {count(total)} events so far
          </Button>
        )}
      </div>
      {nNew > 0 && (
        <button type="button" className={classes.newer} onClick={() => focusRow(visible.length - 1)}>
          <IconArrowDown size={14} stroke={2} aria-hidden="true" />
          {counted(nNew, 'new event')}
        </button>
      )}
    </section>
  )
}

/** Keeps the row that is now in view while it plays, unless somebody looks elsewhere. */
function useFollowed({
  nowIndex,
  isPlaying,
  virtualizer,
}: {
  nowIndex: number
  isPlaying: boolean
  virtualizer: { scrollToIndex: (index: number, options: { align: 'auto' }) => void }
}): void {
  const lookedAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const look = () => {
      lookedAt.current = performance.now()
    }
    window.addEventListener('wheel', look, { passive: true })
    window.addEventListener('touchmove', look, { passive: true })
    return () => {
      window.removeEventListener('wheel', look)
      window.removeEventListener('touchmove', look)
    }
  }, [])
  useEffect(() => {
    if (!isPlaying || nowIndex < 0 || window.innerWidth < BESIDE_PX) return
    if (performance.now() - lookedAt.current > LOOKING_MS) virtualizer.scrollToIndex(nowIndex, { align: 'auto' })
  }, [isPlaying, nowIndex, virtualizer])
}

function withText(search: SessionSearch, text: string): SessionSearch {
  const { find: _, ...rest } = search
  return text === '' ? rest : { ...rest, find: text }
}

/** How many rows came to a live session since its end was last in view. */
function useNewRows({ isLive, nRows, seesEnd }: { isLive: boolean; nRows: number; seesEnd: boolean }): number {
  const [seen, setSeen] = useState(nRows)
  useEffect(() => {
    if (seesEnd || nRows < seen || seen === 0) setSeen(nRows)
  }, [seesEnd, nRows, seen])
  return isLive ? Math.max(0, nRows - seen) : 0
}

function TimelineSkeleton() {
  return (
    <div className={classes.skeleton} role="status">
      {[44, 30, 52, 38, 26, 60, 34, 48, 28, 40].map((width) => (
        <div key={width}>
          <i style={{ width: 56 }} />
          <i style={{ width: `${width}%` }} />
        </div>
      ))}
      <span className="visually-hidden">Loading the timeline</span>
    </div>
  )
}
