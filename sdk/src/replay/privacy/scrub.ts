// The gate of privacy: every record passes here, right after it was made and before anything keeps it. Records are
// scrubbed in place. What people write in is a leaf: that something is in it is told, not how much, in how many lines or
// with how many strokes.

import {
  ADOPTED_STYLES,
  type Attributes,
  DRAG,
  ELEMENT,
  FULL_SNAPSHOT,
  INCREMENTAL,
  INPUT,
  META,
  type Mirror,
  MOUSE_INTERACTION,
  MOUSE_MOVE,
  MUTATION,
  type MutationData,
  type RecordedNode,
  type ReplayRecord,
  SELECTION,
  TEXT,
  TOUCH_MOVE,
} from "../records";
import type { Css } from "../styles";
import { scrubAddress, scrubAttributes, UNMASKED } from "./attributes";
import { startEchoes } from "./echoes";
import { MASK, maskFixed, maskShape } from "./masks";
import { EDITABLE, type Parts } from "./parts";

export interface ScrubDeps {
  parts: Parts;
  mirror: Mirror;
  /** A style sheet, or what stands for it where it has been told before. */
  style(css: Css): Css;
}

/** Answers the record, or undefined where nothing of it may be told. */
export type Scrub = (record: ReplayRecord) => ReplayRecord | undefined;

export function startScrub({ parts, mirror, style }: ScrubDeps): Scrub {
  const echoes = startEchoes(parts.masksValue);
  const rules = { parts, echoes, style: (css: string) => style(css) as string };
  /** What was told last of texts that are masked whatever they are: the same again would count strokes. */
  const toldLast = new WeakMap<Node, string>();

  const nodeOf = (id: number) => mirror.getNode(id) ?? undefined;
  const partOf = (id: number) => {
    const node = nodeOf(id);
    return node && parts.of(node);
  };
  const isElement = (node: Node | null | undefined): node is Element => node?.nodeType === 1;

  const text = (value: string, node: Node): string => {
    const parent = node.parentNode as Element | null;
    const tag = parent?.localName;
    if (tag === "style") return value;
    if (tag === "textarea") return maskFixed(value);
    const select = tag === "option" && (parent?.closest("select,datalist") ?? parent);
    const { telling } = parts.of(node);
    if (telling === "fixed" || (select && parts.masksValue(select))) return maskFixed(value);
    return telling === "shape" || echoes.inText(value) ? maskShape(value) : value;
  };

  const node = (recorded: RecordedNode): void => {
    const original = nodeOf(recorded.id);
    if (!original) {
      // Nobody knows any more what this was, nor whose rules it is under.
      recorded.childNodes = [];
      if (recorded.attributes) recorded.attributes = {};
      if (recorded.type === TEXT) recorded.textContent = "";
      return;
    }
    if (recorded.type === TEXT) recorded.textContent = text(recorded.textContent ?? "", original);
    if (recorded.type === ELEMENT && isElement(original)) {
      recorded.attributes = scrubAttributes(recorded.attributes ?? {}, original, rules);
    }
    const children = recorded.childNodes;
    if (!children) return;
    if (parts.of(original).closed) {
      const first = children[0];
      const written = isElement(original) && original.matches(EDITABLE) && original.textContent?.trim();
      recorded.childNodes = written && first ? [{ type: TEXT, id: first.id, textContent: MASK }] : [];
    } else {
      for (const child of children) node(child);
    }
  };

  const mutation = (data: MutationData): boolean => {
    data.adds = data.adds.filter((add) => {
      if (partOf(add.parentId)?.closed || partOf(add.node.id)?.hidden) return false;
      node(add.node);
      return true;
    });
    data.removes = data.removes.filter(({ parentId }) => !partOf(parentId)?.closed);
    data.texts = data.texts.filter((change) => {
      const changed = nodeOf(change.id);
      if (!changed || parts.of(changed).hidden) return false;
      const told = text(change.value ?? "", changed);
      const again = told === MASK && toldLast.get(changed) === MASK;
      toldLast.set(changed, told);
      change.value = told;
      return !again;
    });
    data.attributes = data.attributes.filter((change) => {
      const element = nodeOf(change.id);
      if (!isElement(element) || parts.of(element).hidden) return false;
      if (parts.of(element).closed && !element.matches(EDITABLE)) return false;
      change.attributes = scrubAttributes(change.attributes, element, rules);
      return Object.keys(change.attributes as Attributes).length > 0;
    });
    return [data.adds, data.removes, data.texts, data.attributes].some((list) => list.length > 0);
  };

  const input = (data: { id: number; text: string; isChecked: boolean; [UNMASKED]?: true }): boolean => {
    const field = nodeOf(data.id);
    if (!isElement(field)) return false;
    echoes.typed(field);
    if (!parts.masksValue(field)) {
      if (parts.unmasksValue(field)) data[UNMASKED] = true;
      return true;
    }
    // Which box or button was chosen is a value too.
    if (/^(radio|checkbox)$/.test((field as HTMLInputElement).type)) return false;
    data.text = maskFixed(data.text);
    return true;
  };

  // biome-ignore lint/suspicious/noExplicitAny: of each source its own
  const incremental = (data: any): boolean => {
    const { source } = data;
    if (source === MUTATION) return mutation(data);
    if (source === MOUSE_MOVE || source === TOUCH_MOVE || source === DRAG) {
      data.positions = data.positions.filter(({ id }: { id: number }) => !partOf(id)?.ignored);
      return data.positions.length > 0;
    }
    if (source === SELECTION) {
      const tells = (id: number) => {
        const part = partOf(id);
        return part && !part.hidden && part.telling !== "fixed";
      };
      data.ranges = data.ranges.filter(({ start, end }: { start: number; end: number }) => tells(start) && tells(end));
      return data.ranges.length > 0;
    }
    if (source === ADOPTED_STYLES) {
      for (const sheet of data.styles ?? []) sheet.rules = style(sheet.rules);
    }
    const part = typeof data.id === "number" ? partOf(data.id) : undefined;
    if (part?.hidden || (part?.ignored && (source === INPUT || source === MOUSE_INTERACTION))) return false;
    return source === INPUT ? input(data) : true;
  };

  return (record) => {
    parts.renew();
    echoes.renew();
    const { type, data } = record;
    if (type === META) data.href = scrubAddress(data.href);
    if (type === FULL_SNAPSHOT) node(data.node);
    return type !== INCREMENTAL || incremental(data) ? record : undefined;
  };
}
