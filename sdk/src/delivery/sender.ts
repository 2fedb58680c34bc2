// Sends the outbox, one batch at a time, with retries: on no answer, 429 and 5xx the same events again later, with a
// fresh `sent_at`; on any other refusal never. A page that goes away sends what is left at once, within the 64 KB
// that browsers grant to all requests with `keepalive` together, events before errors.

import { type Batch, bodyOf, bytesOf, isError } from "./batch";
import { gzip } from "./gzip";
import type { Outbox } from "./outbox";

/** What browsers allow to be in flight with `keepalive`, and in beacons (Fetch standard, "HTTP-network-or-cache fetch"). */
export const KEEPALIVE_BUDGET_BYTES = 65_536;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
/** A server may ask for patience, but not for ever. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** A request that hangs is given up, so that it does not hold up the rest. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface Sender {
  /** Sends while there is something to send and nothing speaks against it. */
  pump(): void;
  /** The network is said to be back: no reason to wait any longer. */
  retryNow(): void;
  /** The page may be going. */
  last(): void;
  stop(): void;
  refused(): number;
}

export interface SenderDeps {
  url: string;
  outbox: Outbox;
  fetch: typeof fetch;
  /** Where `fetch` cannot outlive the page. */
  beacon: ((url: string, body: string) => boolean) | undefined;
  keepalive: boolean;
  /** Bytes of requests that would outlive the page, also those of replay. */
  alive: { bytes: number };
  compress: boolean;
  online(): boolean;
  now(): number;
  random(): number;
  setTimer(run: () => void, ms: number): () => void;
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110 §10.2.3). */
export function retryAfterMs(value: string | null | undefined, now: number): number | undefined {
  if (!value) return undefined;
  const ms = Number(value) * 1000 || Date.parse(value) - now;
  return ms >= 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}

export function startSender(deps: SenderDeps): Sender {
  const { outbox, alive } = deps;
  let failures = 0;
  let refused = 0;
  let busy = false;
  let stopped = false;
  let cancelRetry: (() => void) | undefined;

  const settle = (batch: Batch, status = 0, retryAfter?: string | null) => {
    if (!status || status === 429 || status >= 500) {
      batch.posted = false;
      failures++;
      outbox.keep();
      const backoff = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
      const wait = retryAfterMs(retryAfter, deps.now()) ?? backoff * (0.5 + deps.random() / 2);
      cancelRetry?.();
      cancelRetry = deps.setTimer(() => {
        cancelRetry = undefined;
        pump();
      }, wait);
    } else {
      failures = 0;
      if (status >= 400) refused += batch.events.length;
      outbox.done(batch);
      // After a last flush that the page survived, the rest may follow.
      pump();
    }
  };

  const post = async (batch: Batch, body: string, zipped?: ArrayBuffer) => {
    const bytes = zipped ? zipped.byteLength : bytesOf(body);
    // With `keepalive` whenever there is room: a request in flight then survives the page that made it.
    const keepalive = deps.keepalive && alive.bytes + bytes <= KEEPALIVE_BUDGET_BYTES;
    // Without, it may die with the page: the last flush then sends it again, which costs bytes and loses nothing.
    batch.posted = keepalive;
    if (keepalive) alive.bytes += bytes;
    let answer: Response | undefined;
    try {
      answer = await deps.fetch(deps.url, {
        method: "POST",
        body: zipped ?? body,
        // Of the types that need no CORS preflight, the one that is true of JSON.
        headers: { "Content-Type": "text/plain", ...(zipped && { "Content-Encoding": "gzip" }) },
        credentials: "omit",
        keepalive,
        signal: AbortSignal.timeout?.(REQUEST_TIMEOUT_MS) ?? null,
      });
    } catch {
      // No answer: the batch is tried again.
    }
    if (keepalive) alive.bytes -= bytes;
    settle(batch, answer?.status, answer?.headers.get("Retry-After"));
  };

  const sendNext = async (batch: Batch) => {
    const body = bodyOf(batch, deps.now());
    const zipped = deps.compress ? await gzip(body).catch(() => undefined) : undefined;
    // The last flush may have overtaken the compression, or split the batch.
    if (outbox.unsent().includes(batch)) await post(batch, body, zipped);
  };

  const pump = () => {
    const batch = outbox.unsent()[0];
    if (!batch || busy || stopped || cancelRetry || !deps.online()) return;
    busy = true;
    const next = () => {
      busy = false;
      pump();
    };
    sendNext(batch).then(next, next);
  };

  const last = () => {
    // In trouble, or offline, storage is the safer place; where there is none, the last chance is taken.
    if ((failures || !deps.online()) && outbox.keep()) return;
    const fits = (batch: Batch) => bytesOf(bodyOf(batch, deps.now())) <= KEEPALIVE_BUDGET_BYTES - alive.bytes;
    const whole = outbox.unsent();
    const all = { head: "", events: whole.flatMap(({ head, events }) => [head, ...events]) };
    if (!fits(all)) {
      const only = (errors: boolean) =>
        whole.map(({ head, events }) => ({ head, events: events.filter((event) => isError(event) === errors) }));
      outbox.rearrange([...only(false), ...only(true)].filter(({ events }) => events.length));
    }
    for (const batch of outbox.unsent()) {
      if (!fits(batch)) continue;
      const body = bodyOf(batch, deps.now());
      if (deps.keepalive) void post(batch, body);
      else if (deps.beacon?.(deps.url, body)) outbox.done(batch);
    }
    outbox.keep();
  };

  return {
    pump,
    retryNow() {
      failures = 0;
      cancelRetry?.();
      cancelRetry = undefined;
      pump();
    },
    last,
    stop() {
      stopped = true;
      cancelRetry?.();
    },
    refused: () => refused,
  };
}
