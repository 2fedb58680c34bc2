/** The filters that are offered without typing: whole clauses, and fields whose values are then chosen. */

export interface CommonClause {
  name: string
  clause: string
}

export const COMMON_CLAUSES: readonly CommonClause[] = [
  { name: 'Has errors', clause: 'has:errors' },
  { name: 'Has failed requests', clause: 'has:failed' },
  { name: 'Has rage clicks', clause: 'has:rage' },
  { name: 'Has dead clicks', clause: 'has:dead' },
  { name: 'Has a replay', clause: 'has:replay' },
  { name: 'Live now', clause: 'is:live' },
  { name: 'Returning visitor', clause: 'is:returning' },
  { name: 'Identified user', clause: 'is:identified' },
  { name: 'Bounced', clause: 'is:bounced' },
]

export interface CommonField {
  name: string
  field: string
  /** `values` are chosen from what there is; a `count` or a `time` has bounds. */
  kind: 'values' | 'count' | 'time'
}

export const COMMON_FIELDS: readonly CommonField[] = [
  { name: 'User', field: 'user', kind: 'values' },
  { name: 'Duration', field: 'duration', kind: 'time' },
  { name: 'Pages viewed', field: 'pages', kind: 'count' },
  { name: 'Page', field: 'page', kind: 'values' },
  { name: 'Entry page', field: 'entry', kind: 'values' },
  { name: 'Click', field: 'click', kind: 'values' },
  { name: 'Error', field: 'error', kind: 'values' },
  { name: 'Request', field: 'request', kind: 'values' },
  { name: 'Device', field: 'device', kind: 'values' },
  { name: 'Browser', field: 'browser', kind: 'values' },
  { name: 'Country', field: 'country', kind: 'values' },
  { name: 'Channel', field: 'channel', kind: 'values' },
  { name: 'Release', field: 'release', kind: 'values' },
]

/** Asks for the counts of all common clauses at once: each part's own is what its explanation tells. */
export const COMMON_SEARCH = COMMON_CLAUSES.map(({ clause }) => clause).join(' ')
