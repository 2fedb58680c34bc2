/** What a site calls success, and how its sessions are told to have ended: the two things all journeys rest on. */

import type { JourneysViewProps } from '../journeys/JourneysPage'
import { parseStep, stepText } from '../report/stepWords'
import { GoalEditor } from './GoalEditor'
import classes from './Goals.module.css'
import { RuleEditor } from './RuleEditor'

export function GoalsView({ site, search, tabs, onSearch }: JourneysViewProps) {
  return (
    <div className={classes.page}>
      {tabs}
      <div className={classes.bar}>
        <h1>Goals and endings</h1>
        <p className={classes.intro}>
          They decide what drop-off, endings, error impact and completions say, of the past too. Who has a link to a
          number keeps the meaning that it had.
        </p>
      </div>
      <GoalEditor site={site} />
      <RuleEditor
        site={site}
        step={parseStep(search.step)}
        onStep={(step) => {
          const { step: _, ...rest } = search
          onSearch(step ? { ...rest, step: stepText(step) } : rest, { replace: true })
        }}
      />
    </div>
  )
}
