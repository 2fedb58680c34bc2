/** The user page's part of the URL: which of its two lists is shown. */

export interface UserSearch {
  view?: 'timeline'
  /** Id of the session whose row is open. */
  row?: string
}

export function parseUserSearch(raw: Record<string, unknown>): UserSearch {
  return {
    ...(raw.view === 'timeline' && { view: 'timeline' as const }),
    ...(typeof raw.row === 'string' && raw.row !== '' && { row: raw.row }),
  }
}
