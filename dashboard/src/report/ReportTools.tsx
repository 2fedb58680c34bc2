/** Taking a report along: as CSV, as JSON, as a picture. */

import { Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Fragment, type RefObject, useState } from 'react'
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
  /** Where two sets of sessions stand side by side: what they are called, and what the second is asked. */
  beside?: { names: readonly [string, string]; params: QueryParams }
}

export function ReportTools({ site, report, params, picture, beside }: ReportToolsProps) {
  const [drawing, setDrawing] = useState<'rests' | 'runs' | 'failed'>('rests')
  const file = `${site}-${report.replace('/', '-')}`
  const files = [
    { name: beside?.names[0] ?? '', file: beside ? `${file}-1` : file, params },
    ...(beside ? [{ name: beside.names[1], file: `${file}-2`, params: beside.params }] : []),
  ]
  const draw = () => {
    if (!picture.current) return
    setDrawing('runs')
    downloadPicture(picture.current, file).then(
      () => setDrawing('rests'),
      () => setDrawing('failed'),
    )
  }
  return (
    <div>
      <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <Button kind="quiet" icon={<IconDownload size={15} stroke={1.6} />}>
            {LABEL[drawing]}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>This report, with its range and search</Menu.Label>
          {files.map((one) => (
            <Fragment key={one.name}>
              {beside && (
                <Menu.Label>
                  <bdi>{one.name}</bdi>
                </Menu.Label>
              )}
              <Menu.Item component="a" href={reportFile(site, report, one.params, 'csv')} download={`${one.file}.csv`}>
                CSV <span className={menu.note}>for spreadsheets</span>
              </Menu.Item>
              <Menu.Item
                component="a"
                href={reportFile(site, report, one.params, 'json')}
                download={`${one.file}.json`}
              >
                JSON <span className={menu.note}>all of it</span>
              </Menu.Item>
            </Fragment>
          ))}
          {beside && <Menu.Label>Both</Menu.Label>}
          <Menu.Item onClick={draw}>
            Picture <span className={menu.note}>PNG, as it looks here</span>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
