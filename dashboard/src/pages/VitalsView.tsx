/** Web vitals with Google's ratings: of the site or of one page, over time, what caused the poor ones, what was loaded. */

import { IconGauge } from '@tabler/icons-react'
import type { VitalReport, VitalsReport } from '../api/reportTypes'
import { latency } from '../format/durations'
import { bytes, count, counted, NOTHING, share } from '../format/numbers'
import { Door } from '../report/Door'
import { RatingBar, RatingWord } from '../report/RatingBar'
import { Panel } from '../report/ReportPage'
import { useScope } from '../report/ReportScope'
import { ReportView } from '../report/ReportView'
import { percent, ratingOf, valueText } from '../report/readings'
import { StepPicker } from '../report/StepPicker'
import { moreText } from '../report/stepWords'
import { TimeChart } from '../report/TimeChart'
import table from '../report/table.module.css'
import { filterParams } from '../search/filter'
import { Notice } from '../shell/Notice'
import classes from './Pages.module.css'
import type { PagesViewProps } from './PagesPage'
import { measureOf } from './PagesView'
import { type PagesSearch, vitalsParams } from './pagesSearch'

export function VitalsView(props: PagesViewProps) {
  const { site, search, onSearch } = props
  return (
    <ReportView
      {...props}
      report="vitals"
      params={vitalsParams(search)}
      what="the web vitals"
      title={({ route }) => (
        <>
          Web vitals of <bdi>{route ?? 'all pages'}</bdi>
        </>
      )}
      choices={<RouteChoice site={site} search={search} onSearch={onSearch} />}
    >
      {(answer) =>
        answer.vitals.every((vital) => vital.measured === 0) ? (
          <Notice icon={<IconGauge size={20} stroke={1.6} />} title="No web vitals were measured">
            <p>
              Browsers measure them of full page loads, and some (INP) only once somebody clicked. Safari and Firefox
              measure fewer of them.
            </p>
          </Notice>
        ) : (
          <Vitals report={answer} search={search} onSearch={onSearch} />
        )
      }
    </ReportView>
  )
}

interface RouteChoiceProps {
  site: string
  search: PagesSearch
  onSearch: (next: PagesSearch) => void
}

/** The page whose web vitals are told. */
export function RouteChoice({ site, search, onSearch }: RouteChoiceProps) {
  const setRoute = (route: string | null) => {
    const { route: _, ...rest } = search
    onSearch(route === null ? rest : { ...rest, route })
  }
  return (
    <div className={classes.choices} data-not-in-picture="">
      <StepPicker
        site={site}
        params={filterParams(search)}
        label="Page"
        empty="all pages"
        step={search.route ? { kind: 'page', label: search.route } : null}
        onChange={(step) => setRoute(step.label)}
        onClear={() => setRoute(null)}
      />
    </div>
  )
}

interface VitalsProps {
  report: VitalsReport
  search: PagesSearch
  onSearch: (next: PagesSearch) => void
}

function metricOf({ name, unit }: VitalReport) {
  return { name: `${name.toLowerCase()}_p75`, unit }
}

function Vitals({ report, search, onSearch }: VitalsProps) {
  const { timeZone } = useScope()
  const chosen = report.vitals.find((vital) => vital.name === (search.vital ?? 'LCP')) ?? report.vitals[0]
  return (
    <>
      <p className={classes.of}>
        <Door selection={report.selection}>The sessions that viewed {report.route === null ? 'any page' : 'it'}</Door>
      </p>
      <ul className={classes.cards} aria-label="Web vitals">
        {report.vitals.map((vital) => (
          <li key={vital.name}>
            <button
              type="button"
              className={classes.card}
              aria-pressed={vital === chosen}
              onClick={() => onSearch({ ...search, vital: vital.name })}
            >
              <Card vital={vital} />
            </button>
          </li>
        ))}
      </ul>
      {chosen && (
        <div className={classes.both}>
          <Panel
            title={`${chosen.long_name}, p75`}
            note={`good up to ${valueText(chosen.good, metricOf(chosen))}, poor over ${valueText(chosen.poor, metricOf(chosen))}`}
          >
            {chosen.series ? (
              <TimeChart
                metric={metricOf(chosen)}
                title={chosen.long_name}
                lines={[{ name: 'p75', kind: 'now', values: chosen.series.map((one) => one.value) }]}
                buckets={report.buckets}
                interval={report.interval}
                timeZone={timeZone}
              />
            ) : (
              <p className={classes.quiet}>Over time it is told of all pages together.</p>
            )}
          </Panel>
          <Panel title="What caused it" note={`${counted(chosen.measured, 'page view')} measured`}>
            <Causes vital={chosen} />
          </Panel>
        </div>
      )}
      <Resources report={report} />
    </>
  )
}

function Card({ vital }: { vital: VitalReport }) {
  const name = vital.name.toLowerCase()
  const p75 = measureOf(vital, `${name}_p75`)
  const rating = ratingOf(p75?.value, vital)
  const part = (stat: string) => measureOf(vital, `${name}_${stat}`)?.value ?? 0
  return (
    <>
      <span className={classes.cardHead}>
        <strong>{vital.name}</strong>
        <span className={classes.long}>{vital.long_name}</span>
      </span>
      <span className={classes.cardValue}>
        {p75 ? valueText(p75.value, metricOf(vital)) : NOTHING}
        {rating && <RatingWord rating={rating} />}
      </span>
      {vital.measured > 0 ? (
        <>
          <RatingBar parts={[part('good'), part('needs_improvement'), part('poor')]} />
          <span className={classes.shares}>
            {percent(part('good'))} good, {percent(part('poor'))} poor
          </span>
        </>
      ) : (
        <span className={classes.shares}>not measured</span>
      )}
    </>
  )
}

function Causes({ vital }: { vital: VitalReport }) {
  if (vital.causes.length === 0) {
    return (
      <p className={classes.quiet}>
        {vital.name === 'FCP' || vital.name === 'TTFB'
          ? `Browsers tell no cause of ${vital.name}.`
          : 'No cause was told.'}
      </p>
    )
  }
  return (
    <>
      <ol className={classes.causes}>
        {vital.causes.map((cause) => {
          const whole = cause.good + cause.needs_improvement + cause.poor
          return (
            <li key={`${cause.target} ${cause.resource}`}>
              <span className={classes.target} title={cause.target ?? undefined}>
                <code>{cause.target ?? 'an element that is gone'}</code>
              </span>
              <span className={classes.poor}>
                {count(cause.poor)} poor <span className={table.unit}>of {count(whole)}</span>
              </span>
              {cause.resource && (
                <span className={classes.resource} title={cause.resource}>
                  {cause.resource}
                </span>
              )}
              <span className={classes.causeBar}>
                <RatingBar parts={[cause.good, cause.needs_improvement, cause.poor]} />
              </span>
            </li>
          )
        })}
      </ol>
      {vital.more_causes > 0 && <p className={table.more}>{moreText(vital.more_causes, 'cause')}</p>}
    </>
  )
}

function Resources({ report }: { report: VitalsReport }) {
  const { types, heaviest, loads } = report.resources
  if (loads === 0) return null
  const whole = types.reduce((sum, type) => sum + type.bytes, 0)
  return (
    <div className={classes.both}>
      <Panel title="What pages load" note={`mean of ${counted(loads, 'page load')}`}>
        <div className={table.scroll}>
          <table className={table.table}>
            <caption className="visually-hidden">Resources by type</caption>
            <thead>
              <tr>
                <th scope="col">Asked for by</th>
                <th scope="col">Bytes a load</th>
                <th scope="col">Of all</th>
                <th scope="col">Resources a load</th>
                <th scope="col">Mean duration</th>
              </tr>
            </thead>
            <tbody>
              {types.map((type) => (
                <tr key={type.initiator_type}>
                  <th scope="row">{type.initiator_type}</th>
                  <td>{bytes(type.bytes / loads)}</td>
                  <td>{share(type.bytes, whole)}</td>
                  <td>{(type.count / loads).toLocaleString(undefined, { maximumFractionDigits: 1 })}</td>
                  <td>{latency(type.count === 0 ? null : type.duration_ms / type.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title="Heaviest resources" note="mean of the loads that had them">
        <div className={table.scroll}>
          <table className={table.table}>
            <caption className="visually-hidden">Heaviest resources</caption>
            <thead>
              <tr>
                <th scope="col">Resource</th>
                <th scope="col">Bytes</th>
                <th scope="col">Duration</th>
                <th scope="col">Loads</th>
              </tr>
            </thead>
            <tbody>
              {heaviest.map((one) => (
                <tr key={one.url}>
                  <th scope="row" className={table.name} title={one.url}>
                    <bdi>{one.url}</bdi>
                  </th>
                  <td>{bytes(one.loads === 0 ? null : one.bytes / one.loads)}</td>
                  <td>{latency(one.loads === 0 ? null : one.duration_ms / one.loads)}</td>
                  <td>{count(one.loads)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
    </div>
  )
}
