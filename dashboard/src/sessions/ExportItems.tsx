/** Links to the sessions as a file, in each format. */

import { Menu } from '@mantine/core'
import { apiUrl, type QueryParams, segment } from '../api/client'

const FORMATS = [
  { format: 'csv', name: 'CSV', note: 'for spreadsheets' },
  { format: 'ndjson', name: 'NDJSON', note: 'one session a line' },
  { format: 'parquet', name: 'Parquet', note: 'every column, typed' },
] as const

export function ExportItems({ site, params }: { site: string; params: QueryParams }) {
  return FORMATS.map(({ format, name, note }) => (
    <Menu.Item
      key={format}
      component="a"
      href={apiUrl(`/sites/${segment(site)}/sessions/export`, { ...params, format })}
      download
    >
      {name} <span style={{ color: 'var(--text-3)' }}>{note}</span>
    </Menu.Item>
  ))
}
