// The chunks of one session in one tab, across its pages: how many there were, whether and why it is recorded, and which
// style sheets the server has. It is kept in sessionStorage, which a duplicated tab copies; so it names the tab it is of.

import { readJson, type Store } from "../session/storage";
import type { WireSession } from "../wire";
import type { ReplayTrigger } from "../wire-replay";

/** Of more style sheets, those acknowledged last are remembered. */
const MAX_STYLES = 200;

/** Whose chunks. */
export interface Hint {
  session: WireSession | undefined;
  visitor_id: string | undefined;
  tab_id: string;
}

export interface Series extends Hint {
  /** The number of the next chunk. */
  index: number;
  /** When recording of it began. */
  since: number;
  /** What was decided for good; undefined while it waits for an error, or to be long enough. */
  wanted?: boolean;
  trigger: ReplayTrigger;
  /** Hashes of the style sheets that the server has acknowledged. */
  styles: string[];
  /** Records before the next chunk were lost. */
  gap?: boolean;
}

export function isSame(a: Hint, b: Hint): boolean {
  return a.tab_id === b.tab_id && a.session?.id === b.session?.id;
}

/** The series as an earlier page of the tab left it, or a new one. */
export function openSeries(store: Store, key: string, hint: Hint, at: number): Series {
  const found = readJson<Series>(store, key);
  if (found && isSame(found, hint) && found.index >= 0 && Array.isArray(found.styles)) return { ...found, ...hint };
  return { ...hint, index: 0, since: at, trigger: "sampled", styles: [] };
}

export function keepSeries(store: Store, key: string, series: Series): void {
  store.write(key, JSON.stringify({ ...series, styles: series.styles.slice(-MAX_STYLES) }));
}

/** A number from 0 to below 1, the same for a text in every browser and on the server: 32 bits of FNV-1a. */
export function fraction(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) / 2 ** 32;
}

/** Whether the series is in the site's sample. */
export function isSampled({ session, tab_id }: Hint, rate: number): boolean {
  return fraction(session?.id ?? tab_id) < rate;
}
