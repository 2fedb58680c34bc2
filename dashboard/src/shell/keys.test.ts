import { afterEach, expect, test, vi } from 'vitest'
import { keyListener } from './keys'

afterEach(() => {
  document.body.innerHTML = ''
})

function pressed(keys: KeyboardEventInit[], bindings: Record<string, () => void>, now?: () => number) {
  const listener = keyListener(() => bindings, now)
  document.addEventListener('keydown', listener)
  for (const key of keys) {
    const target = document.activeElement ?? document.body
    target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...key }))
  }
  document.removeEventListener('keydown', listener)
}

test('a key does what it is bound to', () => {
  const j = vi.fn()
  pressed([{ key: 'j' }, { key: 'x' }, { key: 'j' }], { j })
  expect(j).toHaveBeenCalledTimes(2)
})

test('a modifier belongs to the browser', () => {
  const j = vi.fn()
  pressed(
    [
      { key: 'j', ctrlKey: true },
      { key: 'j', metaKey: true },
      { key: 'j', altKey: true },
    ],
    { j },
  )
  expect(j).not.toHaveBeenCalled()
})

test('typing is typing', () => {
  const j = vi.fn()
  document.body.innerHTML = '<input />'
  document.querySelector('input')?.focus()
  pressed([{ key: 'j' }], { j })
  expect(j).not.toHaveBeenCalled()
})

test('an open dialog has the keys', () => {
  const j = vi.fn()
  document.body.innerHTML = '<div role="dialog"></div>'
  pressed([{ key: 'j' }], { j })
  document.body.innerHTML = '<dialog open></dialog>'
  pressed([{ key: 'j' }], { j })
  expect(j).not.toHaveBeenCalled()
})

test('a sequence is two keys within a second', () => {
  const go = vi.fn()
  const clock = vi.fn()
  clock.mockReturnValueOnce(0).mockReturnValueOnce(900)
  pressed([{ key: 'g' }, { key: 's' }], { 'g s': go }, clock)
  expect(go).toHaveBeenCalledTimes(1)
  clock.mockReset().mockReturnValueOnce(0).mockReturnValueOnce(1100)
  pressed([{ key: 'g' }, { key: 's' }], { 'g s': go }, clock)
  expect(go).toHaveBeenCalledTimes(1)
})
