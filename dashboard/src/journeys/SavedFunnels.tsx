/** Funnels with a name: choose one, keep the one that is shown, forget one. */

import { Menu } from '@mantine/core'
import { IconBookmark, IconCheck, IconChevronDown, IconPlus, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Button } from '../shell/Button'
import { Dialog } from '../shell/Dialog'
import dialog from '../shell/Dialog.module.css'
import menu from '../shell/Menu.module.css'
import type { JourneysChoicesProps } from './JourneysPage'
import { forgetFunnel, funnelOf, keepFunnel, keptFunnels, withFunnel } from './savedFunnels'

const NAME_CHARS = 100

export function SavedFunnels({ site, search, onSearch }: JourneysChoicesProps) {
  const [funnels, setFunnels] = useState(() => keptFunnels(site))
  const [isSaving, setSaving] = useState(false)
  const current = funnelOf(search)
  const chosen = funnels.find(({ name: _, ...funnel }) => JSON.stringify(funnel) === JSON.stringify(current))
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
            {funnels.length === 0 ? 'A funnel you save is kept in this browser' : 'Saved funnels'}
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
            onClick={() => setSaving(true)}
          >
            Save this funnel as…
          </Menu.Item>
          {chosen && (
            <Menu.Item
              leftSection={<IconTrash size={15} stroke={1.6} />}
              onClick={() => {
                forgetFunnel(site, chosen.name)
                setFunnels(keptFunnels(site))
              }}
            >
              Forget “{chosen.name}”
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Dialog open={isSaving} onClose={() => setSaving(false)} title="Save this funnel">
        <SaveForm
          onSave={(name) => {
            const isKept = current !== null && keepFunnel(site, { name, ...current })
            setFunnels(keptFunnels(site))
            if (isKept) setSaving(false)
            return isKept
          }}
          onClose={() => setSaving(false)}
        />
      </Dialog>
    </>
  )
}

function SaveForm({ onSave, onClose }: { onSave: (name: string) => boolean; onClose: () => void }) {
  const [name, setName] = useState('')
  const [isRefused, setRefused] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '') setRefused(!onSave(name.trim()))
  }
  return (
    <form className={dialog.form} onSubmit={submit}>
      <label>
        Name
        {/* biome-ignore lint/a11y/noAutofocus: the dialog was opened to write it. */}
        <input value={name} autoFocus maxLength={NAME_CHARS} onChange={(event) => setName(event.currentTarget.value)} />
      </label>
      <p>It is kept in this browser. To give it to others, send the link of this page.</p>
      {isRefused && (
        <p className={dialog.failed} role="alert">
          This browser keeps nothing for this page: allow storage, or keep the link.
        </p>
      )}
      <div className={dialog.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={name.trim() === ''}>
          Save
        </Button>
      </div>
    </form>
  )
}
