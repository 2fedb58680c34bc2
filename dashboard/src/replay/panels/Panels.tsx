/** What is looked into beside the page: its DOM, its console, its requests, its vitals, and what is known of the session. */

import { IconChevronDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Session, TimelineRow } from '../../api/types'
import { count } from '../../format/numbers'
import { Overview } from '../../session/Overview'
import { namedKind } from '../../session/timeline'
import type { Player } from '../player'
import { EventTable } from './EventTable'
import classes from './Panels.module.css'

export type PanelName = 'dom' | 'console' | 'requests' | 'vitals' | 'session'

const PANELS: { name: PanelName; title: string }[] = [
  { name: 'dom', title: 'DOM' },
  { name: 'console', title: 'Console' },
  { name: 'requests', title: 'Requests' },
  { name: 'vitals', title: 'Vitals' },
  { name: 'session', title: 'Session' },
]

export interface PanelsProps {
  player: Player
  session: Session
  siteParam: string
  rows: readonly TimelineRow[]
  timeZone: string
  open: PanelName | null
  onOpen: (panel: PanelName | null) => void
  onOpenRow: (key: string) => void
  inspector: ReactNode
}

export function Panels(props: PanelsProps) {
  const { player, session, siteParam, rows, timeZone, open, onOpen, onOpenRow, inspector } = props
  const rowsOf = (panel: PanelName) => rows.filter((row) => belongsTo(row, panel))
  const table = (panel: PanelName, nothing: string) => (
    <EventTable
      player={player}
      rows={rowsOf(panel)}
      session={session}
      timeZone={timeZone}
      nothing={nothing}
      onOpenRow={onOpenRow}
    />
  )
  return (
    <div className={classes.panels} data-open={open ?? undefined}>
      <div className={classes.tabs} role="tablist" aria-label="Look into">
        {PANELS.map(({ name, title }) => {
          const n = name === 'dom' || name === 'session' ? 0 : rowsOf(name).length
          return (
            <button
              key={name}
              type="button"
              role="tab"
              id={`panel-tab-${name}`}
              aria-selected={open === name}
              aria-controls={open === name ? 'panel' : undefined}
              className={classes.tab}
              onClick={() => onOpen(open === name ? null : name)}
            >
              {title}
              {n > 0 && <span className={classes.count}>{count(n)}</span>}
            </button>
          )
        })}
        {open && (
          <button
            type="button"
            className={classes.fold}
            aria-label="Close the panel"
            title="Close the panel"
            onClick={() => onOpen(null)}
          >
            <IconChevronDown size={16} stroke={1.7} />
          </button>
        )}
      </div>
      {open && (
        <div id="panel" role="tabpanel" aria-labelledby={`panel-tab-${open}`} className={classes.panel}>
          {open === 'dom' && inspector}
          {open === 'console' && table('console', 'The page’s code reported no errors and no custom events.')}
          {open === 'requests' && table('requests', 'The page made no requests.')}
          {open === 'vitals' && table('vitals', 'No web vitals were measured.')}
          {open === 'session' && (
            <div className={classes.session}>
              <Overview session={session} timeZone={timeZone} siteParam={siteParam} />
            </div>
          )}
        </div>
      )}
    </div>
  )
}

function belongsTo(row: TimelineRow, panel: PanelName): boolean {
  if (!row.event) return false
  const { name } = namedKind(row.event.kind)
  switch (panel) {
    case 'console':
      return name === 'error' || name === 'custom'
    case 'requests':
      return name === 'request'
    case 'vitals':
      return name === 'vital' || name === 'page_load'
    case 'dom':
    case 'session':
      return false
  }
}
