/** Which site is looked at, and the others. */

import { Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconSelector } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { sitesQuery } from '../api/queries'
import { zoneName } from '../format/times'
import menu from './Menu.module.css'

export function SiteSwitcher({ current }: { current: string | undefined }) {
  const { data: sites } = useQuery(sitesQuery)
  const site = sites?.find((one) => one.id === current)
  if (!sites || sites.length === 0) return null
  return (
    <Menu position="bottom-start" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <UnstyledButton className={menu.trigger} aria-label={`Site: ${site?.name ?? 'choose one'}`}>
          {site?.name ?? 'Choose a site'}
          <IconSelector size={14} stroke={1.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Sites</Menu.Label>
        {sites.map((one) => (
          <Menu.Item
            key={one.id}
            renderRoot={(props) => <Link {...props} to="/sites/$site/sessions" params={{ site: one.id }} />}
            rightSection={one.id === current ? <IconCheck size={15} stroke={1.8} /> : null}
            aria-current={one.id === current ? 'true' : undefined}
          >
            {one.name} <span className={menu.note}>{zoneName(one.time_zone)}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
