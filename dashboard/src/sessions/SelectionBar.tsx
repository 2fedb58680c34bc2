/** Below the list while sessions are selected: how many, and what can be done with them. */

import { Menu } from '@mantine/core'
import { IconChevronUp, IconDownload, IconPin, IconTrash, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { failureDetail } from '../api/client'
import type { Session, SessionPage } from '../api/types'
import { count, counted } from '../format/numbers'
import { type FilterSearch, filterParams } from '../search/filter'
import { Button } from '../shell/Button'
import { sentence } from '../shell/Failed'
import menu from '../shell/Menu.module.css'
import { EraseDialog } from './EraseDialog'
import { ExportItems } from './ExportItems'
import classes from './SelectionBar.module.css'
import { exportParams, foundBy, MAX_EXPORTED, pin } from './selected'
import type { Selection } from './useSelection'

export interface SelectionBarProps {
  site: string
  /** The list that they are of. */
  list: FilterSearch
  /** What its range was when it was read. */
  range: SessionPage['range'] | undefined
  selection: Selection
  /** What is read of the list. */
  rows: readonly Session[]
  total: number
  onErased: () => void
}

export function SelectionBar({ site, list, range, selection, rows, total, onErased }: SelectionBarProps) {
  const ids = [...selection.ids]
  const [said, setSaid] = useState<{ text: string; isError: boolean } | null>(null)
  const [isErasing, setErasing] = useState(false)
  const [isPinning, setPinning] = useState(false)
  const key = ids.join()
  // What was said was of another selection.
  // biome-ignore lint/correctness/useExhaustiveDependencies: forgotten whenever the selection changes.
  useEffect(() => setSaid(null), [key])
  if (ids.length === 0) return null

  const { isWhole } = selection
  const params = filterParams(list)
  const exported = isWhole ? params : exportParams(params, ids)
  const onPin = async () => {
    setPinning(true)
    try {
      await pin(site, ids)
      setSaid({
        text: `${counted(ids.length, 'session')} pinned: retention leaves ${ids.length === 1 ? 'it' : 'them'} alone.`,
        isError: false,
      })
    } catch (error) {
      setSaid({ text: sentence(failureDetail(error).message), isError: true })
    } finally {
      setPinning(false)
    }
  }
  return (
    <>
      <div className={classes.anchor}>
        <section className={classes.bar} aria-label="Selected sessions">
          <p className={classes.n} aria-live="polite">
            {isWhole ? (
              `All ${count(total)} selected`
            ) : (
              <>
                {count(ids.length)} selected <span className={classes.of}>of {count(total)}</span>
              </>
            )}
          </p>
          {!isWhole && ids.length < total && (
            <Button onClick={() => selection.whole(rows)}>Select all {count(total)}</Button>
          )}
          <Menu position="top-start" offset={8} classNames={menu} transitionProps={{ duration: 80 }}>
            <Menu.Target>
              <Button icon={<IconDownload size={15} stroke={1.6} />}>
                Export
                <IconChevronUp size={14} stroke={1.6} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {exported ? (
                <ExportItems site={site} params={exported} />
              ) : (
                <p className={classes.limit}>
                  At most {MAX_EXPORTED} sessions are exported one by one. Search for what they have in common, and
                  export the list.
                </p>
              )}
            </Menu.Dropdown>
          </Menu>
          <Button
            icon={<IconPin size={15} stroke={1.6} />}
            disabled={isPinning || isWhole}
            title={isWhole ? 'Sessions are pinned one by one: select those that are to stay.' : undefined}
            onClick={() => void onPin()}
          >
            {isPinning ? 'Pinning…' : 'Pin'}
          </Button>
          <Button icon={<IconTrash size={15} stroke={1.6} />} onClick={() => setErasing(true)}>
            Delete…
          </Button>
          <button
            type="button"
            className={classes.clear}
            aria-label="Select none"
            title="Select none"
            onClick={selection.clear}
          >
            <IconX size={16} stroke={1.7} />
          </button>
          {said && (
            <p className={classes.said} data-error={said.isError || undefined} role="status">
              {said.text}
            </p>
          )}
        </section>
      </div>
      <EraseDialog
        open={isErasing}
        site={site}
        which={isWhole && range ? foundBy(list, range) : { session_ids: ids }}
        onClose={() => setErasing(false)}
        onErased={() => {
          selection.clear()
          onErased()
        }}
      />
    </>
  )
}
