/** A step: its kind as a sign and a word, its label as it is, from whichever side it is read. */

import {
  IconAlertTriangle,
  IconArrowsLeftRight,
  IconBolt,
  IconClick,
  IconFile,
  IconForms,
  IconSend,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Step, StepKind } from '../api/reportTypes'
import classes from './StepMark.module.css'
import { STEP_KIND } from './stepWords'

const ICON: Record<StepKind, TablerIcon> = {
  page: IconFile,
  click: IconClick,
  input: IconForms,
  submit: IconSend,
  request: IconArrowsLeftRight,
  error: IconAlertTriangle,
  custom: IconBolt,
}

export function StepMark({ step }: { step: Step }) {
  const Icon = ICON[step.kind]
  return (
    <span className={classes.step} data-kind={step.kind} title={`${STEP_KIND[step.kind].one}: ${step.label}`}>
      <Icon size={14} stroke={1.7} aria-hidden="true" />
      <span className="visually-hidden">{STEP_KIND[step.kind].one} </span>
      <bdi>{step.label}</bdi>
    </span>
  )
}
