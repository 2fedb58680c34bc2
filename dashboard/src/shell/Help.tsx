/** The keys, all of them, in a dialog of the browser's own. */

import { UnstyledButton } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Fragment, useEffect, useRef } from 'react'
import classes from './Help.module.css'

const GROUPS: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['g', 's'], 'Sessions'],
      [['?'], 'This help'],
    ],
  },
  {
    title: 'Sessions',
    keys: [
      [['j'], 'Next row'],
      [['k'], 'Previous row'],
      [['Enter'], 'Open the session'],
    ],
  },
  {
    title: 'A session',
    keys: [
      [['j'], 'Next event'],
      [['k'], 'Previous event'],
      [['Enter'], 'Open or close the event'],
      [['e'], 'Next error'],
      [['f'], 'Find in the timeline'],
      [['['], 'Newer session of the list'],
      [[']'], 'Older session of the list'],
      [['Esc'], 'Back to the list'],
    ],
  },
]

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal()
    if (!open && dialog.current?.open) dialog.current.close()
  }, [open])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it; by keyboard, Esc does.
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-labelledby="help-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className={classes.body}>
        <div className={classes.head}>
          <h2 id="help-title">Keyboard</h2>
          <UnstyledButton className={classes.close} onClick={onClose} aria-label="Close">
            <IconX size={16} stroke={1.6} />
          </UnstyledButton>
        </div>
        <div className={classes.groups}>
          {GROUPS.map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.keys.map(([keys, meaning]) => (
                  <div key={meaning}>
                    <dt>{meaning}</dt>
                    <dd>
                      {keys.map((key, index) => (
                        <Fragment key={key}>
                          {index > 0 && ' then '}
                          <kbd>{key}</kbd>
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </dialog>
  )
}
