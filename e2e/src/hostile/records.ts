// What hostile recordings are made of: a page around some nodes, and records that change it.

export interface HostileRecording {
  name: string;
  records: HostileRecord[];
}

export interface HostileRecord {
  type: number;
  data: unknown;
}

export interface HostileNode {
  type: number;
  id: number;
  // biome-ignore lint/suspicious/noExplicitAny: forged ones have anything
  [field: string]: any;
}

/** Where everything that can be asked for leads; and what every script would say. */
export interface Trap {
  /** A server that should never hear of it. */
  url: string;
}

/** Says in every way there is that it ran. */
export const payload = ({ url }: Trap, name: string): string =>
  `console.log('PWNED ${name}');top.postMessage('PWNED','*');new Image().src='${url}/ran?${encodeURIComponent(name)}'`;

/** Ids count up within a recording. */
export function nodes() {
  let lastId = 10;
  const next = () => {
    lastId += 1;
    return lastId;
  };
  const element = (
    tagName: string,
    attributes: Record<string, unknown> = {},
    childNodes: HostileNode[] = [],
    more: Record<string, unknown> = {},
  ): HostileNode => ({ type: 2, id: next(), tagName, attributes, childNodes, ...more });
  const text = (textContent: string, more: Record<string, unknown> = {}): HostileNode => ({
    type: 3,
    id: next(),
    textContent,
    ...more,
  });
  const svg = (tagName: string, attributes: Record<string, unknown> = {}, childNodes: HostileNode[] = []) =>
    element(tagName, attributes, childNodes, { isSVG: true });
  return { element, text, svg, next };
}

export const BODY_ID = 4;
export const HEAD_ID = 3;

/** A page with nodes in its body and head, and a sign that it was built. */
export function page(body: HostileNode[], head: HostileNode[] = [], bodyAttributes: Record<string, unknown> = {}) {
  return {
    node: {
      type: 0,
      id: 1,
      childNodes: [
        { type: 1, id: 9, name: "html", publicId: "", systemId: "" },
        {
          type: 2,
          id: 2,
          tagName: "html",
          attributes: {},
          childNodes: [
            { type: 2, id: HEAD_ID, tagName: "head", attributes: {}, childNodes: head },
            {
              type: 2,
              id: BODY_ID,
              tagName: "body",
              attributes: bodyAttributes,
              childNodes: [
                {
                  type: 2,
                  id: 5,
                  tagName: "p",
                  attributes: { id: "built" },
                  childNodes: [{ type: 3, id: 6, textContent: "Built" }],
                },
                ...body,
              ],
            },
          ],
        },
      ],
    },
    initialOffset: { left: 0, top: 0 },
  };
}

export const META: HostileRecord = { type: 4, data: { href: "https://shop.example/", width: 800, height: 600 } };

export const recording = (name: string, data: unknown, ...changes: HostileRecord[]): HostileRecording => ({
  name,
  records: [META, { type: 2, data }, ...changes],
});

/** An incremental record. */
export const change = (source: number, data: Record<string, unknown>): HostileRecord => ({
  type: 3,
  data: { source, ...data },
});

export const mutation = (given: Record<string, unknown>): HostileRecord =>
  change(0, { adds: [], removes: [], texts: [], attributes: [], ...given });

export const add = (node: HostileNode, parentId = BODY_ID) => ({ parentId, nextId: null, previousId: null, node });
