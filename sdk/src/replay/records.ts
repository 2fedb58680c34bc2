// What the recorder tells of a page, as far as we look into it. The format is rrweb's, who calls these events; here an
// event is what happened in a session, and one entry of a replay is a record.

/** rrweb's types of records. */
export const FULL_SNAPSHOT = 2;
export const INCREMENTAL = 3;
export const META = 4;
export const CUSTOM = 5;

/** rrweb's sources of incremental records. */
export const MUTATION = 0;
export const MOUSE_MOVE = 1;
export const MOUSE_INTERACTION = 2;
export const INPUT = 5;
export const TOUCH_MOVE = 6;
export const DRAG = 12;
export const SELECTION = 14;
export const ADOPTED_STYLES = 15;

/** rrweb's types of nodes. */
export const ELEMENT = 2;
export const TEXT = 3;

export interface ReplayRecord {
  type: number;
  timestamp: number;
  // biome-ignore lint/suspicious/noExplicitAny: its shape depends on type and source, of which we know the ones above
  data: any;
}

export type AttributeValue = string | number | boolean | null | Record<string, unknown>;
export type Attributes = Record<string, AttributeValue>;

export interface RecordedNode {
  type: number;
  id: number;
  tagName?: string;
  attributes?: Attributes;
  childNodes?: RecordedNode[];
  textContent?: string;
}

export interface MutationData {
  adds: { parentId: number; nextId: number | null; node: RecordedNode }[];
  removes: { parentId: number; id: number }[];
  texts: { id: number; value: string | null }[];
  attributes: { id: number; attributes: Attributes }[];
}

/** Which node has which id: the recorder's own book. */
export interface Mirror {
  getId(node: Node | null): number;
  getNode(id: number): Node | null;
  getIds(): number[];
  removeNodeFromMap(node: Node): void;
}

/** A record of our own. */
export const custom = (tag: string, payload: unknown, timestamp: number): ReplayRecord => ({
  type: CUSTOM,
  timestamp,
  data: { tag, payload },
});
