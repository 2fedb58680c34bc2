// From placed events to the server: batcher (gathers) → outbox (holds) → sender (sends).

import type { Envelope } from "../session/recorder";
import type { WireEvent } from "../wire";
import { startBatcher } from "./batcher";
import { type OutboxDeps, startOutbox } from "./outbox";
import { type SenderDeps, startSender } from "./sender";

export interface Delivery {
  add(envelope: Envelope, event: WireEvent): void;
  /** Sends what was left by earlier pages; once the tab knows its id. */
  adopt(): void;
  /** The page may be going: sends or keeps everything. */
  last(): void;
  /** The page is back. */
  resume(): void;
  retryNow(): void;
  /** Loses what was not sent. */
  drop(): void;
  stop(): void;
  /** Events lost on the client's side: refused by the server, and batches dropped for want of room. */
  diagnostics(): { refused_events: number; dropped_batches: number };
}

export function startDelivery(deps: Omit<SenderDeps, "outbox"> & OutboxDeps): Delivery {
  let leaving = false;
  const outbox = startOutbox(deps);
  const sender = startSender({ ...deps, outbox });
  const batcher = startBatcher({
    ...deps,
    onBatch(batch) {
      outbox.push(batch);
      if (!leaving) sender.pump();
    },
  });
  /** The last flush decides itself what goes first, and how. */
  const cut = () => {
    leaving = true;
    batcher.cut();
    leaving = false;
  };
  return {
    add: batcher.add,
    adopt() {
      outbox.adopt();
      sender.pump();
    },
    last() {
      cut();
      sender.last();
    },
    drop() {
      cut();
      outbox.rearrange([]);
    },
    resume() {
      outbox.resume();
      sender.pump();
    },
    retryNow: sender.retryNow,
    stop() {
      batcher.stop();
      sender.stop();
    },
    diagnostics: () => ({ refused_events: sender.refused(), dropped_batches: outbox.dropped() }),
  };
}
