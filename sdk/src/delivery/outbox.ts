// Batches that have not been acknowledged, oldest first, bounded in memory; and their copy in localStorage, so that a
// reload while offline loses nothing. The copy is made when sending fails and when the page may be going, follows the
// outbox while it exists, and is taken over by the next page of the site to start. Taking over the copy of a tab that
// still lives only sends a batch twice, which `(tab_id, seq)` makes harmless.

import { readJson, type Store } from "../session/storage";
import type { Batch } from "./batch";

/** Characters held in memory; the oldest batches go first. Hours of use, and nothing to a page's memory. */
const MEMORY_CAP_CHARS = 1_000_000;
/** Characters kept in localStorage per tab, of the 5 million that a site's own data shares. */
export const STORAGE_CAP_CHARS = 250_000;

export interface Outbox {
  push(batch: Batch): void;
  /** Those not handed to the browser. */
  unsent(): Batch[];
  done(batch: Batch): void;
  /** Puts other batches in the place of the unsent ones. */
  rearrange(batches: Batch[]): void;
  /** Makes or renews the copy; whether all of it was kept. */
  keep(): boolean;
  /** Renews the copy where there is one. */
  changed(): void;
  /** Takes over what earlier pages left. */
  adopt(): void;
  /** After a stay in the back/forward cache: forgets what another page has taken over meanwhile. */
  resume(): void;
  dropped(): number;
}

export interface OutboxDeps {
  /** Undefined in cookieless mode. */
  store: Store | undefined;
  /** The copies of all tabs begin like this. */
  prefix: string;
  tabId(): string;
}

const charsOf = ({ head, events }: Batch) => events.reduce((sum, event) => sum + event.length + 1, head.length);

export function startOutbox({ store, prefix, tabId }: OutboxDeps): Outbox {
  let batches: Batch[] = [];
  let copied = false;
  let dropped = 0;

  const key = () => prefix + tabId();

  /** The newest that fit. */
  const fitting = (of: Batch[], cap: number) => {
    let room = cap;
    const fits = (batch: Batch) => {
      room -= charsOf(batch);
      return room >= 0;
    };
    return [...of].reverse().filter(fits).reverse();
  };

  const unsent = () => batches.filter((batch) => !batch.posted);

  const keep = () => {
    if (!store) return false;
    const wanted = unsent();
    if (!wanted.length) {
      if (copied) store.remove(key());
      copied = false;
      return true;
    }
    const kept = fitting(wanted, STORAGE_CAP_CHARS);
    copied = store.write(key(), JSON.stringify(kept.map(({ head, events }) => ({ head, events }))));
    for (const batch of kept) batch.kept = copied;
    return copied && kept.length === wanted.length;
  };

  const changed = () => {
    if (copied) keep();
  };

  return {
    push(batch) {
      batches.push(batch);
      const before = batches.length;
      batches = fitting(batches, MEMORY_CAP_CHARS);
      dropped += before - batches.length;
      changed();
    },
    unsent,
    done(batch) {
      batches = batches.filter((other) => other !== batch);
      changed();
    },
    rearrange(next) {
      batches = [...batches.filter((batch) => batch.posted), ...next];
    },
    keep,
    changed,
    adopt() {
      for (const other of store?.keys(prefix) ?? []) {
        const found = store && readJson<Batch[]>(store, other);
        store?.remove(other);
        if (Array.isArray(found)) batches.push(...found);
      }
    },
    resume() {
      if (copied && store?.read(key()) === null) {
        batches = batches.filter((batch) => !batch.kept);
        copied = false;
      }
    },
    dropped: () => dropped,
  };
}
