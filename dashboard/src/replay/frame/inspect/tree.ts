/** The page as a tree: through shadow roots and frames, without what the player has put in, every text cut to a size. */

import type { TreeNode } from '../../messages'
import { isMasked } from '../masked'
import type { Stage } from '../stage'

/** What is shown of a text, an attribute's value, and of how many attributes and children. */
const MAX_TEXT = 2000
const MAX_ATTRIBUTES = 200
const MAX_CHILDREN = 5000
/** A text that fits on its element's line. */
const INLINE_TEXT = 80
const MAX_FOUND = 500

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)

const isShadowRoot = (node: Node): node is ShadowRoot => node.nodeType === 11 && 'host' in node

/** Nodes below a node, in order; a shadow root comes before an element's own children. */
export function nodesBelow(stage: Stage, node: Node): Node[] {
  const nodes: Node[] = []
  if (node.nodeType === 1) {
    const { shadowRoot } = node as Element
    if (shadowRoot) nodes.push(shadowRoot)
    if (node.nodeName === 'IFRAME') {
      const inner = (node as HTMLIFrameElement).contentDocument
      if (inner && stage.idOf(inner) > 0) nodes.push(inner)
    }
  }
  for (const child of node.childNodes) {
    if (stage.idOf(child) <= 0) continue
    if (child.nodeType === 3 && child.nodeValue?.trim() === '') continue
    nodes.push(child)
  }
  return nodes
}

export function childrenOf(stage: Stage, node: Node): TreeNode[] {
  return nodesBelow(stage, node)
    .slice(0, MAX_CHILDREN)
    .map((child) => treeNode(stage, child))
}

export function treeNode(stage: Stage, node: Node): TreeNode {
  const children = nodesBelow(stage, node)
  const only = children.length === 1 && children[0]?.nodeType === 3 ? (children[0].nodeValue ?? '').trim() : null
  const text = only !== null && only.length <= INLINE_TEXT ? only : null
  const recorded = stage.recorded(node)
  const element = node.nodeType === 1 ? (node as Element) : null
  const attributes = element ? attributesOf(element) : []
  const value = attributes.find(([name]) => name === 'value')?.[1]
  return {
    id: stage.idOf(node),
    type: typeOf(node),
    name: element ? element.localName : cut((node.nodeValue ?? node.nodeName).trim()),
    attributes,
    nChildren: children.length,
    text,
    masked: isMasked(text ?? (node.nodeType === 3 ? (node.nodeValue ?? '') : (value ?? ''))),
    blocked: isBlocked(recorded),
  }
}

function typeOf(node: Node): TreeNode['type'] {
  if (isShadowRoot(node)) return 'shadow'
  switch (node.nodeType) {
    case 9:
      return 'document'
    case 10:
      return 'doctype'
    case 1:
      return 'element'
    case 8:
      return 'comment'
    default:
      return 'text'
  }
}

/** Attributes as they are now. What rrweb marks while it plays is left out. */
function attributesOf(element: Element): [string, string][] {
  const found: [string, string][] = []
  for (const { name, value } of element.attributes) {
    if (found.length === MAX_ATTRIBUTES) break
    if (name === 'class') {
      const own = value.replace(/(^|\s)(:hover|rrweb-paused)(?=\s|$)/g, '').trim()
      if (own !== '' || value === '') found.push([name, cut(own)])
    } else if (!name.startsWith('rrweb-')) {
      found.push([name, cut(value)])
    }
  }
  return found
}

/** Of a blocked part the recorder tells the size of its box, and nothing in it. */
function isBlocked(recorded: Record<string, unknown> | null): boolean {
  const attributes = recorded?.attributes
  return typeof attributes === 'object' && attributes !== null && 'rr_width' in attributes && 'rr_height' in attributes
}

/** Ids from the page to the node, the node's included. */
export function pathTo(stage: Stage, node: Node): number[] {
  const path: number[] = []
  for (let one: Node | null = node; one; one = parentOf(one)) {
    const id = stage.idOf(one)
    if (id > 0) path.unshift(id)
  }
  return path
}

function parentOf(node: Node): Node | null {
  if (isShadowRoot(node)) return node.host
  if (node.nodeType === 9) return (node as Document).defaultView?.frameElement ?? null
  return node.parentNode
}

/** Nodes whose tag, attributes or text contain the words; or which a selector finds. */
export function search(stage: Stage, text: string): { nodes: number[]; more: boolean } {
  const needle = text.trim().toLowerCase()
  const document = stage.document()
  if (needle === '' || !document) return { nodes: [], more: false }
  const bySelector = new Set<Node>(selected(document, text.trim()))
  const nodes: number[] = []
  const waiting: Node[] = [document]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (!node) break
    if (bySelector.has(node) || haystack(node).includes(needle)) {
      if (nodes.length === MAX_FOUND) return { nodes, more: true }
      nodes.push(stage.idOf(node))
    }
    waiting.push(...nodesBelow(stage, node).reverse())
  }
  return { nodes, more: false }
}

function selected(document: Document, selector: string): Node[] {
  try {
    return [...document.querySelectorAll(selector)]
  } catch {
    // Words are no selector.
    return []
  }
}

function haystack(node: Node): string {
  if (node.nodeType === 1) {
    const element = node as Element
    return `<${element.localName} ${attributesOf(element)
      .map(([name, value]) => `${name}="${value}"`)
      .join(' ')}>`.toLowerCase()
  }
  return node.nodeType === 3 || node.nodeType === 8 ? (node.nodeValue ?? '').toLowerCase() : ''
}
