// How much change of a page is followed. Reading a changed node costs some microseconds, which a page that renders ten
// thousand of them anew would feel; so there is an allowance of nodes, refilled as time goes. What goes beyond it is not
// followed: the part of the page where it happens is told by its structure, once, and left alone until it has come to
// rest, when a keyframe tells everything in full again.

import {
  type Attributes,
  custom,
  ELEMENT,
  INCREMENTAL,
  type Mirror,
  MUTATION,
  type MutationData,
  type ReplayRecord,
} from "./records";

/** Nodes that may change at once. */
export const ALLOWANCE = 4000;
const REFILL_PER_SECOND = 2000;
/** Taking a node out of the book is cheaper than putting one in. */
const REMOVED = 0.25;
/** Elements are counted, and about every second one has a text. */
const NODES_PER_ELEMENT = 1.6;

/** A part has come to rest after this long; longer where it did not last. */
export const CALM_MS = 1000;
const LONGEST_CALM_MS = 30_000;

/** Nodes of the book that are looked at, at once. */
const LOOKED_AT = 2000;

const MAX_STRUCTURE = 500;
/** Ids of nodes that only stand for others, above all that the recorder gives. */
let nextId = 2 ** 30;

export interface AllowanceDeps {
  mirror: Mirror;
  now(): number;
  setTimer(run: () => void, ms: number): void;
  emit(record: ReplayRecord): void;
  /** Whether the structure below an element may be told. */
  mayTell(element: Element): boolean;
  /** Tells the whole page. */
  keyframe(): void;
}

export interface Allowance {
  /** Those of the mutations that are followed. */
  admit(mutations: MutationRecord[]): MutationRecord[];
  degraded(): boolean;
}

function weigh(mutation: MutationRecord): number {
  if (mutation.type !== "childList") return 1;
  const nodes = (list: NodeList) => {
    let sum = 0;
    for (const node of list) {
      sum += node.nodeType === 1 ? 1 + (node as Element).getElementsByTagName("*").length * NODES_PER_ELEMENT : 1;
    }
    return sum;
  };
  return nodes(mutation.addedNodes) + nodes(mutation.removedNodes) * REMOVED;
}

type Add = MutationData["adds"][number];

/** An element and those in it, with their classes; each after its parent and elder siblings, as a player puts them in. */
function structureOf(part: Element, id: number, parentId: number, before: number | null): Add[] {
  const adds: Add[] = [];
  const tell = (element: Element, id: number, parentId: number, before: number | null) => {
    const name = element.getAttribute("class");
    const attributes: Attributes = name ? { class: name } : {};
    const node = { type: ELEMENT, id, tagName: element.localName, attributes, childNodes: [] };
    adds.push({ parentId, nextId: before, node });
    for (const child of element.children) {
      if (adds.length < MAX_STRUCTURE && child.localName !== "script") tell(child, nextId++, id, null);
    }
  };
  tell(part, id, parentId, before);
  return adds;
}

/** The element of the page's own document, known to the recorder, in which this is. */
function placeOf(node: Node, mirror: Mirror): Element | undefined {
  for (let at: Node | null | undefined = node; at; ) {
    const root: Node = at.getRootNode();
    if (root === document) {
      if (at === document || at === document.documentElement) return document.body;
      if (at.nodeType === 1 && mirror.getId(at) > 0) return at as Element;
      at = at.parentNode;
    } else {
      at = (root as ShadowRoot).host ?? (root as Document).defaultView?.frameElement;
    }
  }
  return undefined;
}

export function startAllowance({ mirror, now, setTimer, emit, mayTell, keyframe }: AllowanceDeps): Allowance {
  let left = ALLOWANCE;
  let filledAt = now();
  let parts: Element[] = [];
  let busyAt = 0;
  let recoveredAt = Number.NEGATIVE_INFINITY;
  let calmMs = CALM_MS;
  /** Of the nodes in the book, those that have not been looked at. */
  let untidy: number[] = [];

  const within = (node: Node) => {
    const place = parts.length ? placeOf(node, mirror) : undefined;
    return !!place && parts.some((part) => part.contains(place));
  };

  const tellStructure = (part: Element, nodes: number) => {
    const id = mirror.getId(part);
    emit(custom("fp.degraded", { id, nodes: Math.round(nodes) }, now()));
    const parentId = mirror.getId(part.parentNode);
    if (!mayTell(part) || parentId < 0) return;
    let next = part.nextSibling;
    while (next && mirror.getId(next) < 0) next = next.nextSibling;
    const adds = structureOf(part, id, parentId, next && mirror.getId(next));
    emit({
      type: INCREMENTAL,
      timestamp: now(),
      data: {
        source: MUTATION,
        texts: [],
        attributes: [],
        removes: [{ parentId, id }],
        adds,
      },
    });
  };

  /** Nodes that went while nobody looked would stay in the book for ever. Looks at some, and answers whether at all. */
  const tidy = (): boolean => {
    for (const id of untidy.splice(-LOOKED_AT)) {
      const node = mirror.getNode(id);
      if (node && !node.isConnected) mirror.removeNodeFromMap(node);
    }
    return !untidy.length;
  };

  const tellAll = () => {
    parts = [];
    recoveredAt = now();
    emit(custom("fp.recovered", {}, now()));
    keyframe();
  };

  // In turns, so that the page is not held up by all of it at once.
  const recover = () => {
    const rest = busyAt + calmMs - now();
    if (rest > 0) {
      untidy = [];
      setTimer(recover, rest);
      return;
    }
    if (!untidy.length) untidy = mirror.getIds();
    setTimer(tidy() ? tellAll : recover, 0);
  };

  const degrade = (mutations: MutationRecord[], weights: Map<Node, number>, total: number): MutationRecord[] => {
    let part: Element | undefined;
    let rest = total;
    for (const [target, weight] of [...weights].sort((a, b) => b[1] - a[1])) {
      if (rest <= left) break;
      rest -= weight;
      let place = placeOf(target, mirror);
      // One part for all of them: what holds the heaviest.
      while (place && part && !place.contains(part)) place = place.parentElement ?? document.body;
      part = place ?? part;
    }
    left -= rest;
    if (part) {
      if (!parts.length) {
        calmMs = now() - recoveredAt < 10 * CALM_MS ? Math.min(calmMs * 2, LONGEST_CALM_MS) : CALM_MS;
        setTimer(recover, calmMs);
      }
      busyAt = now();
      parts = [...parts.filter((other) => !part?.contains(other)), part];
      tellStructure(part, total - rest);
    }
    return mutations.filter(({ target }) => target.isConnected && !within(target));
  };

  return {
    admit(mutations) {
      const at = now();
      left = Math.min(ALLOWANCE, left + ((at - filledAt) / 1000) * REFILL_PER_SECOND);
      filledAt = at;
      const admitted: MutationRecord[] = [];
      const weights = new Map<Node, number>();
      let total = 0;
      for (const mutation of mutations) {
        const { target } = mutation;
        const weight = weigh(mutation);
        if (within(target)) {
          // A little change is what a part at rest has too: a clock, a cursor.
          if (weight > ALLOWANCE / 10) busyAt = at;
          continue;
        }
        admitted.push(mutation);
        total += weight;
        weights.set(target, (weights.get(target) ?? 0) + weight);
      }
      if (total > left) return degrade(admitted, weights, total);
      left -= total;
      return admitted;
    },
    degraded: () => parts.length > 0,
  };
}
