/** Countries by their sessions. A table of the same numbers stands beside it, so the drawing is for the eye alone. */

import { Link } from '@tanstack/react-router'
import { type PointerEvent, useState } from 'react'
import { count, counted, share } from '../format/numbers'
import { countryName } from '../format/words'
import type { FilterSearch } from '../search/filter'
import classes from './places.module.css'
import { SHADES, shadeOf } from './shades'
import { outlines, WORLD } from './world'

export interface CountryCount {
  code: string
  sessions: number
  selection: string
}

export interface WorldMapProps {
  site: string
  countries: readonly CountryCount[]
  /** All sessions, those of no known country too. */
  total: number
  /** Where a country leads. */
  searchOf: (country: CountryCount) => FilterSearch
}

interface Tip {
  code: string
  x: number
  y: number
}

export function WorldMap({ site, countries, total, searchOf }: WorldMapProps) {
  const [tip, setTip] = useState<Tip | null>(null)
  const byCode = new Map(countries.map((one) => [one.code, one]))
  const most = Math.max(0, ...countries.map((one) => one.sessions))
  const drawn = new Set(outlines().map((one) => one.code))
  const missing = countries.filter((one) => !drawn.has(one.code))
  const pointed = tip && byCode.get(tip.code)
  const point = (code: string) => (event: PointerEvent) => {
    const box = event.currentTarget.closest('figure')?.getBoundingClientRect()
    if (box) setTip({ code, x: event.clientX - box.left, y: event.clientY - box.top })
  }
  return (
    <figure className={classes.figure}>
      <svg viewBox={`0 0 ${WORLD.width} ${WORLD.height}`} className={classes.map} aria-hidden="true">
        {outlines().map(({ code, name, path }) => {
          const country = code === null ? undefined : byCode.get(code)
          if (!country || !code) return <path key={name} d={path} data-shade={0} />
          return (
            <Link
              key={name}
              to="/sites/$site/metrics"
              params={{ site }}
              search={searchOf(country)}
              preload={false}
              tabIndex={-1}
              onPointerMove={point(code)}
              onPointerLeave={() => setTip(null)}
            >
              <path d={path} data-shade={shadeOf(country.sessions, most)} />
            </Link>
          )
        })}
      </svg>
      {tip && pointed && (
        <span
          className={classes.tip}
          style={{ left: `${tip.x}px`, top: `${tip.y}px` }}
          data-left={tip.x > WORLD.width / 3 || undefined}
        >
          <strong>{countryName(pointed.code)}</strong> {counted(pointed.sessions, 'session')},{' '}
          {share(pointed.sessions, total)}
        </span>
      )}
      <figcaption className={classes.caption}>
        <span className={classes.scale}>
          <span>fewer</span>
          {Array.from({ length: SHADES }, (_, shade) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a shade is its place.
            <i key={shade} data-shade={shade + 1} aria-hidden="true" />
          ))}
          <span>more sessions, to {count(most)}</span>
        </span>
        {missing.length > 0 && (
          <span>
            Too small for the map: {missing.map((one) => `${countryName(one.code)} ${count(one.sessions)}`).join(', ')}.
          </span>
        )}
      </figcaption>
    </figure>
  )
}
