/** The fields of each kind of event. A kind that this dashboard does not know yet shows as its JSON. */

import type { ReactNode } from 'react'
import type { EventKind, EventKinds, Props } from '../api/types'
import { latency } from '../format/durations'
import { bytes, count, counted, NOTHING } from '../format/numbers'
import {
  END_REASON,
  ERROR_SOURCE,
  FRUSTRATION,
  NAVIGATION,
  REQUEST_FAILURE,
  VITAL,
  VITAL_RATING,
} from '../format/words'
import { Field } from './Fields'
import { hasFailed } from './kinds'
import { ResourceTable } from './ResourceTable'
import { namedKind } from './timeline'

export interface KindFieldsProps {
  kind: EventKind
  path: string | null
  /** The path with ids replaced. */
  route: string | null
}

export function KindFields({ kind, path, route }: KindFieldsProps): ReactNode {
  const { name, fields } = namedKind(kind)
  const template =
    route && route !== path ? (
      <Field name="Route" mono>
        {route}
      </Field>
    ) : null
  switch (name) {
    case 'page_view':
      return (
        <>
          <Field name="URL" mono>
            {fields.url}
          </Field>
          {template}
          {fields.title && <Field name="Title">{fields.title}</Field>}
          <Field name="Shown by">{NAVIGATION[fields.navigation]}</Field>
          {fields.referrer && (
            <Field name="Referrer" mono>
              {fields.referrer}
            </Field>
          )}
        </>
      )
    case 'click':
      return (
        <>
          <Field name="Label">{fields.label ?? 'None that may be read'}</Field>
          <Field name="Role">{fields.role}</Field>
          <Field name="Selector" mono>
            {fields.selector}
          </Field>
          <Field name="Position">
            {count(fields.x)}, {count(fields.y)} px
          </Field>
        </>
      )
    case 'submit':
      return (
        <>
          <Field name="Form">{fields.form}</Field>
          <Field name="Filled">{fields.fields?.join(', ') || 'No field'}</Field>
        </>
      )
    case 'input':
      return (
        <>
          {fields.form && <Field name="Form">{fields.form}</Field>}
          <Field name="Field">{fields.field}</Field>
          <Field name="First input">{fields.first ? 'Yes, of this form on this page' : 'No'}</Field>
        </>
      )
    case 'scroll':
      return <Field name="Deepest point">{fields.depth_pct} % of the page</Field>
    case 'custom':
      return (
        <>
          <Field name="Name">{fields.name}</Field>
          <PropFields props={fields.props} />
        </>
      )
    case 'request':
      return <RequestFields fields={fields} template={template} />
    case 'error':
      // The message and the stack are told above, with what was going on.
      return <Field name="Seen as">{ERROR_SOURCE[fields.source]}</Field>
    case 'vital':
      return <VitalFields fields={fields} />
    case 'page_load':
      return (
        <>
          <Field name="First byte">{latency(fields.ttfb_ms)}</Field>
          <Field name="DOM ready">{latency(fields.dom_ready_ms)}</Field>
          <Field name="Loaded">{latency(fields.load_ms)}</Field>
          <Field name="Document">{bytes(fields.transfer_bytes)}</Field>
        </>
      )
    case 'resources':
      return <ResourceTable byType={fields.by_type} heaviest={fields.heaviest} />
    case 'visibility':
      return <Field name="Active before">{latency(fields.active_ms)}</Field>
    case 'frustration':
      return (
        <>
          <Field name={FRUSTRATION[fields.kind].name} tone="warn">
            {FRUSTRATION[fields.kind].definition}
          </Field>
          <Field name="Target">{fields.label ? `“${fields.label}” ${fields.role}` : fields.role}</Field>
          <Field name="Click">Event {fields.click_seq} of the same tab</Field>
        </>
      )
    case 'identify':
      return (
        <>
          <Field name="User">{fields.user_id}</Field>
          <PropFields props={fields.traits} />
        </>
      )
    case 'session_end':
      return <Field name="Reason">{END_REASON[fields.reason]}</Field>
    default:
      return (
        <Field name={name} mono>
          {JSON.stringify(fields)}
        </Field>
      )
  }
}

function PropFields({ props }: { props: Props | null | undefined }) {
  return Object.entries(props ?? {}).map(([name, value]) => (
    <Field key={name} name={name}>
      {typeof value === 'number' ? value : String(value)}
    </Field>
  ))
}

function RequestFields({ fields, template }: { fields: EventKinds['request']; template: ReactNode }) {
  const { status, failure, method, url, duration_ms, size_bytes, initiator } = fields
  const outcome = failure ? REQUEST_FAILURE[failure] : String(status)
  return (
    <>
      <Field name="Request" mono>
        {method} {url}
      </Field>
      {template}
      <Field name="Status" tone={hasFailed(fields) ? 'warn' : undefined}>
        {outcome}
        {hasFailed(fields) && !failure && ', failed'}
      </Field>
      <Field name="Duration">{latency(duration_ms)}</Field>
      <Field name="Size">
        {size_bytes === null || size_bytes === undefined ? `${NOTHING} not told by the browser` : bytes(size_bytes)}
      </Field>
      <Field name="Made by">{initiator === 'fetch' ? 'fetch' : 'XMLHttpRequest'}</Field>
    </>
  )
}

function VitalFields({ fields }: { fields: EventKinds['vital'] }) {
  const { name, value, rating, attribution } = fields
  const phases = Object.entries(attribution?.phases_ms ?? {})
  return (
    <>
      <Field name={name}>{VITAL[name]}</Field>
      <Field name="Value" tone={rating === 'poor' ? 'warn' : undefined}>
        {name === 'CLS' ? value.toFixed(3) : latency(value)}, {VITAL_RATING[rating].toLowerCase()}
      </Field>
      {attribution?.target && (
        <Field name="Element" mono>
          {attribution.target}
        </Field>
      )}
      {attribution?.resource_url && (
        <Field name="Resource" mono>
          {attribution.resource_url}
        </Field>
      )}
      {attribution?.interaction && <Field name="Interaction">{attribution.interaction}</Field>}
      {attribution?.load_state && <Field name="Load state">{attribution.load_state}</Field>}
      {phases.length > 0 && (
        <Field name={counted(phases.length, 'phase')}>
          {phases.map(([phase, ms]) => `${phase.replaceAll('_', ' ')} ${latency(ms)}`).join(' · ')}
        </Field>
      )}
    </>
  )
}
