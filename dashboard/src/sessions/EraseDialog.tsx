/** Deletes sessions from everywhere: first what would go, then, once that was seen, for good. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { failureDetail } from '../api/client'
import { sessionsKey } from '../api/queries'
import type { Erasure, Receipt } from '../api/types'
import { bytes, counted } from '../format/numbers'
import { Button } from '../shell/Button'
import { Dialog } from '../shell/Dialog'
import dialog from '../shell/Dialog.module.css'
import { sentence } from '../shell/Failed'
import { erase } from './selected'

export interface EraseDialogProps {
  open: boolean
  site: string
  which: Erasure
  onClose: () => void
  onErased: () => void
}

export function EraseDialog({ open, site, which, onClose, onErased }: EraseDialogProps) {
  const client = useQueryClient()
  const [done, setDone] = useState<Receipt | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const preview = useQuery({
    queryKey: ['erasure-preview', site, which],
    queryFn: () => erase(site, which, true),
    enabled: open && done === null,
    // What would go is asked each time anew.
    gcTime: 0,
    staleTime: 0,
  })
  const close = () => {
    onClose()
    setError(null)
    if (done) onErased()
    setDone(null)
  }
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      setDone(await erase(site, which, false))
      await client.invalidateQueries({ queryKey: sessionsKey(site) })
      await client.invalidateQueries({ queryKey: ['histogram', site] })
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const failed = error ?? preview.error
  const detail = failed ? failureDetail(failed) : null
  return (
    <Dialog open={open} onClose={close} title={done ? 'Deleted' : 'Delete sessions'}>
      <div className={dialog.form}>
        {done ? (
          <p role="status">{receiptWords(done, 'are gone')} Nothing of them is left to be read.</p>
        ) : preview.data ? (
          <>
            <p>{receiptWords(preview.data, 'would go')} This cannot be undone.</p>
            <p>Pinned sessions go too. Numbers of reports change with them.</p>
          </>
        ) : detail ? null : (
          <p role="status">Looking at what would go…</p>
        )}
        {detail && (
          <p className={dialog.failed} role="alert">
            {sentence(detail.message)} {detail.hint && sentence(detail.hint)}
          </p>
        )}
        <div className={dialog.actions}>
          <Button onClick={close}>{done ? 'Close' : 'Cancel'}</Button>
          {!done && (
            <Button kind="primary" disabled={!preview.data || isBusy} onClick={() => void confirm()}>
              {isBusy ? 'Deleting…' : `Delete ${preview.data ? counted(preview.data.sessions, 'session') : ''}`}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  )
}

/** `3 sessions with 214 events, 1.2 MB, would go.` */
function receiptWords({ sessions, events, bytes: size }: Receipt, verb: string): string {
  return `${counted(sessions, 'session')} with ${counted(events, 'event')}, ${bytes(size)}, ${verb}.`
}
