// Brings chunks to the server, in order, one at a time: compressed when the page has time, retried with growing pauses on no
// answer, 429 and 5xx, bounded in memory, with the oldest going first. Before it is certain that a series is wanted, its
// chunks are held, of which those of the last minute are enough.
//
// When the page may be going, what is left is compressed at once and handed to the browser, as far as events have left room
// in the 64 KB that it grants.

import { KEEPALIVE_BUDGET_BYTES, retryAfterMs } from "../delivery/sender";
import { SDK } from "../session/sdk";
import type { WireChunkHead, WireChunkOutcome } from "../wire-replay";
import { type Chunk, write } from "./chunks";
import { gzipNow, gzipSlowly, type Zipped } from "./gzip";
import type { Series } from "./series";

/** Of what waits, compressed or not. */
export const MEMORY_CAP_BYTES = 4_000_000;
/** The wire's limits, with a little air. */
const MAX_INFLATED_BYTES = 8_000_000;
const MAX_BODY_BYTES = 1_000_000;
/** How much of the past is held while nothing has gone wrong: two keyframes' time. */
export const HELD_MS = 60_000;
/** The most that one chunk may be as the page goes, its head included. */
export const LAST_CHUNK_BYTES = 60_000;

const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 120_000;
const REQUEST_TIMEOUT_MS = 30_000;

export interface CourierDeps {
  url: string;
  alive: { bytes: number };
  masks: WireChunkHead["masks"];
  now(): number;
  random(): number;
  setTimer(run: () => void, ms: number): () => void;
  /** Runs what may fail. */
  around(run: () => void): void;
  /** Runs when the page has time, and answers when that was. */
  turn(run: () => void): Promise<void>;
  /** The series has come further. */
  onMoved(series: Series): void;
  /** A chunk was lost, with what only it told. */
  onLost(chunk: Chunk): void;
  /** The server wants no more, or the page is more than it takes. */
  onRefused(): void;
}

export interface Courier {
  push(chunk: Chunk): void;
  /** The series is wanted: so are its chunks that have waited for that. */
  release(series: Series): void;
  /** It is not: they are lost. */
  drop(series: Series): void;
  /** The page may be going. */
  last(): void;
}

const headOf = (chunk: Chunk, sentAt: number, masks: WireChunkHead["masks"]): string => {
  const { series, flags, styles, cost } = chunk;
  const head: WireChunkHead = {
    v: 1,
    sent_at: sentAt,
    session: series.session,
    visitor_id: series.visitor_id,
    tab_id: series.tab_id,
    page_id: chunk.pageId,
    index: chunk.index ?? 0,
    first_at: chunk.firstAt,
    last_at: chunk.lastAt,
    keyframe: chunk.keyframe,
    records: chunk.count,
    bytes: chunk.zipped?.bytes ?? 0,
    flags: flags.length ? flags : undefined,
    styles: styles.length ? styles : undefined,
    masks,
    trigger: series.trigger,
    cost,
    sdk: SDK,
  };
  return `${JSON.stringify(head)}\n`;
};

export function startCourier(deps: CourierDeps): Courier {
  const { alive, masks, now } = deps;
  let queue: Chunk[] = [];
  let failures = 0;
  let packing = false;
  let sending = false;
  let refused = false;
  let cancelRetry: (() => void) | undefined;
  /** Whether `fetch` can outlive the page. */
  const canOutlive = "keepalive" in Request.prototype;

  const sizeOf = (chunk: Chunk) => (chunk.zipped ? chunk.zipped.gzip.length : chunk.chars);

  const lose = (chunk: Chunk) => {
    const next = queue.slice(queue.indexOf(chunk) + 1).find(({ series }) => series === chunk.series);
    if (!next) chunk.series.gap = true;
    else if (!next.flags.includes("gap")) next.flags.push("gap");
    queue = queue.filter((other) => other !== chunk);
    deps.onLost(chunk);
  };

  const trim = () => {
    // A chunk is of use from a keyframe on, and only the last minute of what is not certain is.
    const unsure = queue.filter(({ sure }) => !sure);
    const early = unsure.filter(({ keyframe, firstAt }) => keyframe && firstAt <= now() - HELD_MS);
    for (const chunk of unsure.slice(0, unsure.indexOf(early.pop() ?? (unsure[0] as Chunk)))) {
      queue = queue.filter((other) => other !== chunk);
      deps.onLost(chunk);
    }
    let sum = queue.reduce((bytes, chunk) => bytes + sizeOf(chunk), 0);
    for (const chunk of queue.slice(0, -1)) {
      if (sum <= MEMORY_CAP_BYTES) break;
      if (chunk.busy) continue;
      sum -= sizeOf(chunk);
      lose(chunk);
    }
  };

  const number = (chunk: Chunk) => {
    if (chunk.index === undefined) {
      chunk.index = chunk.series.index++;
      deps.onMoved(chunk.series);
    }
  };

  const refuse = () => {
    refused = true;
    queue = [];
    deps.onRefused();
  };

  const settle = (chunk: Chunk, status: number, retryAfter: string | null, isLast: boolean) => {
    chunk.posted = chunk.busy = false;
    if (status === 0 || status === 429 || status >= 500) {
      failures++;
      const backoff = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
      cancelRetry?.();
      cancelRetry = deps.setTimer(
        () => {
          cancelRetry = undefined;
          pump();
        },
        retryAfterMs(retryAfter, now()) ?? backoff * (0.5 + deps.random() / 2),
      );
      return;
    }
    failures = 0;
    // It may have been sent twice, as the page seemed to go.
    if (queue.includes(chunk)) {
      if (status === 204) {
        queue = queue.filter((other) => other !== chunk);
        chunk.series.styles.push(...chunk.styles);
        deps.onMoved(chunk.series);
      } else {
        lose(chunk);
      }
    }
    if (isLast || status === 403 || status === 413) refuse();
    pump();
  };

  const bodyOf = (chunk: Chunk, { gzip }: Zipped) => {
    number(chunk);
    // Its type needs no CORS preflight, and a beacon may have it too.
    return new Blob([headOf(chunk, now(), masks), gzip], { type: "text/plain" });
  };

  const post = async (chunk: Chunk, zipped: Zipped): Promise<void> => {
    const body = bodyOf(chunk, zipped);
    const keepalive = alive.bytes + body.size <= KEEPALIVE_BUDGET_BYTES && canOutlive;
    chunk.busy = true;
    chunk.posted = keepalive;
    if (keepalive) alive.bytes += body.size;
    let status = 0;
    let retryAfter: string | null = null;
    let isLast = false;
    try {
      const response = await fetch(deps.url, {
        method: "POST",
        body,
        credentials: "omit",
        keepalive,
        signal: AbortSignal.timeout?.(REQUEST_TIMEOUT_MS) ?? null,
      });
      status = response.status;
      retryAfter = response.headers.get("Retry-After");
      if (status === 200) {
        const { reason } = (await response.json()) as WireChunkOutcome;
        isLast = reason === "replay_off" || reason === "session_full";
      }
    } catch {
      // No answer: status stays 0, and the chunk is sent again. (A 200 that cannot be read is an answer.)
    }
    if (keepalive) alive.bytes -= body.size;
    deps.around(() => settle(chunk, status, retryAfter, isLast));
  };

  const pack = async (chunk: Chunk): Promise<void> => {
    while (chunk.records.length) await deps.turn(() => void write(chunk, 4));
    const { lines } = chunk;
    const zipped = await gzipSlowly(lines, deps.turn);
    // The last flush may have overtaken it, or taken a part of it.
    if (chunk.zipped || chunk.lines !== lines) return;
    chunk.zipped = zipped;
    chunk.lines = [];
    if (zipped.bytes > MAX_INFLATED_BYTES || zipped.gzip.length > MAX_BODY_BYTES) {
      refuse();
    }
  };

  const pump = () => {
    trim();
    const raw = queue.find(({ zipped }) => !zipped);
    if (raw && !packing) {
      packing = true;
      const next = () => {
        packing = false;
        deps.around(pump);
      };
      pack(raw).then(next, () => {
        lose(raw);
        next();
      });
    }
    const first = queue[0];
    if (!first?.zipped || !first.sure || first.busy) return;
    if (sending || cancelRetry || navigator.onLine === false) return;
    sending = true;
    const next = () => {
      sending = false;
      deps.around(pump);
    };
    post(first, first.zipped).then(next, () => {
      lose(first);
      next();
    });
  };

  /** Leaves a chunk its first `n` lines; the rest follows as a chunk of its own, if the page lives. */
  const split = (chunk: Chunk, lines: string[], n: number) => {
    const rest = lines.slice(n);
    const timeOf = (line: string | undefined): number => JSON.parse(line ?? "{}").timestamp;
    const isIn = (of: string[]) => (hash: string) => of.some((line) => line.includes(`"hash":"${hash}"`));
    const later: Chunk = {
      ...chunk,
      lines: rest,
      chars: rest.reduce((sum, line) => sum + line.length, 0),
      count: rest.length,
      firstAt: timeOf(rest[0]),
      keyframe: false,
      flags: [],
      styles: chunk.styles.filter(isIn(rest)),
      cost: { main_ms: 0, longest_ms: 0, failures: 0 },
    };
    delete later.index;
    queue.splice(queue.indexOf(chunk) + 1, 0, later);
    chunk.count = n;
    chunk.lastAt = timeOf(lines[n - 1]);
    chunk.styles = chunk.styles.filter((hash) => !later.styles.includes(hash));
    chunk.flags.push("truncated");
  };

  /** Compresses a chunk at once, of which so much is left as fits; the rest becomes a chunk of its own. */
  const squeeze = (chunk: Chunk, room: number): Zipped | undefined => {
    if (!chunk.zipped) write(chunk);
    const { lines } = chunk;
    let zipped = chunk.zipped ?? gzipNow(lines);
    let n = lines.length;
    while (zipped.gzip.length > room && n > 1) {
      n = Math.floor(Math.min(n * (room / zipped.gzip.length) * 0.9, n - 1));
      if (n) zipped = gzipNow(lines.slice(0, n));
    }
    if (zipped.gzip.length > room) return undefined;
    if (n < lines.length) split(chunk, lines, n);
    chunk.zipped = zipped;
    chunk.lines = [];
    return zipped;
  };

  return {
    push(chunk) {
      if (refused) return;
      queue.push(chunk);
      pump();
    },
    release(series) {
      for (const chunk of queue) chunk.sure ||= chunk.series === series;
      pump();
    },
    drop(series) {
      queue = queue.filter((chunk) => chunk.sure || chunk.series !== series);
    },
    last() {
      // In trouble, the room is left to events.
      if (failures) return;
      const left = queue.filter(({ sure, posted }) => sure && !posted);
      // Those that find no room are missed by their numbers.
      for (const chunk of left) number(chunk);
      for (const chunk of left) {
        // The head's share is a guess: its flags and style sheets vary.
        const room = Math.min(LAST_CHUNK_BYTES, KEEPALIVE_BUDGET_BYTES - alive.bytes) - 1500;
        const zipped = room > 1000 && squeeze(chunk, room);
        if (!zipped) break;
        if (canOutlive) post(chunk, zipped).catch(() => lose(chunk));
        else if (navigator.sendBeacon(deps.url, bodyOf(chunk, zipped)))
          queue = queue.filter((other) => other !== chunk);
      }
    },
  };
}
