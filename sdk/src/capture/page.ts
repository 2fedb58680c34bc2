// What every kind of capture is given: a guarded way to listen to the page, and the recorder's door. Capture
// knows nothing of delivery; a lint rule keeps it so.

import type { KindSource, Recorded } from "../session/recorder";

export interface Page {
  record(kind: KindSource): Recorded;
  now(): number;
  /** Listens until `stop`, guarded; in the capture phase unless told otherwise, since pages stop propagation. */
  listen<E extends Event>(
    target: EventTarget,
    types: string[],
    handle: (event: E) => void,
    options?: AddEventListenerOptions,
  ): void;
  /** Runs later, guarded, unless stopped before; answers how to cancel. */
  setTimer(run: () => void, ms: number): () => void;
  /** The same function, guarded. */
  guard<A extends unknown[], T>(run: (...args: A) => T): (...args: A) => T | undefined;
  /** Runs at `stop`. */
  onStop(undo: () => void): void;
}
