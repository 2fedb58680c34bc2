/** The rules by which a session's ending is told: their order, names, what they look for; with a preview before saving. */

import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { endingRulesQuery, reportsKey, setEndingRules } from '../api/reportQueries'
import type { EndingKind, EndingRule, Step } from '../api/reportTypes'
import { ENDING_DEFINITION } from '../journeys/Endings'
import { Pick } from '../report/Pick'
import { Panel } from '../report/ReportPage'
import { StepPicker } from '../report/StepPicker'
import { Button } from '../shell/Button'
import { Read } from '../shell/Read'
import { SaveBar } from '../shell/SaveBar'
import { useEdited } from '../shell/useEdited'
import {
  type DraftRule,
  draftOf,
  MOST_RULES,
  mistakeInRules,
  NAME_CHARS,
  OFFERED_KINDS,
  RULE_KINDS,
  rulesOf,
  withMovedRule,
  withNewRule,
} from './endingRules'
import { LAST_WEEK } from './GoalEditor'
import classes from './Goals.module.css'
import { RulePreview } from './RulePreview'

export interface RuleEditorProps {
  site: string
  /** Whose endings are previewed; where none is chosen, of the step that loses most. */
  step: Step | null
  onStep: (step: Step | null) => void
}

export function RuleEditor(props: RuleEditorProps) {
  const query = useQuery(endingRulesQuery(props.site))
  const read = (
    <Read query={query} what="The rules" rows={8}>
      {(rules) => <Editor {...props} saved={rules} />}
    </Read>
  )
  return query.data ? read : <Panel title="Endings">{read}</Panel>
}

function Editor({ site, step, onStep, saved }: RuleEditorProps & { saved: readonly EndingRule[] }) {
  const client = useQueryClient()
  const edited = useEdited<readonly DraftRule[]>(draftOf(saved), async (draft) => {
    client.setQueryData(endingRulesQuery(site).queryKey, await setEndingRules(site, rulesOf(draft)))
    await client.invalidateQueries({ queryKey: reportsKey(site) })
    await client.invalidateQueries({ queryKey: ['endings-preview', site] })
  })
  const { value: draft, edit: setDraft } = edited
  const rules = rulesOf(draft)
  const mistake = mistakeInRules(draft)
  const change = (id: number, next: Partial<DraftRule>) =>
    setDraft(draft.map((rule) => (rule.id === id ? { ...rule, ...next } : rule)))
  return (
    <>
      <Panel title="Endings" note="a session that reached a step gets the first that fits">
        <ol className={classes.rows} aria-label="Ending rules">
          {draft.map((rule, place) => (
            <Rule
              key={rule.id}
              site={site}
              rule={rule}
              place={place}
              isFirst={place === 0}
              isLast={place === draft.length - 1}
              isBeforeLast={place === draft.length - 2}
              onChange={(next) => change(rule.id, next)}
              onMove={(by) => setDraft(withMovedRule(draft, rule.id, by))}
              onRemove={() => setDraft(draft.filter((one) => one.id !== rule.id))}
            />
          ))}
        </ol>
        {draft.length < MOST_RULES && (
          <Button icon={<IconPlus size={15} stroke={1.7} />} onClick={() => setDraft(withNewRule(draft))}>
            Add a rule
          </Button>
        )}
        <SaveBar
          what="rules"
          edited={edited}
          isChanged={JSON.stringify(rules) !== JSON.stringify(saved)}
          mistake={mistake}
        />
      </Panel>
      <RulePreview site={site} rules={mistake ? null : rules} step={step} onStep={onStep} />
    </>
  )
}

interface RuleProps {
  site: string
  rule: DraftRule
  place: number
  isFirst: boolean
  isLast: boolean
  isBeforeLast: boolean
  onChange: (next: Partial<DraftRule>) => void
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

const KIND_OPTIONS = OFFERED_KINDS.map((kind) => ({ value: kind, name: RULE_KINDS[kind].name }))

function Rule({ site, rule, place, isFirst, isLast, isBeforeLast, onChange, onMove, onRemove }: RuleProps) {
  const n = place + 1
  return (
    <li>
      <span className={classes.number} aria-hidden="true">
        {n}
      </span>
      <input
        className={classes.name}
        aria-label={`Name of rule ${n}`}
        placeholder="Name, such as Abandoned at payment"
        value={rule.name}
        maxLength={NAME_CHARS}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <span className={classes.what}>
        {isLast ? (
          <span className={classes.quiet}>anything else</span>
        ) : (
          <Pick<EndingKind>
            label="a session that"
            value={rule.kind}
            options={KIND_OPTIONS}
            onChange={(kind) => onChange({ kind, labels: [] })}
          />
        )}
        <Labels site={site} rule={rule} onLabels={(labels) => onChange({ labels })} />
        <span className={classes.definition}>{ENDING_DEFINITION[rule.kind]}</span>
      </span>
      <span className={classes.tools}>
        <button type="button" aria-label={`Move rule ${n} up`} disabled={isFirst || isLast} onClick={() => onMove(-1)}>
          <IconArrowUp size={15} stroke={1.7} />
        </button>
        <button
          type="button"
          aria-label={`Move rule ${n} down`}
          disabled={isLast || isBeforeLast}
          onClick={() => onMove(1)}
        >
          <IconArrowDown size={15} stroke={1.7} />
        </button>
        <button type="button" aria-label={`Remove rule ${n}`} disabled={isLast} onClick={onRemove}>
          <IconTrash size={15} stroke={1.6} />
        </button>
      </span>
    </li>
  )
}

/** What a rule is about: of its kind of step any, or some. */
function Labels({
  site,
  rule,
  onLabels,
}: {
  site: string
  rule: DraftRule
  onLabels: (labels: readonly string[]) => void
}) {
  const { labels: about } = RULE_KINDS[rule.kind]
  if (!about) return null
  return (
    <>
      {rule.labels.map((label, place) => (
        <StepPicker
          key={label}
          site={site}
          params={LAST_WEEK}
          label={place === 0 ? '' : 'or'}
          empty=""
          step={{ kind: about.kind, label }}
          kind={about.kind}
          isKindFixed
          onChange={(next) => onLabels(rule.labels.map((one, at) => (at === place ? next.label : one)))}
          onClear={() => onLabels(rule.labels.filter((_, at) => at !== place))}
        />
      ))}
      <StepPicker
        site={site}
        params={LAST_WEEK}
        label=""
        empty={rule.labels.length === 0 ? about.any : 'or …'}
        step={null}
        kind={about.kind}
        isKindFixed
        onChange={(next) => {
          if (!rule.labels.includes(next.label)) onLabels([...rule.labels, next.label])
        }}
      />
    </>
  )
}
