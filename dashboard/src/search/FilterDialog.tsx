/** Asks for a saved filter's name, or whether a change of it is meant. */

import { type FormEvent, useState } from 'react'
import { failureDetail } from '../api/client'
import type { SavedFilter } from '../api/types'
import { Button } from '../shell/Button'
import { Dialog } from '../shell/Dialog'
import dialog from '../shell/Dialog.module.css'
import { sentence } from '../shell/Failed'

export type FilterTask =
  | { kind: 'save'; q: string }
  | { kind: 'update'; filter: SavedFilter; q: string }
  | { kind: 'rename'; filter: SavedFilter }
  | { kind: 'delete'; filter: SavedFilter }

const WORDS: Record<FilterTask['kind'], { title: string; done: string }> = {
  save: { title: 'Save this search', done: 'Save' },
  update: { title: 'Update the saved filter', done: 'Update' },
  rename: { title: 'Rename the saved filter', done: 'Rename' },
  delete: { title: 'Delete the saved filter', done: 'Delete' },
}

export interface FilterDialogProps {
  task: FilterTask | null
  onDo: (name: string) => Promise<void>
  onClose: () => void
}

export function FilterDialog({ task, onDo, onClose }: FilterDialogProps) {
  return (
    <Dialog open={task !== null} onClose={onClose} title={task ? WORDS[task.kind].title : ''}>
      {task && <Form task={task} onDo={onDo} onClose={onClose} />}
    </Dialog>
  )
}

function Form({ task, onDo, onClose }: FilterDialogProps & { task: FilterTask }) {
  const [name, setName] = useState(task.kind === 'rename' ? task.filter.name : '')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const asksName = task.kind === 'save' || task.kind === 'rename'
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (asksName && name.trim() === '') return
    setBusy(true)
    setError(null)
    try {
      await onDo(name.trim())
      onClose()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  const detail = error === null ? null : failureDetail(error)
  return (
    <form className={dialog.form} onSubmit={(event) => void submit(event)}>
      {asksName && (
        <label>
          Name
          {/* biome-ignore lint/a11y/noAutofocus: the dialog was opened to write it. */}
          <input value={name} autoFocus maxLength={100} onChange={(event) => setName(event.currentTarget.value)} />
        </label>
      )}
      {task.kind === 'save' && (
        <p>
          <code>{task.q}</code>
        </p>
      )}
      {task.kind === 'update' && (
        <p>
          “{task.filter.name}” is <code>{task.filter.q}</code> and becomes <code>{task.q || 'no search at all'}</code>.
          Who has its link sees the new one.
        </p>
      )}
      {task.kind === 'delete' && (
        <p>“{task.filter.name}” goes for everyone. The sessions it finds stay, and so do links to its search.</p>
      )}
      {detail && (
        <p className={dialog.failed} role="alert">
          {sentence(detail.message)} {detail.hint && sentence(detail.hint)}
        </p>
      )}
      <div className={dialog.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={isBusy || (asksName && name.trim() === '')}>
          {WORDS[task.kind].done}
        </Button>
      </div>
    </form>
  )
}
