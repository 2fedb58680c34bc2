/** The frame around every screen: product, site, places to go, theme, keys. */

import { UnstyledButton } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { sessionQuery } from '../api/queries'
import { Help } from './Help'
import { useKeys } from './keys'
import { Mark } from './Mark'
import classes from './Shell.module.css'
import { SiteSwitcher } from './SiteSwitcher'
import { ThemeSwitch } from './ThemeSwitch'

export function Shell() {
  const { site: siteParam, id } = useParams({ strict: false })
  // An address that leaves the site open names it by its session.
  const { data: session } = useQuery({
    ...sessionQuery('-', id ?? ''),
    enabled: siteParam === '-' && id !== undefined,
  })
  const siteId = siteParam === '-' ? session?.site : siteParam
  const [helpOpen, setHelpOpen] = useState(false)
  const navigate = useNavigate()
  useKeys({
    '?': () => setHelpOpen(true),
    'g s': () => {
      if (siteId)
        void navigate({
          to: '/sites/$site/sessions',
          params: { site: siteId },
        })
      else void navigate({ to: '/' })
    },
  })

  return (
    <>
      <a className={classes.skip} href="#main">
        Skip to content
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.brand} aria-label="Footpath, to the first site">
          <Mark />
          <span className={classes.name}>Footpath</span>
        </Link>
        <span className={classes.slash} aria-hidden="true" />
        <SiteSwitcher current={siteId} />
        <nav aria-label="Site" className={classes.nav}>
          {siteId && (
            <Link
              to="/sites/$site/sessions"
              params={{ site: siteId }}
              className={classes.tab}
              activeProps={{ 'data-active': true }}
            >
              Sessions
            </Link>
          )}
        </nav>
        <div className={classes.tools}>
          <UnstyledButton
            className={`${classes.tool} ${classes.keyboard}`}
            onClick={() => setHelpOpen(true)}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
          >
            <IconKeyboard size={17} stroke={1.6} />
          </UnstyledButton>
          <ThemeSwitch className={classes.tool} />
        </div>
      </header>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Help open={helpOpen} onClose={() => setHelpOpen(false)} />
    </>
  )
}
