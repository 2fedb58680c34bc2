/** Below the list while sessions are selected: how many, and what can be done with them. */

import { Menu } from '@mantine/core'
import { IconChevronUp, IconDownload, IconPin, IconTrash, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { failureDetail, type QueryParams } from '../api/client'
import { count, counted } from '../format/numbers'
import { Button } from '../shell/Button'
import { sentence } from '../shell/Failed'
import menu from '../shell/Menu.module.css'
import { EraseDialog } from './EraseDialog'
import { ExportItems } from './ExportItems'
import classes from './SelectionBar.module.css'
import { exportParams, MAX_EXPORTED, pin } from './selected'
import type { Selection } from './useSelection'

export interface SelectionBarProps {
  site: string
  params: QueryParams
  selection: Selection
  total: number
  onErased: () => void
}

export function SelectionBar({ site, params, selection, total, onErased }: SelectionBarProps) {
  const ids = [...selection.ids]
  const [said, setSaid] = useState<{ text: string; isError: boolean } | null>(null)
  const [isErasing, setErasing] = useState(false)
  const [isPinning, setPinning] = useState(false)
  const key = ids.join()
  // What was said was of another selection.
  // biome-ignore lint/correctness/useExhaustiveDependencies: forgotten whenever the selection changes.
  useEffect(() => setSaid(null), [key])
  if (ids.length === 0) return null

  const exported = exportParams(params, ids)
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
            {count(ids.length)} selected <span className={classes.of}>of {count(total)}</span>
          </p>
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
          <Button icon={<IconPin size={15} stroke={1.6} />} disabled={isPinning} onClick={() => void onPin()}>
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
        ids={ids}
        onClose={() => setErasing(false)}
        onErased={() => {
          selection.clear()
          onErased()
        }}
      />
    </>
  )
}
