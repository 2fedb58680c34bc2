/** One of a few, in the app's manner: what it is about, and what is chosen. */

import { Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import menu from '../shell/Menu.module.css'
import classes from './Pick.module.css'

export interface PickProps<Value extends string> {
  label: string
  value: Value
  options: readonly { value: Value; name: string; note?: string }[]
  onChange: (value: Value) => void
}

export function Pick<Value extends string>({ label, value, options, onChange }: PickProps<Value>) {
  const chosen = options.find((one) => one.value === value)
  return (
    <Menu position="bottom-start" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <UnstyledButton className={classes.pick}>
          <span className={classes.label}>{label}</span> <bdi>{chosen?.name ?? value}</bdi>
          <IconChevronDown size={14} stroke={1.6} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={classes.dropdown}>
        {options.map((one) => (
          <Menu.Item
            key={one.value}
            role="menuitemradio"
            aria-checked={one.value === value}
            rightSection={one.value === value ? <IconCheck size={15} stroke={1.8} /> : null}
            onClick={() => onChange(one.value)}
          >
            {one.name}
            {one.note && <span className={menu.note}>{one.note}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

export interface PickManyProps<Value extends string> {
  label: string
  values: readonly Value[]
  options: readonly { value: Value; name: string }[]
  /** Said on the button. */
  summary: string
  onChange: (values: Value[]) => void
}

/** Several of a few, of which at least one. */
export function PickMany<Value extends string>({ label, values, options, summary, onChange }: PickManyProps<Value>) {
  const toggle = (value: Value) => {
    const next = options.map((one) => one.value).filter((one) => (one === value) !== values.includes(one))
    if (next.length > 0) onChange(next)
  }
  return (
    <Menu
      position="bottom-start"
      offset={6}
      classNames={menu}
      transitionProps={{ duration: 80 }}
      closeOnItemClick={false}
    >
      <Menu.Target>
        <UnstyledButton className={classes.pick}>
          <span className={classes.label}>{label}</span> {summary}
          <IconChevronDown size={14} stroke={1.6} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={classes.dropdown}>
        {options.map((one) => (
          <Menu.Item
            key={one.value}
            role="menuitemcheckbox"
            aria-checked={values.includes(one.value)}
            rightSection={values.includes(one.value) ? <IconCheck size={15} stroke={1.8} /> : null}
            onClick={() => toggle(one.value)}
          >
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
