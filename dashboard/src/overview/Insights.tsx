/** What changed most against the period before, as sentences; each with the doors to its sessions, now and before. */

import { IconTrendingDown, IconTrendingUp } from '@tabler/icons-react'
import type { Insight, OverviewReport } from '../api/reportTypes'
import { count } from '../format/numbers'
import { Door } from '../report/Door'
import { Panel } from '../report/ReportPage'
import { sentence } from '../shell/Failed'
import classes from './Insights.module.css'

/** Of these more is worse; of the others nobody can say. */
function toneOf({ subject, step, sessions }: Insight): 'worse' | 'better' | 'neither' {
  const isBad = subject === 'with_errors' || subject === 'bounced' || step?.kind === 'error' || step?.kind === 'request'
  if (!isBad) return 'neither'
  return sessions.now > sessions.before ? 'worse' : 'better'
}

/** What went to nothing is not `0.0 ×` of what it was. */
export function insightText({ text, sessions }: Pick<Insight, 'text' | 'sessions'>): string {
  return sessions.now === 0 ? text.replace(/\b(is|are) 0\.0 × the period before/, 'fell to none') : text
}

export function Insights({ report }: { report: OverviewReport }) {
  const { insights, previous } = report
  if (!previous) {
    return (
      <Panel title="What changed" className={classes.insights}>
        <p className={classes.none}>There is no period before this one yet to compare with.</p>
      </Panel>
    )
  }
  return (
    <Panel title="What changed" note="against the period before" className={classes.insights}>
      {insights.length === 0 ? (
        <p className={classes.none}>Nothing changed by more than chance would.</p>
      ) : (
        <ol>
          {insights.map((insight) => {
            const isUp = insight.sessions.now >= insight.sessions.before
            const Icon = isUp ? IconTrendingUp : IconTrendingDown
            return (
              <li key={insight.text} data-tone={toneOf(insight)}>
                <Icon size={16} stroke={1.8} aria-hidden="true" />
                <span className={classes.text} dir="auto">
                  {sentence(insightText(insight))}
                </span>
                <span className={classes.doors}>
                  <Door selection={insight.selection} n={insight.sessions.now} /> now,{' '}
                  <Door selection={insight.selection} n={insight.sessions.before} part={previous.range}>
                    {count(insight.sessions.before)}
                  </Door>{' '}
                  before
                </span>
              </li>
            )
          })}
        </ol>
      )}
    </Panel>
  )
}
