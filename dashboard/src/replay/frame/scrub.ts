/**
 * What is taken out of records before they are played. The frame's policy and sandbox stand in the way of it all; this is
 * for what no policy governs (connections opened ahead), for what would only fill the console with refusals, and so that
 * a mistake in one wall is not a hole.
 */

import {
  ADOPTED_STYLES,
  CDATA_NODE,
  DOCTYPE_NODE,
  ELEMENT_NODE,
  type Fields,
  FONT,
  INCREMENTAL,
  isFields,
  listOf,
  MUTATION,
  type PlayedRecord,
  TEXT_NODE,
} from '../records'
import { inLight, rulesInLight } from './scheme'

/** Loads, embeds or moves; a box of nothing stands in its place, so that later records find their node. */
const BARRED = /^(object|embed|applet|portal|fencedframe|frame|base|param|track|bgsound)$/
/** Played as what scripts are recorded as: nothing. */
const SILENT = /^(script|noscript)$/
const BARRED_AS = 'fp-removed'
const TAG = /^[a-z][\w.:-]*$/i

/** Acts, leads elsewhere, or asks for something. */
const NEVER =
  /^(on.*|srcdoc|ping|nonce|integrity|action|formaction|autofocus|download|manifest|http-equiv|background|attributionsrc|is|rr_media.*|fetchpriority|popover.*|command.*)$/i
const ADDRESS =
  /^((xlink:)?href|src|srcset|imagesrcset|poster|data|cite|longdesc|lowsrc|dynsrc|usemap|from|to|by|values)$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers skip them within a scheme
const CODE = /(^|[\s,;"'])[\s\u0000-\u0020]*(j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t|v\s*b\s*s\s*c\s*r\s*i\s*p\s*t)\s*:/i
const PAGE = /^\s*data:\s*(text\/html|application\/xhtml|image\/svg|text\/xml|application\/xml)/i

/** Whether a value of an attribute may stay. */
export function isHarmless(tag: string, name: string, value: unknown): boolean {
  if (NEVER.test(name)) return false
  if (tag === 'iframe' && /^(src|name|allow.*|sandbox|credentialless)$/i.test(name)) return false
  if (tag === 'link') {
    if (/^rel$/i.test(name)) return isStyleSheet(value)
    if (name !== '_cssText' && !/^(media|type|class|id|href)$/i.test(name)) return false
  }
  if (tag === 'meta' && !/^(charset|name)$/i.test(name)) return /^content$/i.test(name) && isScheme(value)
  if (typeof value !== 'string') return true
  if (CODE.test(value) && (ADDRESS.test(name) || /^(style|attributename)$/i.test(name))) return false
  // Images in SVG are images; elsewhere such an address is a page.
  return !(ADDRESS.test(name) && !/^(img|image|source|input|feimage)$/i.test(tag) && PAGE.test(value))
}

/** The schemes that a page has; nothing else that a `meta` says is about its looks. */
const isScheme = (value: unknown): boolean => typeof value === 'string' && /^\s*((only|light|dark)\b\s*)+$/i.test(value)

/** Links are kept for their style sheets; those that open connections are not. */
function isHarmlessLink(attributes: Fields): boolean {
  if (typeof attributes._cssText === 'string') return true
  return isStyleSheet(attributes.rel)
}

const isStyleSheet = (rel: unknown): boolean => typeof rel === 'string' && rel.trim().toLowerCase() === 'stylesheet'

/** Cleans a node and all below it, in place. Without recursion: its depth is the sender's choice. */
function scrubNode(root: unknown): void {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (!isFields(node)) continue
    if (node.tagName !== undefined || node.type === ELEMENT_NODE) scrubElement(node)
    if (node.type === DOCTYPE_NODE) scrubDoctype(node)
    // A document of HTML has none.
    if (node.type === CDATA_NODE) node.type = TEXT_NODE
    if (node.textContent !== undefined && typeof node.textContent !== 'string') node.textContent = ''
    // Whoever asks for the children of a node that has none should find none.
    if (!Array.isArray(node.childNodes)) node.childNodes = []
    waiting.push(...listOf(node.childNodes))
  }
}

/** Names that no document can have would end the building of the page. */
function scrubDoctype(node: Fields): void {
  if (typeof node.name !== 'string' || !TAG.test(node.name)) node.name = 'html'
  for (const id of ['publicId', 'systemId']) {
    if (typeof node[id] !== 'string' || !/^[\w\s:/.+-]*$/.test(node[id])) node[id] = ''
  }
}

function scrubElement(node: Fields): void {
  const named = typeof node.tagName === 'string' && TAG.test(node.tagName) ? node.tagName.toLowerCase() : BARRED_AS
  // rrweb looks names up in an object, which has `constructor` from its own kind.
  const tag = named in {} ? BARRED_AS : named
  const attributes = isFields(node.attributes) ? node.attributes : {}
  // Whatever it calls itself, nothing is defined for it.
  node.isCustom = false
  if (SILENT.test(localName(tag))) {
    Object.assign(node, { tagName: 'noscript', attributes: {}, childNodes: [], isSVG: false })
    return
  }
  if (BARRED.test(localName(tag)) || (tag === 'link' && !isHarmlessLink(attributes))) {
    Object.assign(node, { tagName: BARRED_AS, attributes: {}, childNodes: [], isSVG: false })
    return
  }
  if (tag === BARRED_AS) node.tagName = tag
  node.attributes = cleaned(localName(tag), attributes)
  if (localName(tag) !== 'style') return
  for (const text of listOf(node.childNodes) as Fields[]) {
    if (typeof text?.textContent === 'string') text.textContent = inLight(text.textContent)
  }
}

/** Without a prefix: `svg:script` is one too. */
const localName = (tag: string): string => tag.slice(tag.lastIndexOf(':') + 1)

function cleaned(tag: string, attributes: Fields): Fields {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name, value]) => isHarmless(tag, name, value))
      .map(([name, value]) => [
        name,
        typeof value === 'string' && /^(_cssText|media)$/.test(name) ? inLight(value) : value,
      ]),
  )
}

/** Cleans a record in place; false where nothing of it is to be played. `tagOf` knows the nodes that are there. */
export function scrubRecord(record: PlayedRecord, tagOf: (node: number) => string): boolean {
  const { type, data } = record
  if (type === 2) scrubNode(data.node)
  if (type !== INCREMENTAL) return true
  if (data.source === FONT) return data.buffer === true || /^\s*url\(["']?data:/i.test(String(data.fontSource))
  rulesInLight(record)
  if (data.source === ADOPTED_STYLES && data.styles !== undefined && !Array.isArray(data.styles)) return false
  if (data.source !== MUTATION) return true
  for (const name of ['adds', 'removes', 'texts', 'attributes']) data[name] = listOf(data[name]).filter(isFields)
  for (const add of listOf(data.adds) as Fields[]) scrubNode(add.node)
  for (const change of listOf(data.attributes) as Fields[]) {
    const attributes = isFields(change.attributes) ? change.attributes : {}
    change.attributes = cleaned(localName(tagOf(Number(change.id))), attributes)
  }
  return true
}
