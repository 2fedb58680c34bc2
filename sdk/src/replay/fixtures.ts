// What unit tests of the recorder put in the place of rrweb: a book of nodes, and records of a page as rrweb would make
// them. Not part of any build.

import type { Attributes, Mirror, RecordedNode, ReplayRecord } from "./records";

export interface Book extends Mirror {
  /** The node and all below it, as a whole page tells it. */
  serialize(node: Node): RecordedNode;
  id(selector: string): number;
}

/** Ids in the order of asking. */
export function openBook(): Book {
  const ids = new Map<Node, number>();
  const nodes = new Map<number, Node>();
  const idOf = (node: Node): number => {
    const id = ids.get(node) ?? ids.size + 1;
    ids.set(node, id);
    nodes.set(id, node);
    return id;
  };
  const serialize = (node: Node): RecordedNode => {
    const id = idOf(node);
    if (node.nodeType === 3) return { type: 3, id, textContent: node.nodeValue ?? "" };
    const childNodes = [...node.childNodes].filter(({ nodeType }) => nodeType === 1 || nodeType === 3).map(serialize);
    if (node.nodeType !== 1) return { type: 0, id, childNodes };
    const element = node as Element;
    const attributes: Attributes = {};
    for (const { name, value } of element.attributes) attributes[name] = value;
    const { value } = element as HTMLInputElement;
    if (/^(input|textarea|select)$/.test(element.localName) && value) attributes.value = value;
    return { type: 2, id, tagName: element.localName, attributes, childNodes };
  };
  return {
    serialize,
    id: (selector) => idOf(document.querySelector(selector) as Element),
    getId: (node) => (node && ids.get(node)) ?? -1,
    getNode: (id) => nodes.get(id) ?? null,
    getIds: () => [...nodes.keys()],
    removeNodeFromMap(node) {
      nodes.delete(ids.get(node) ?? -1);
    },
  };
}

/** A recorded node as text: `<p class="a">words</p>`. */
export function printed({ type, tagName, attributes = {}, childNodes = [], textContent }: RecordedNode): string {
  if (type === 3) return textContent ?? "";
  const inner = childNodes.map(printed).join("");
  if (type !== 2) return inner;
  const names = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<${tagName}${names.join("")}>${inner}</${tagName}>`;
}

export const change = (source: number, data: object): ReplayRecord => ({
  type: 3,
  timestamp: 1000,
  data: { source, ...data },
});

export const mutation = (data: object): ReplayRecord =>
  change(0, { adds: [], removes: [], texts: [], attributes: [], ...data });
