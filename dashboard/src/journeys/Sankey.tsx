/**
 * The Sankey diagram. ECharts lays it out and draws it on a canvas: its SVG needs inline styles, which the page's
 * policy forbids; the tooltip is ours for the same reason. A table of the same numbers stands below it.
 */

import { SankeyChart } from 'echarts/charts'
import { type ECharts, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { PathsReport } from '../api/reportTypes'
import { latency } from '../format/durations'
import { count, counted } from '../format/numbers'
import { percent } from '../report/readings'
import { loopText, moreText, STEP_KIND, shortened } from '../report/stepWords'
import { useWindowWidth } from '../sessions/useWindowWidth'
import classes from './Paths.module.css'
import { type DrawnNode, drawnNodes, stepKey, wayTo } from './sankey'

/** A column with its labels needs so much; on a narrow screen the drawing scrolls sideways. */
const COLUMN_PX = 168
const ROW_PX = 54
const LABEL_CHARACTERS = 21

let isReady = false

/** Registers the parts of ECharts that are used; once. */
function prepare() {
  if (!isReady) use([SankeyChart, CanvasRenderer])
  isReady = true
}

export interface SankeyProps {
  report: PathsReport
  /** Place of the node that is chosen. */
  chosen: number | null
  onChoose: (place: number | null) => void
}

interface Tip {
  key: string
  x: number
  y: number
}

export function Sankey({ report, chosen, onChoose }: SankeyProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const [tip, setTip] = useState<Tip | null>(null)
  const scheme = useScheme()
  const width = useWindowWidth()
  const drawn = useMemo(() => drawnNodes(report), [report])
  const byKey = useMemo(() => new Map(drawn.map((node) => [node.key, node])), [drawn])
  const columns = Math.max(1, ...drawn.map((node) => node.column + 1))
  const rows = Math.max(
    ...Array.from({ length: columns }, (_, at) => drawn.filter((one) => one.column === at).length),
    1,
  )
  const height = Math.max(220, Math.min(680, rows * ROW_PX + 20))
  const choose = useRef(onChoose)
  useEffect(() => {
    choose.current = onChoose
  })

  useEffect(() => {
    const element = box.current
    if (!element) return
    prepare()
    const made = init(element, null, { renderer: 'canvas' })
    chart.current = made
    const keyOf = (params: unknown): string => {
      const { dataType, data } = params as { dataType?: string; data: { name?: string; target?: string } }
      return (dataType === 'edge' ? data.target : data.name) ?? ''
    }
    made.on('mousemove', (params) => {
      const { offsetX, offsetY } = params.event as unknown as { offsetX: number; offsetY: number }
      setTip({ key: keyOf(params), x: offsetX, y: offsetY })
    })
    made.on('mouseout', () => setTip(null))
    made.on('click', (params) => {
      const key = keyOf(params)
      if (key.startsWith('n')) choose.current(Number(key.slice(1)))
    })
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours, another width other room.
  useEffect(() => {
    const element = box.current
    if (!element || !chart.current) return
    chart.current.setOption(optionOf({ report, drawn, chosen, columns, element }), { notMerge: true })
    chart.current.resize()
  }, [report, drawn, chosen, columns, scheme, width])

  const pointed = tip && byKey.get(tip.key)
  return (
    <div className={classes.scroller}>
      <div className={classes.canvas} style={{ minWidth: `${columns * COLUMN_PX}px`, height: `${height}px` }}>
        <div
          ref={box}
          className={classes.plot}
          role="img"
          aria-label={`Paths of ${counted(report.with_path, 'session')} over ${columns} steps; the table below has the same numbers`}
        />
        {tip && pointed && <NodeTip report={report} node={pointed} x={tip.x} y={tip.y} />}
      </div>
    </div>
  )
}

function NodeTip({ report, node, x, y }: { report: PathsReport; node: DrawnNode; x: number; y: number }) {
  const { nodes, direction } = report
  const of = nodes[node.place]
  if (!of) return null
  const isRest = node.kind === 'rest'
  const parent = isRest ? of : nodes[of.parent ?? 0]
  const loop = isRest ? null : loopText(of.repeats_average)
  const before = parent?.step?.label
  return (
    <div className={classes.tip} style={{ left: `${x}px`, top: `${y}px` }} data-low={y > 160 || undefined}>
      <strong>
        <bdi>{isRest || !of.step ? moreText(node.different, 'step') : of.step.label}</bdi>
        {of.step && !isRest && of.step.kind !== 'page' && <span> {STEP_KIND[of.step.kind].one.toLowerCase()}</span>}
      </strong>
      <span>
        {counted(node.sessions, 'session')}
        {parent && parent.sessions > 0 && before !== undefined && (
          <>
            , {percent(node.sessions / parent.sessions)} {direction === 'backwards' ? 'of those at' : 'of those from'}{' '}
            <bdi>{shortened(before, 36)}</bdi>
          </>
        )}
      </span>
      {!isRest && of.time_from_parent && <span>median {latency(of.time_from_parent.median_ms)} to get here</span>}
      {!isRest && of.ended > 0 && (
        <span>
          {count(of.ended)} {direction === 'backwards' ? 'began' : 'ended'} here
        </span>
      )}
      {loop && <span>{loop} on average</span>}
    </div>
  )
}

interface OptionInput {
  report: PathsReport
  drawn: readonly DrawnNode[]
  chosen: number | null
  columns: number
  element: HTMLElement
}

function optionOf({ report, drawn, chosen, columns, element }: OptionInput) {
  const { nodes } = report
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const colours = {
    page: colour('--accent'),
    error: colour('--error-bar'),
    request: colour('--warn'),
    rest: colour('--bar'),
    text: colour('--text'),
    quiet: colour('--text-3'),
  }
  const way = new Set(chosen === null ? [] : wayTo(nodes, chosen).map(stepKey))
  const fontFamily = style.fontFamily
  const rightOf = (column: number) => column === columns - 1
  const share = (node: DrawnNode) => {
    const of = nodes[node.place]
    const parent = node.kind === 'rest' ? of : nodes[of?.parent ?? 0]
    return parent && parent.sessions > 0 && node.column > 0 ? percent(node.sessions / parent.sessions) : null
  }
  return {
    animation: false,
    textStyle: { fontFamily },
    series: [
      {
        type: 'sankey' as const,
        left: 2,
        right: 150,
        top: 10,
        bottom: 10,
        nodeWidth: 9,
        nodeGap: 26,
        // Nodes stay in the order they came in: most sessions on top.
        layoutIterations: 0,
        draggable: false,
        emphasis: { focus: 'trajectory' as const, lineStyle: { opacity: 0.5 } },
        blur: { lineStyle: { opacity: 0.08 }, itemStyle: { opacity: 0.35 }, label: { opacity: 0.4 } },
        data: drawn.map((node) => {
          const step = node.kind === 'step' ? nodes[node.place]?.step : null
          const fill = !step
            ? colours.rest
            : step.kind === 'error'
              ? colours.error
              : step.kind === 'request'
                ? colours.request
                : colours.page
          const loop = step ? loopText(nodes[node.place]?.repeats_average ?? 1) : null
          const name = step ? shortened(step.label, LABEL_CHARACTERS) : `${count(node.different)} more`
          const part = share(node)
          return {
            name: node.key,
            value: node.sessions,
            depth: node.column,
            itemStyle: { color: fill ?? colours.page, borderWidth: 0, opacity: step ? 1 : 0.6 },
            label: {
              position: 'right' as const,
              distance: 6,
              color: step ? colours.text : colours.quiet,
              fontSize: 12,
              lineHeight: 15,
              fontFamily,
              width: rightOf(node.column) ? 136 : 150,
              overflow: 'truncate' as const,
              formatter: `{name|${safe(name)}${loop ? ` ${loop}` : ''}}\n{n|${count(node.sessions)}${part ? ` · ${part}` : ''}}`,
              rich: {
                name: { fontSize: 12, lineHeight: 15, fontFamily, color: step ? colours.text : colours.quiet },
                n: { fontSize: 11, lineHeight: 14, fontFamily, color: colours.quiet },
              },
            },
          }
        }),
        links: drawn.flatMap((node) =>
          node.from === null
            ? []
            : [
                {
                  source: node.from,
                  target: node.key,
                  value: node.sessions,
                  lineStyle: {
                    color: node.kind === 'rest' ? colours.rest : colours.page,
                    opacity: way.has(node.key) ? 0.55 : node.kind === 'rest' ? 0.16 : 0.2,
                    curveness: 0.5,
                  },
                },
              ],
        ),
      },
    ],
  }
}

/** Braces and bars have a meaning in rich labels. */
function safe(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')').replaceAll('|', '¦')
}

/** The theme that is on, renewed when it changes. */
function useScheme(): string | null {
  const [scheme, setScheme] = useState(() => document.documentElement.getAttribute('data-mantine-color-scheme'))
  useEffect(() => {
    const root = document.documentElement
    const observer = new MutationObserver(() => setScheme(root.getAttribute('data-mantine-color-scheme')))
    observer.observe(root, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] })
    return () => observer.disconnect()
  }, [])
  return scheme
}
