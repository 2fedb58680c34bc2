/** What is told of one node: its selector, its box, and the styles that are not those of an element without any. */

import type { Box, NodeDetails, Sides } from '../../messages'
import type { Stage } from '../stage'
import { rectInPage } from './overlay'
import { pathTo, treeNode } from './tree'

export function detailsOf(stage: Stage, id: number): NodeDetails | null {
  const node = stage.node(id)
  if (!node) return null
  const element = node.nodeType === 1 ? (node as HTMLElement) : null
  const window = element?.ownerDocument.defaultView
  const computed = element && window ? window.getComputedStyle(element) : null
  return {
    node: treeNode(stage, node),
    selector: element ? selectorOf(element) : '',
    box: element && computed ? boxOf(element, computed) : null,
    styles: element && computed ? ownStyles(element, computed) : [],
    path: pathTo(stage, node),
  }
}

function boxOf(element: Element, computed: CSSStyleDeclaration): Box {
  const { left, top, width, height } = rectInPage(element)
  const sides = (name: string, suffix = ''): Sides => {
    const px = (side: string) => Number.parseFloat(computed.getPropertyValue(`${name}-${side}${suffix}`)) || 0
    return [px('top'), px('right'), px('bottom'), px('left')]
  }
  const [x, y, w, h] = [left, top, width, height].map((value) => Math.round(value * 10) / 10) as Sides
  return {
    x,
    y,
    width: w,
    height: h,
    margin: sides('margin'),
    border: sides('border', '-width'),
    padding: sides('padding'),
  }
}

/** Follow from others, or from the size of the window: said by the box. */
const DERIVED =
  /^(-webkit-|perspective-origin|transform-origin|block-size|inline-size|min-.*-size|max-.*-size|inset-|.*-(block|inline)(-|$))/

/** Computed styles that differ from those of an unknown element beside it. */
function ownStyles(element: Element, computed: CSSStyleDeclaration): [string, string][] {
  const { ownerDocument: document } = element
  const plain = document.createElement('fp-plain')
  document.documentElement.append(plain)
  const initial = document.defaultView?.getComputedStyle(plain)
  const found: [string, string][] = []
  for (const name of computed) {
    const value = computed.getPropertyValue(name)
    if (!DERIVED.test(name) && value !== initial?.getPropertyValue(name)) found.push([name, value])
  }
  plain.remove()
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A selector that finds the element in its document or shadow root, as short as its id, name or place allow. */
export function selectorOf(element: Element): string {
  const root = element.getRootNode() as Document | ShadowRoot
  const finds = (selector: string) => {
    const found = root.querySelectorAll(selector)
    return found.length === 1 && found[0] === element
  }
  const parts: string[] = []
  for (let one: Element | null = element; one; one = one.parentElement) {
    parts.unshift(partOf(one))
    const selector = parts.join(' > ')
    if (finds(selector)) return selector
    const placed = `${parts[0]}${placeOf(one)}`
    parts[0] = placed
    if (finds(parts.join(' > '))) return parts.join(' > ')
  }
  return parts.join(' > ')
}

function partOf(element: Element): string {
  const tag = CSS.escape(element.localName)
  if (element.id && !/\d{3}/.test(element.id)) return `#${CSS.escape(element.id)}`
  for (const name of ['data-testid', 'data-test', 'name']) {
    const value = element.getAttribute(name)
    if (value) return `${tag}[${name}="${CSS.escape(value)}"]`
  }
  const classes = [...element.classList].filter((name) => /^[a-z][\w-]*$/i.test(name)).slice(0, 2)
  return tag + classes.map((name) => `.${CSS.escape(name)}`).join('')
}

function placeOf(element: Element): string {
  const alike = [...(element.parentElement?.children ?? [])].filter((one) => one.localName === element.localName)
  return alike.length > 1 ? `:nth-of-type(${alike.indexOf(element) + 1})` : ''
}
