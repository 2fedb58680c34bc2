/** Light, dark, or as the system says. */

import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import menu from './Menu.module.css'

const CHOICES: {
  scheme: MantineColorScheme
  label: string
  Icon: typeof IconSun
}[] = [
  { scheme: 'auto', label: 'As the system', Icon: IconDeviceDesktop },
  { scheme: 'light', label: 'Light', Icon: IconSun },
  { scheme: 'dark', label: 'Dark', Icon: IconMoon },
]

export function ThemeSwitch({ className }: { className: string | undefined }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const chosen = CHOICES.find((choice) => choice.scheme === colorScheme) ?? CHOICES[0]
  const Icon = chosen?.Icon ?? IconSun
  return (
    <Menu position="bottom-end" offset={6} classNames={menu} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <UnstyledButton className={className} aria-label={`Theme: ${chosen?.label}`} title="Theme">
          <Icon size={17} stroke={1.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        {CHOICES.map(({ scheme, label, Icon: ChoiceIcon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<ChoiceIcon size={16} stroke={1.6} />}
            rightSection={scheme === colorScheme ? <IconCheck size={15} stroke={1.8} /> : null}
            onClick={() => setColorScheme(scheme)}
            role="menuitemradio"
            aria-checked={scheme === colorScheme}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
