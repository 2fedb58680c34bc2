/** The sessions that are selected: one by one, from one to another, all that are read, all that the list finds. */

import { useCallback, useMemo, useRef, useState } from 'react'
import type { Session } from '../api/types'

export interface Selection {
  ids: ReadonlySet<string>
  /** All that the list finds, of which `ids` are those that are read. */
  isWhole: boolean
  /** Turns a row; with a range, every row from the one turned before to this one becomes as this one. */
  select: (rows: readonly Session[], index: number, isRange: boolean) => void
  all: (rows: readonly Session[]) => void
  whole: (rows: readonly Session[]) => void
  clear: () => void
}

export function selectRows(
  before: ReadonlySet<string>,
  rows: readonly Pick<Session, 'id'>[],
  { index, anchor }: { index: number; anchor: number | null },
): Set<string> {
  const next = new Set(before)
  const turned = rows[index]?.id
  if (turned === undefined) return next
  const isOn = !before.has(turned)
  const from = Math.min(index, anchor ?? index)
  const to = Math.max(index, anchor ?? index)
  for (const { id } of rows.slice(from, to + 1)) {
    if (isOn) next.add(id)
    else next.delete(id)
  }
  return next
}

interface Selected {
  listKey: string
  ids: ReadonlySet<string>
  isWhole: boolean
}

/** The selection is of one list: of another there is none. */
export function useSelection(listKey: string): Selection {
  const [state, setState] = useState<Selected>({ listKey, ids: new Set(), isWhole: false })
  // By id, since rows may come before it meanwhile.
  const anchor = useRef<string | null>(null)
  const ids = useMemo(
    () => (state.listKey === listKey ? state.ids : new Set<string>()),
    [state.listKey, state.ids, listKey],
  )
  const isWhole = state.listKey === listKey && state.isWhole
  const select = useCallback(
    (rows: readonly Session[], index: number, isRange: boolean) => {
      const from = isRange ? rows.findIndex((row) => row.id === anchor.current) : -1
      const next = selectRows(ids, rows, { index, anchor: from >= 0 ? from : null })
      setState({ listKey, ids: next, isWhole: false })
      anchor.current = rows[index]?.id ?? null
    },
    [ids, listKey],
  )
  const [all, whole] = useMemo(() => {
    const read = (isWhole: boolean) => (rows: readonly Session[]) =>
      setState({ listKey, ids: new Set(rows.map((row) => row.id)), isWhole })
    return [read(false), read(true)]
  }, [listKey])
  const clear = useCallback(() => setState({ listKey, ids: new Set(), isWhole: false }), [listKey])
  return useMemo(() => ({ ids, isWhole, select, all, whole, clear }), [ids, isWhole, select, all, whole, clear])
}
