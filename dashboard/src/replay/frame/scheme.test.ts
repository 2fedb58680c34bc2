import { expect, test } from 'vitest'
import { inLight } from './scheme'
import { isHarmless, scrubRecord } from './scrub'

const DARK = '@media (prefers-color-scheme: dark) { a { color: white } }'
const NEVER = '@media (max-width: 0) { a { color: white } }'

test.each([
  [DARK, NEVER],
  ['@media screen and ( prefers-color-scheme:LIGHT )', '@media screen and (min-width: 0)'],
  [
    ':root{color-scheme:light dark;--color-scheme: light dark}',
    ':root{color-scheme: light;--color-scheme: light dark}',
  ],
  // What the page chose itself is how it looked.
  [':root { color-scheme: dark }', ':root { color-scheme: dark }'],
  ['(prefers-color-scheme)', '(prefers-color-scheme)'],
])('%s', (css, light) => expect(inLight(css)).toBe(light))

test('style sheets, rules and media are shown light wherever they stand; words of the page stay', () => {
  const text = (textContent: string) => ({ type: 3, id: 3, textContent })
  const element = (tagName: string, attributes: object, childNodes: object[] = []) => ({
    ...{ type: 2, id: 2, tagName, attributes, childNodes },
  })
  const node = element('div', {}, [
    element('link', { rel: 'stylesheet', _cssText: DARK, media: '(prefers-color-scheme: dark)' }),
    element('style', {}, [text(DARK)]),
    element('p', {}, [text(DARK)]),
  ])
  scrubRecord({ type: 2, timestamp: 0, data: { node } }, () => '')
  expect(node.childNodes).toMatchObject([
    { attributes: { _cssText: NEVER, media: '(max-width: 0)' } },
    { childNodes: [{ textContent: NEVER }] },
    { childNodes: [{ textContent: DARK }] },
  ])
  const added = { source: 8, id: 1, adds: [{ rule: DARK }, null], replaceSync: DARK }
  scrubRecord({ type: 3, timestamp: 0, data: added }, () => '')
  expect(added).toMatchObject({ adds: [{ rule: NEVER }, null], replaceSync: NEVER })
  const adopted = { source: 15, id: 1, styles: [{ styleId: 1, rules: [{ rule: DARK }] }, null] }
  scrubRecord({ type: 3, timestamp: 0, data: adopted }, () => '')
  expect(adopted.styles).toMatchObject([{ rules: [{ rule: NEVER }] }, null])
})

test('a page’s own scheme is kept, and nothing else of what a meta says', () => {
  expect(isHarmless('meta', 'content', 'only dark')).toBe(true)
  expect(isHarmless('meta', 'content', '0; url=https://evil.example')).toBe(false)
})
