// Gathers events into a batch while they share one envelope, and cuts it when it is full, old enough, or when the
// session, the user or the context is another.

import type { Envelope } from "../session/recorder";
import type { WireEvent } from "../wire";
import { type Batch, headOf, sameEnvelope } from "./batch";

/** Far under the wire's limit of 500, so that one lost answer repeats little. */
const MAX_EVENTS = 100;
/** Two batches and their overhead fit the 64 KB that a page may send while it goes away. */
const MAX_CHARS = 28_000;
/** How long an event may wait for company. */
export const FLUSH_AFTER_MS = 5000;
/** A page view says that someone is there: live views should know soon. */
export const FLUSH_SOON_MS = 1000;

export interface Batcher {
  add(envelope: Envelope, event: WireEvent): void;
  /** Ends the open batch. */
  cut(): void;
  stop(): void;
}

export interface BatcherDeps {
  onBatch(batch: Batch): void;
  now(): number;
  setTimer(run: () => void, ms: number): () => void;
}

export function startBatcher({ onBatch, now, setTimer }: BatcherDeps): Batcher {
  let envelope: Envelope | undefined;
  let events: WireEvent[] = [];
  let chars = 0;
  let dueAt = Number.POSITIVE_INFINITY;
  let cancel = () => {};

  const cut = () => {
    cancel();
    dueAt = Number.POSITIVE_INFINITY;
    if (!envelope || !events.length) return;
    // Written only now: a request's size, a page's title and the browser's version may have become known since.
    const batch = { head: headOf(envelope), events: events.map((event) => JSON.stringify(event)) };
    events = [];
    chars = 0;
    onBatch(batch);
  };

  return {
    add(next, event) {
      if (!sameEnvelope(envelope, next)) cut();
      envelope = next;
      events.push(event);
      chars += JSON.stringify(event).length;
      if (events.length >= MAX_EVENTS || chars >= MAX_CHARS) {
        cut();
        return;
      }
      const due = now() + ("page_view" in event.kind ? FLUSH_SOON_MS : FLUSH_AFTER_MS);
      if (due < dueAt) {
        cancel();
        dueAt = due;
        cancel = setTimer(cut, due - now());
      }
    },
    cut,
    stop: () => cancel(),
  };
}
