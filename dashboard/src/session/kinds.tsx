/** How each category of row looks: one icon, one colour, the same everywhere. */

import {
  IconAlertTriangle,
  IconArrowsVertical,
  IconBolt,
  IconExclamationCircle,
  IconEye,
  IconEyeOff,
  IconFlag,
  IconForms,
  IconGauge,
  IconPlayerPlay,
  IconPointer,
  IconRoute,
  IconServer,
  IconUser,
} from '@tabler/icons-react'
import type { Category, TimelineRow } from '../api/types'
import { SESSION_STARTED } from './lines'
import { namedKind } from './timeline'

type Icon = typeof IconRoute

export const CATEGORY_ICON: Record<Category, Icon> = {
  page: IconRoute,
  click: IconPointer,
  form: IconForms,
  request: IconServer,
  error: IconExclamationCircle,
  vital: IconGauge,
  custom: IconBolt,
  attention: IconEye,
}

/** `path` green, `error` red, `warn` amber, `quiet` grey. */
export type Tone = 'path' | 'error' | 'warn' | 'plain' | 'quiet'

export function looksOf(row: TimelineRow): { Icon: Icon; tone: Tone } {
  if (!row.event || row.category === 'session') {
    return {
      Icon: row.line === SESSION_STARTED ? IconPlayerPlay : IconFlag,
      tone: 'path',
    }
  }
  const Icon = CATEGORY_ICON[row.category]
  const kind = namedKind(row.event.kind)
  switch (kind.name) {
    case 'page_view':
      return { Icon, tone: 'path' }
    case 'error':
      return { Icon, tone: 'error' }
    case 'frustration':
      return { Icon: IconAlertTriangle, tone: 'warn' }
    case 'request':
      return { Icon, tone: hasFailed(kind.fields) ? 'warn' : 'plain' }
    case 'vital':
      return { Icon, tone: kind.fields.rating === 'poor' ? 'warn' : 'quiet' }
    case 'visibility':
      return {
        Icon: kind.fields.state === 'hidden' ? IconEyeOff : IconEye,
        tone: 'quiet',
      }
    case 'scroll':
      return { Icon: IconArrowsVertical, tone: 'quiet' }
    case 'identify':
      return { Icon: IconUser, tone: 'plain' }
    case 'page_load':
    case 'resources':
      return { Icon, tone: 'quiet' }
    case 'click':
    case 'submit':
    case 'input':
    case 'custom':
    case 'session_end':
      return { Icon, tone: 'plain' }
  }
}

/** As the fold counts it: no response that the page did not itself abort, or a status of 400 and over. */
export function hasFailed({ status, failure }: { status: number; failure?: string | null | undefined }): boolean {
  return status >= 400 || failure === 'network' || failure === 'timeout'
}
