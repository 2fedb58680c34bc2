/** Funnels with a name, the site's: choose one, save the one that is shown, delete one. */

import { Menu } from '@mantine/core'
import { IconBookmark, IconCheck, IconChevronDown, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { failureDetail } from '../api/client'
import { funnelsQuery, setFunnels } from '../api/reportQueries'
import type { SavedFunnel } from '../api/reportTypes'
import { Button } from '../shell/Button'
import { Dialog } from '../shell/Dialog'
import dialog from '../shell/Dialog.module.css'
import { sentence } from '../shell/Failed'
import menu from '../shell/Menu.module.css'
import type { JourneysChoicesProps } from './JourneysPage'
import { funnelOf, isSameFunnel, withFunnel, withSaved } from './savedFunnels'

const NAME_CHARS = 80

type Task = { kind: 'save' } | { kind: 'delete'; funnel: SavedFunnel }

export function SavedFunnels({ site, search, onSearch }: JourneysChoicesProps) {
  const client = useQueryClient()
  const { data: funnels = [] } = useQuery(funnelsQuery(site))
  const [task, setTask] = useState<Task | null>(null)
  const current = funnelOf(search)
  const chosen = current && funnels.find((one) => isSameFunnel(one, current))
  const onTask = async (name: string) => {
    // What somebody else saved meanwhile stays.
    const latest = await client.fetchQuery({ ...funnelsQuery(site), staleTime: 0 })
    const next =
      task?.kind === 'delete'
        ? latest.filter((one) => one.name !== task.funnel.name)
        : current && withSaved(latest, { name, ...current })
    if (next) client.setQueryData(funnelsQuery(site).queryKey, await setFunnels(site, next))
  }
  return (
    <>
      <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button kind="quiet" icon={<IconBookmark size={15} stroke={1.6} />}>
            {chosen?.name ?? 'Funnels'}
            <IconChevronDown size={14} stroke={1.6} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {funnels.length === 0 ? 'A funnel you save is kept here, for everyone' : 'Saved funnels'}
          </Menu.Label>
          {funnels.map((one) => (
            <Menu.Item
              key={one.name}
              aria-current={one === chosen ? 'true' : undefined}
              rightSection={one === chosen ? <IconCheck size={15} stroke={1.8} /> : null}
              onClick={() => onSearch(withFunnel(search, one))}
            >
              <bdi>{one.name}</bdi>
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={<IconPlus size={15} stroke={1.6} />}
            disabled={current === null}
            onClick={() => setTask({ kind: 'save' })}
          >
            Save this funnel as…
          </Menu.Item>
          {chosen && (
            <Menu.Item
              leftSection={<IconTrash size={15} stroke={1.6} />}
              onClick={() => setTask({ kind: 'delete', funnel: chosen })}
            >
              Delete “{chosen.name}”…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Dialog
        open={task !== null}
        onClose={() => setTask(null)}
        title={task?.kind === 'delete' ? 'Delete the saved funnel' : 'Save this funnel'}
      >
        {task && <TaskForm task={task} onDo={onTask} onClose={() => setTask(null)} />}
      </Dialog>
    </>
  )
}

interface TaskFormProps {
  task: Task
  onDo: (name: string) => Promise<void>
  onClose: () => void
}

function TaskForm({ task, onDo, onClose }: TaskFormProps) {
  const [name, setName] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const isReady = task.kind === 'delete' || name.trim() !== ''
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
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
      {task.kind === 'save' ? (
        <label>
          Name
          <input
            value={name}
            // biome-ignore lint/a11y/noAutofocus: the dialog was opened to write it.
            autoFocus
            maxLength={NAME_CHARS}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </label>
      ) : (
        <p>“{task.funnel.name}” goes for everyone. Links to the funnel stay.</p>
      )}
      {detail && (
        <p className={dialog.failed} role="alert">
          {sentence(detail.message)} {detail.hint && sentence(detail.hint)}
        </p>
      )}
      <div className={dialog.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={isBusy || !isReady}>
          {task.kind === 'save' ? 'Save' : 'Delete'}
        </Button>
      </div>
    </form>
  )
}
