/** The frame around every screen: product, site, places to go, theme, keys. */

import { UnstyledButton } from '@mantine/core'
import { IconKeyboard, IconShieldLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { sessionQuery } from '../api/queries'
import { FilterBar } from '../search/FilterBar'
import { filterOf, parseFilter } from '../search/filter'
import { Help } from './Help'
import { useKeys } from './keys'
import { Mark } from './Mark'
import classes from './Shell.module.css'
import { SiteSwitcher } from './SiteSwitcher'
import { ThemeSwitch } from './ThemeSwitch'
import { useInView } from './useInView'
import { useSite } from './useSite'

const PLACES = [
  { to: '/sites/$site/overview', name: 'Overview' },
  { to: '/sites/$site/sessions', name: 'Sessions' },
  { to: '/sites/$site/journeys', name: 'Journeys' },
  { to: '/sites/$site/errors', name: 'Errors' },
  { to: '/sites/$site/pages', name: 'Pages' },
  { to: '/sites/$site/metrics', name: 'Metrics' },
] as const

export function Shell() {
  const { site: siteParam, id } = useParams({ strict: false })
  // An address that leaves the site open names it by its session.
  const { data: session } = useQuery({
    ...sessionQuery('-', id ?? ''),
    enabled: siteParam === '-' && id !== undefined,
  })
  const siteId = siteParam === '-' ? session?.site : siteParam
  const { timeZone } = useSite(siteId)
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const filter = filterOf(parseFilter(raw))
  const [helpOpen, setHelpOpen] = useState(false)
  const navigate = useNavigate()
  const nav = useInView()
  const goTo = (to: (typeof PLACES)[number]['to']) => {
    if (siteId) void navigate({ to, params: { site: siteId }, search: filter })
    else void navigate({ to: '/' })
  }
  useKeys({
    '?': () => setHelpOpen(true),
    'g o': () => goTo('/sites/$site/overview'),
    'g s': () => goTo('/sites/$site/sessions'),
    'g j': () => goTo('/sites/$site/journeys'),
    'g e': () => goTo('/sites/$site/errors'),
    'g p': () => goTo('/sites/$site/pages'),
    'g m': () => goTo('/sites/$site/metrics'),
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
        <div className={classes.filter}>{siteId && <FilterBar site={siteId} timeZone={timeZone} />}</div>
        <div className={classes.tools}>
          <UnstyledButton
            className={`${classes.tool} ${classes.keyboard}`}
            onClick={() => setHelpOpen(true)}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
          >
            <IconKeyboard size={17} stroke={1.6} />
          </UnstyledButton>
          {siteId && (
            <Link
              to="/sites/$site/settings"
              params={{ site: siteId }}
              className={classes.tool}
              aria-label="Privacy and retention"
              title="Privacy and retention"
            >
              <IconShieldLock size={17} stroke={1.6} />
            </Link>
          )}
          <ThemeSwitch className={classes.tool} />
        </div>
      </header>
      {siteId && (
        <nav ref={nav} aria-label="Site" className={classes.nav}>
          {PLACES.map(({ to, name }) => (
            <Link
              key={to}
              to={to}
              params={{ site: siteId }}
              // The same range and search on every report.
              search={filter}
              className={classes.tab}
              activeOptions={{ includeSearch: false }}
              activeProps={{ 'data-active': true }}
            >
              {name}
            </Link>
          ))}
        </nav>
      )}
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Help open={helpOpen} onClose={() => setHelpOpen(false)} />
    </>
  )
}
