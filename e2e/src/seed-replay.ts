// Replays that are made up, of a length and weight that nobody waits for in a browser: told to the real ingest in chunks as
// docs/wire.md says, with the events of their session.

import { gzipSync } from "node:zlib";
import type { WireChunkHead } from "../../sdk/src/wire-replay";
import type { Api, Site } from "./api";
import { USER_AGENT } from "./browser";
import { type Happening, pageView, seedSession, someone, uuidv7 } from "./seed";

export const CHUNK_MS = 5000;
/** Each of so many chunks begins with the whole page. */
const KEYFRAME_EVERY = 6;

export interface MadeReplay {
  nChunks: number;
  /** Of a chunk's records, inflated. */
  chunkBytes?: number;
  /** Besides the page's view at the start. */
  happened?: Happening[];
  /** Chunks in which somebody moves the pointer; all by default. */
  isBusy?: (chunk: number) => boolean;
}

export interface Made {
  id: string;
  start: number;
  end: number;
  /** Of all chunks' records, inflated. */
  bytes: number;
}

type Fields = Record<string, unknown>;
const element = (id: number, tagName: string, childNodes: Fields[] = []): Fields => ({
  type: 2,
  id,
  tagName,
  attributes: {},
  childNodes,
});
const text = (id: number, textContent: string): Fields => ({ type: 3, id, textContent });

/** A page that says in which chunk it is, and at which second of it. */
function recordsOf(chunk: number, start: number, bytes: number, isBusy: boolean) {
  const at = start + chunk * CHUNK_MS;
  const record = (ms: number, type: number, data: Fields) => ({ type, timestamp: at + ms, data });
  const records = [];
  const title = `Chunk ${chunk}`;
  if (chunk % KEYFRAME_EVERY === 0) {
    const body = element(4, "body", [element(5, "h1", [text(6, title)]), element(7, "p", [text(8, "")])]);
    const html = element(2, "html", [element(3, "head"), body]);
    const node = { type: 0, id: 1, childNodes: [html] };
    records.push(record(0, 4, { href: "https://shop.example/", width: 1280, height: 720 }));
    records.push(record(1, 2, { node, initialOffset: { left: 0, top: 0 } }));
  }
  const saying = (id: number, value: string) => ({
    source: 0,
    adds: [],
    removes: [],
    attributes: [],
    texts: [{ id, value }],
  });
  records.push(record(2, 3, saying(6, title)));
  // Words as pages have them; they need not be understood, only carried.
  const words = Array.from({ length: Math.ceil(bytes / 5 / 12) }, () => Math.random().toString(36).slice(2, 13));
  for (let second = 0; second < 5; second++) {
    const ms = second * 1000 + 10;
    if (isBusy) {
      const positions = [{ x: 10 + second, y: 20, id: 5, timeOffset: 0 }];
      records.push(record(ms, 3, { source: 1, positions }));
    }
    records.push(record(ms, 3, saying(8, `${second}: ${words.join(" ")}`)));
  }
  return records;
}

/** A session of now, that long, with its replay. */
export async function seedReplay(
  footpath: string,
  api: Api,
  site: Site,
  { nChunks, chunkBytes = 500, happened = [], isBusy = () => true }: MadeReplay,
): Promise<Made> {
  await api.setRules(site.id, { replay: { enabled: true, sample_rate: 1, mask_all_text: false } });
  const minutesAgo = (nChunks * CHUNK_MS) / 60_000 + 1;
  const start = Date.now() - minutesAgo * 60_000;
  const who = someone(start);
  await seedSession(footpath, site, { minutesAgo, who, happened: [[0, pageView("/")], ...happened] });
  const page = uuidv7(start);
  let bytes = 0;
  for (let index = 0; index < nChunks; index++) {
    const records = recordsOf(index, start, chunkBytes, isBusy(index));
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const size = Buffer.byteLength(lines);
    bytes += size;
    const head: WireChunkHead = {
      v: 1,
      sent_at: Date.now(),
      session: { id: who.session, start_reason: "first_visit" },
      visitor_id: who.visitor,
      tab_id: who.tab,
      page_id: page,
      index,
      first_at: start + index * CHUNK_MS,
      last_at: records.at(-1)?.timestamp ?? start,
      keyframe: index % KEYFRAME_EVERY === 0,
      records: records.length,
      bytes: size,
      masks: { inputs: true, text: false },
      trigger: "sampled",
      cost: { main_ms: 1, longest_ms: 1, failures: 0 },
    };
    const body = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), gzipSync(lines, { level: 1 })]);
    const answer = await fetch(`${footpath}/i/${site.key}/replay`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "User-Agent": USER_AGENT },
      body,
    });
    if (answer.status !== 204) throw new Error(`chunk ${index} was answered ${answer.status}: ${await answer.text()}`);
  }
  return { id: who.session, start, end: start + (nChunks - 1) * CHUNK_MS + 4010, bytes };
}
