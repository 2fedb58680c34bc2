/**
 * The world's countries as outlines, drawn once, each under its ISO 3166-1 alpha-2 code. Natural Earth at 1 : 110 million:
 * light enough for a page, and without the smallest countries, which are told beside the map instead.
 */

import { geoNaturalEarth1, geoPath } from 'd3-geo'
import codes from 'i18n-iso-countries/codes.json'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlas from 'world-atlas/countries-110m.json'

export const WORLD = { width: 960, height: 440 }

export interface Outline {
  /** Nothing where the country has no code that everybody agrees on. */
  code: string | null
  name: string
  path: string
}

/** The atlas numbers countries; two of its outlines have no number. */
const UNNUMBERED: Record<string, string> = { Kosovo: 'XK' }
/** Nobody lives there, and it would take a quarter of the drawing. */
const ANTARCTICA = '010'

let drawn: readonly Outline[] | null = null

export function outlines(): readonly Outline[] {
  drawn ??= draw()
  return drawn
}

function draw(): readonly Outline[] {
  const alpha2 = new Map(codes.map(([two, , number]) => [number, two]))
  const world = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>
  const { features } = feature(world, world.objects.countries)
  const countries = features.filter((one) => one.id !== ANTARCTICA)
  const projection = geoNaturalEarth1().fitSize([WORLD.width, WORLD.height], {
    type: 'FeatureCollection',
    features: countries,
  })
  const path = geoPath(projection).digits(1)
  return countries.map((one) => {
    const { name } = one.properties
    const code = one.id === undefined ? (UNNUMBERED[name] ?? null) : (alpha2.get(String(one.id)) ?? null)
    return { code, name, path: path(one) ?? '' }
  })
}
