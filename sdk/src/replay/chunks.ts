// Gathers records into chunks. A chunk is cut when it is old enough, when it fills, when the page is told anew (a keyframe
// begins a chunk), and when the page may be going. Records are written as JSON a few milliseconds at a time, whenever the
// page has time for it.

import type { ChunkFlag, RecordingCost } from "../wire-replay";
import type { Zipped } from "./gzip";
import { CUSTOM, FULL_SNAPSHOT, INCREMENTAL, META, type ReplayRecord } from "./records";
import type { Series } from "./series";
import { MAX_STYLES } from "./styles";

/** How long records may wait for company. */
export const CUT_AFTER_MS = 5000;
/** Characters of changes after which telling the whole page again is the better start for a reader. */
export const FULL_CHARS = 400_000;
/** Writing stops for the page after this. */
const WRITE_MS = 4;

export interface Chunk {
  series: Series;
  pageId: string;
  /** Not written yet. */
  records: ReplayRecord[];
  lines: string[];
  chars: number;
  /** Characters of changes: neither of whole pages nor of style sheets. */
  changes: number;
  count: number;
  firstAt: number;
  lastAt: number;
  keyframe: boolean;
  flags: ChunkFlag[];
  styles: string[];
  cost: RecordingCost;
  zipped?: Zipped;
  /** That it is wanted is certain. */
  sure?: boolean;
  /** Its number, once it has been on its way. */
  index?: number;
  /** With the browser, which answers even if the page does not live to hear it. */
  posted?: boolean;
  /** On its way, whether or not the request would outlive the page. */
  busy?: boolean;
}

export interface ChunksDeps {
  /** A chunk's first record: whose it is. */
  series(): Series;
  pageId(): string;
  cost(): RecordingCost;
  degraded(): boolean;
  onChunk(chunk: Chunk): void;
  /** So much has changed that a keyframe is due. */
  onFull(): void;
  setTimer(run: () => void, ms: number): () => void;
  /** Runs when the page has time. */
  idle(run: () => void): void;
}

export interface Chunks {
  add(record: ReplayRecord): void;
  cut(): void;
}

/** Writes what is not written, or a few milliseconds of it; whether all is. */
export function write(chunk: Chunk, forMs = Number.POSITIVE_INFINITY): boolean {
  const start = performance.now();
  let n = 0;
  for (const record of chunk.records) {
    n++;
    const line = `${JSON.stringify(record)}\n`;
    chunk.lines.push(line);
    chunk.chars += line.length;
    if (record.type === INCREMENTAL) chunk.changes += line.length;
    if (performance.now() - start > forMs) break;
  }
  chunk.records.splice(0, n);
  return !chunk.records.length;
}

export function startChunks(deps: ChunksDeps): Chunks {
  let open: Chunk | undefined;
  /** Characters of changes since the last keyframe, in chunks that were cut. */
  let changes = 0;
  let writing = false;
  let cancel = () => {};

  const cut = () => {
    cancel();
    const chunk = open;
    open = undefined;
    if (!chunk) return;
    changes += chunk.changes;
    chunk.cost = deps.cost();
    deps.onChunk(chunk);
  };

  const writeOn = () => {
    writing = false;
    if (!open) return;
    const done = write(open, WRITE_MS);
    if (changes + open.changes > FULL_CHARS) {
      cut();
      changes = 0;
      deps.onFull();
    } else if (!done) {
      writeSoon();
    }
  };
  const writeSoon = () => {
    if (writing) return;
    writing = true;
    deps.idle(writeOn);
  };

  return {
    add(record) {
      const { type, timestamp, data } = record;
      if (type === META) {
        cut();
        changes = 0;
      }
      const isStyle = type === CUSTOM && data.tag === "fp.style";
      if (isStyle && open && open.styles.length >= MAX_STYLES) cut();
      if (!open) {
        const series = deps.series();
        open = {
          series,
          pageId: deps.pageId(),
          records: [],
          lines: [],
          chars: 0,
          changes: 0,
          count: 0,
          firstAt: timestamp,
          lastAt: timestamp,
          keyframe: false,
          flags: series.gap ? ["gap"] : [],
          styles: [],
          cost: { main_ms: 0, longest_ms: 0, failures: 0 },
        };
        series.gap = false;
        cancel = deps.setTimer(cut, CUT_AFTER_MS);
      }
      const chunk = open;
      chunk.records.push(record);
      chunk.count++;
      chunk.firstAt = Math.min(chunk.firstAt, timestamp);
      chunk.lastAt = Math.max(chunk.lastAt, timestamp);
      if (type === FULL_SNAPSHOT) chunk.keyframe = true;
      if (isStyle) chunk.styles.push(data.payload.hash);
      if (deps.degraded() && !chunk.flags.includes("degraded")) chunk.flags.push("degraded");
      writeSoon();
    },
    cut,
  };
}
