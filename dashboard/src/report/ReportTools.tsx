/** Taking a report along: as CSV, as JSON, as a picture. */

import { Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { type RefObject, useState } from 'react'
import type { QueryParams } from '../api/client'
import { type ReportName, reportFile } from '../api/reportQueries'
import { Button } from '../shell/Button'
import menu from '../shell/Menu.module.css'
import { downloadPicture } from './picture'

const LABEL = { rests: 'Export', runs: 'Drawing…', failed: 'The picture could not be drawn' } as const

export interface ReportToolsProps {
  site: string
  report: ReportName
  params: QueryParams
  /** What the picture is of. */
  picture: RefObject<HTMLElement | null>
}

export function ReportTools({ site, report, params, picture }: ReportToolsProps) {
  const [drawing, setDrawing] = useState<'rests' | 'runs' | 'failed'>('rests')
  const file = `${site}-${report.replace('/', '-')}`
  const draw = () => {
    if (!picture.current) return
    setDrawing('runs')
    downloadPicture(picture.current, file).then(
      () => setDrawing('rests'),
      () => setDrawing('failed'),
    )
  }
  return (
    <div data-not-in-picture="">
      <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button kind="quiet" icon={<IconDownload size={15} stroke={1.6} />}>
            {LABEL[drawing]}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>This report, with its range and search</Menu.Label>
          <Menu.Item component="a" href={reportFile(site, report, params, 'csv')} download={`${file}.csv`}>
            CSV <span className={menu.note}>for spreadsheets</span>
          </Menu.Item>
          <Menu.Item component="a" href={reportFile(site, report, params, 'json')} download={`${file}.json`}>
            JSON <span className={menu.note}>all of it</span>
          </Menu.Item>
          <Menu.Item onClick={draw}>
            Picture <span className={menu.note}>PNG, as it looks here</span>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
