// Style sheets are told once in a session and tab: the first time with their text, from then on by its hash. What the
// server has not acknowledged may be lost; so a page begins anew with what it has, and a chunk that is dropped takes the
// knowledge of its style sheets along.

import { scrubCss } from "./privacy/attributes";
import { custom, type ReplayRecord } from "./records";

/** What is shorter than a reference and its definition is told as it is. */
const SHORTEST = 256;
/** As the wire's limit for a chunk; what a page has beyond it is told as it is. */
export const MAX_STYLES = 100;
const PREFIX = "fp-style:";

/** The text of a style sheet, or the rules of an adopted one; or a reference to either. */
export type Css = string | { rule: string; index: number }[];

export interface Styles {
  /** What stands for the style sheet. */
  refer(css: Css): Css;
  /** Definitions of what was referred to since, in records of the given time. */
  take(at: number): ReplayRecord[];
  /** Only these are known to the reader from here on. */
  begin(known: Iterable<string>): void;
  forget(hashes: string[]): void;
}

/** 53 bits of hash in base 36: two independent multiply-xorshift lanes, as cyrb53 does it. Not against an attacker. */
export function hashOf(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

export function startStyles(): Styles {
  let known = new Set<string>();
  let defined: { hash: string; css: unknown }[] = [];

  return {
    refer(css) {
      const text = typeof css === "string" ? css : JSON.stringify(css);
      const cleaned = () =>
        typeof css === "string" ? scrubCss(css) : css.map(({ rule, index }) => ({ rule: scrubCss(rule), index }));
      if (text.length < SHORTEST) return cleaned();
      const hash = hashOf(text);
      if (!known.has(hash)) {
        if (defined.length >= MAX_STYLES) return cleaned();
        known.add(hash);
        defined.push({ hash, css: cleaned() });
      }
      return PREFIX + hash;
    },
    take(at) {
      const records = defined.map((style) => custom("fp.style", style, at));
      defined = [];
      return records;
    },
    begin(hashes) {
      known = new Set(hashes);
    },
    forget(hashes) {
      for (const hash of hashes) known.delete(hash);
    },
  };
}
