/**
 * Sessions as they change, by server-sent events.
 *
 * A browser opens at most six HTTP/1.1 connections to a server, for all its tabs together; so a hidden tab closes
 * its own, and reads everything again when it is shown. The same reading again follows a lost connection, since
 * what was sent meanwhile is not sent twice.
 */

import { useEffect, useRef } from 'react'
import { segment } from './client'
import type { Session } from './types'

export interface LiveHandlers {
  /** This session is new, or has changed. */
  onSession: (session: Session) => void
  /** Changes were missed: read again. */
  onResync: () => void
}

/** Listens until the returned function is called. */
export function listen(site: string, handlers: LiveHandlers): () => void {
  let source: EventSource | null = null
  // Between the list that was read and the first answer, too, something may have changed.
  let missed = true

  const open = () => {
    source = new EventSource(`/api/v1/sites/${segment(site)}/live`)
    source.addEventListener('session', (event: MessageEvent<string>) => {
      handlers.onSession(JSON.parse(event.data) as Session)
    })
    source.addEventListener('resync', () => handlers.onResync())
    source.addEventListener('open', () => {
      if (missed) handlers.onResync()
      missed = false
    })
    // The browser connects again by itself.
    source.addEventListener('error', () => {
      missed = true
    })
  }
  const close = () => {
    source?.close()
    source = null
    missed = true
  }
  const follow = () => {
    if (document.visibilityState === 'hidden') close()
    else if (source === null) open()
  }

  follow()
  document.addEventListener('visibilitychange', follow)
  return () => {
    document.removeEventListener('visibilitychange', follow)
    close()
  }
}

/** Listens while mounted; to nothing where `site` is `null`. The handlers may change between renders. */
export function useLive(site: string | null, handlers: LiveHandlers): void {
  const latest = useRef(handlers)
  useEffect(() => {
    latest.current = handlers
  })
  useEffect(() => {
    if (site === null) return
    return listen(site, {
      onSession: (session) => latest.current.onSession(session),
      onResync: () => latest.current.onResync(),
    })
  }, [site])
}
