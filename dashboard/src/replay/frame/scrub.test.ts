import { expect, test } from 'vitest'
import { isHarmless, scrubRecord } from './scrub'

// biome-ignore lint/suspicious/noExplicitAny: a recorded node, of which a test looks at parts
const scrubbed = (node: object): any => {
  const record = { type: 2, timestamp: 0, data: { node } }
  expect(scrubRecord(record, () => '')).toBe(true)
  return record.data.node
}
const element = (tagName: string, attributes: object = {}, childNodes: object[] = []) => ({
  type: 2,
  id: 1,
  tagName,
  attributes,
  childNodes,
})

test('what acts or leads elsewhere is taken out, what shows how it looked stays', () => {
  const { attributes } = scrubbed(
    element('a', {
      class: 'button',
      href: 'https://shop.example/',
      onclick: 'x()',
      onpointerrawupdate: 'x()',
      ping: 'https://evil.example',
      style: 'color: red',
      srcdoc: '<p>',
    }),
  )
  expect(attributes).toEqual({ class: 'button', href: 'https://shop.example/', style: 'color: red' })
})

test.each(['object', 'embed', 'base', 'portal', 'x:object', 'FRAME', 'not a tag', ''])('%s becomes nothing', (tag) => {
  const node = scrubbed(element(tag, { data: 'x' }, [element('p')]))
  if (tag === 'not a tag' || tag === '') expect(node.tagName).toBe('fp-removed')
  else expect(node).toMatchObject({ tagName: 'fp-removed', attributes: {}, childNodes: [] })
})

test('scripts are empty, wherever they stand', () => {
  expect(
    scrubbed(element('div', {}, [element('svg:script', { href: 'x' }, [element('p')])])).childNodes[0],
  ).toMatchObject({ tagName: 'noscript', attributes: {}, childNodes: [] })
})

test('links that open connections are nothing; those with a recorded style sheet stay', () => {
  expect(scrubbed(element('link', { rel: 'preconnect', href: 'https://evil.example' })).tagName).toBe('fp-removed')
  expect(scrubbed(element('link', { rel: 'dns-prefetch stylesheet', href: 'x' })).tagName).toBe('fp-removed')
  expect(scrubbed(element('link', { rel: 'stylesheet', href: 'x.css', _cssText: 'a{}' }))).toMatchObject({
    tagName: 'link',
    attributes: { _cssText: 'a{}' },
  })
})

test.each([
  ['a', 'href', 'javascript:alert(1)'],
  ['a', 'href', ' \u0001java\nscr\tipt:alert(1)'],
  ['a', 'xlink:href', 'JaVaScRiPt:alert(1)'],
  ['animate', 'values', 'x;javascript:alert(1)'],
  ['a', 'href', 'data:text/html,<script>'],
  ['iframe', 'src', 'https://evil.example'],
  ['link', 'rel', 'preconnect'],
  ['link', 'imagesrcset', 'x'],
  ['meta', 'http-equiv', 'refresh'],
  ['meta', 'content', '0;url=https://evil.example'],
  ['form', 'action', 'https://evil.example'],
])('%s %s=%s is not harmless', (tag, name, value) => expect(isHarmless(tag, name, value)).toBe(false))

test.each([
  ['img', 'src', 'data:image/svg+xml,<svg/>'],
  ['img', 'src', 'https://shop.example/a.png'],
  ['p', 'title', 'about javascript: a language'],
  ['input', 'value', 'x'],
])('%s %s=%s is', (tag, name, value) => expect(isHarmless(tag, name, value)).toBe(true))

test('changes of attributes and added nodes are cleaned too, by the node they are of', () => {
  const data = {
    source: 0,
    adds: [{ parentId: 1, nextId: null, node: element('p', { onclick: 'x' }) }, 'nonsense'],
    removes: null,
    texts: undefined,
    attributes: [{ id: 7, attributes: { src: 'https://evil.example', class: 'a' } }],
  }
  const record = { type: 3, timestamp: 0, data: data as never }
  expect(scrubRecord(record, (id) => (id === 7 ? 'iframe' : ''))).toBe(true)
  expect(record.data).toMatchObject({
    adds: [{ node: { attributes: {} } }],
    removes: [],
    texts: [],
    attributes: [{ id: 7, attributes: { class: 'a' } }],
  })
})

test('a tree of any depth is cleaned', () => {
  let node: object = element('b', { onclick: 'x' })
  for (let depth = 0; depth < 50_000; depth += 1) node = element('div', { onclick: 'x' }, [node])
  expect(scrubbed(node).attributes).toEqual({})
})

test('fonts come from the recording, or not at all', () => {
  const font = (data: object) => scrubRecord({ type: 3, timestamp: 0, data: { source: 10, ...data } }, () => '')
  expect(font({ fontSource: 'url(https://evil.example/a.woff)' })).toBe(false)
  expect(font({ fontSource: 'url("data:font/woff2;base64,AA")' })).toBe(true)
  expect(font({ fontSource: '[1,2]', buffer: true })).toBe(true)
})

test('a name that objects have of their own is no element', () => {
  expect(scrubbed(element('constructor', { id: 'a' })).tagName).not.toBe('constructor')
})
