/** New sessions that wait to be shown, so that the list does not move by itself. */

import { IconArrowUp } from '@tabler/icons-react'
import { counted } from '../format/numbers'
import classes from './NewSessions.module.css'

export function NewSessions({ n, onShow }: { n: number; onShow: () => void }) {
  return (
    <div className={classes.anchor} aria-live="polite">
      {n > 0 && (
        <button type="button" className={classes.pill} onClick={onShow}>
          <IconArrowUp size={14} stroke={2} aria-hidden="true" />
          {counted(n, 'new session')}
        </button>
      )}
    </div>
  )
}
