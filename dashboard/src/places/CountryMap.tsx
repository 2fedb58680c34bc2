/** The map of a site's countries, over the screen's filter; the drawing comes after the numbers. */

import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { reportQuery } from '../api/reportQueries'
import { type FilterSearch, filterOf, filterParams } from '../search/filter'
import classes from './places.module.css'

const WorldMap = lazy(() => import('./WorldMap').then((module) => ({ default: module.WorldMap })))

/** More than there are. */
const COUNTRIES = 300

export interface CountryMapProps {
  site: string
  search: FilterSearch
}

export function CountryMap({ site, search }: CountryMapProps) {
  const { data } = useQuery(
    reportQuery(site, 'segments', {
      ...filterParams(search),
      dimensions: 'country',
      metrics: 'sessions',
      limit: COUNTRIES,
    }),
  )
  const countries = (data?.rows ?? []).flatMap(({ key: [code], sessions, selection }) =>
    code ? [{ code, sessions, selection }] : [],
  )
  // The table beside it says that none is known.
  if (data && countries.length === 0) return null
  return (
    <Suspense fallback={<div className={classes.blank} aria-hidden="true" />}>
      {data ? (
        <WorldMap
          site={site}
          countries={countries}
          total={data.total.sessions}
          // The cities of a country: segments of its sessions alone.
          searchOf={({ selection }) => ({ ...filterOf(search), selection, ...CITIES })}
        />
      ) : (
        <div className={classes.blank} aria-hidden="true" />
      )}
    </Suspense>
  )
}

/** The part of the metrics' address that asks for cities. */
const CITIES = { view: 'segments', by: 'city' }
