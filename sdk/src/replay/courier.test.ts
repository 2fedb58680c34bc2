import { gunzipSync, strFromU8 } from "fflate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeTime, fakeTime } from "../fixtures";
import type { WireChunkHead } from "../wire-replay";
import { type Chunk, type Chunks, CUT_AFTER_MS, FULL_CHARS, startChunks } from "./chunks";
import { type Courier, type CourierDeps, HELD_MS, LAST_CHUNK_BYTES, MEMORY_CAP_BYTES, startCourier } from "./courier";
import type { ReplayRecord } from "./records";
import type { Series } from "./series";

interface Sent {
  head: WireChunkHead;
  lines: ReplayRecord[];
  bytes: number;
  keepalive: boolean;
  answer(status: number, init?: { headers?: Record<string, string>; body?: string }): Promise<void>;
  fail(): Promise<void>;
}

let time: FakeTime;
let sent: Sent[];
let series: Series;
let lost: Chunk[];
let refused: number;
let full: number;
let alive: { bytes: number };
let deps: CourierDeps;
let courier: Courier;
let chunks: Chunks;

// Compression takes its time.
vi.setConfig({ testTimeout: 20_000 });

/** Everything asynchronous that can happen at once has happened. */
const settled = () => new Promise((done) => setTimeout(done, 30));
/** So many requests were made. */
const arrived = (n: number) => vi.waitFor(() => expect(sent.length).toBe(n), { timeout: 5000 });

let nTests = 0;
const aSeries = (): Series => ({
  session: { id: "s", start_reason: "first_visit" },
  visitor_id: "v",
  // What a courier of a test before still sends is not this test's.
  tab_id: `t${++nTests}`,
  index: 0,
  since: 0,
  trigger: "sampled",
  styles: [],
  wanted: true,
});

beforeEach(() => {
  time = fakeTime(1_000_000);
  sent = [];
  lost = [];
  refused = full = 0;
  alive = { bytes: 0 };
  series = aSeries();
  // A browser whose requests can outlive their page.
  vi.stubGlobal(
    "Request",
    class Request {
      keepalive() {}
    },
  );
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    const body = init.body as Blob;
    return new Promise<Response>((resolve, reject) => {
      void body.arrayBuffer().then((buffer) => {
        const bytes = new Uint8Array(buffer);
        const end = bytes.indexOf(10);
        const answered = async (run: () => void) => {
          run();
          await settled();
        };
        const head: WireChunkHead = JSON.parse(strFromU8(bytes.subarray(0, end)));
        if (head.tab_id !== series.tab_id) return;
        sent.push({
          head,
          lines: strFromU8(gunzipSync(bytes.subarray(end + 1)))
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line)),
          bytes: bytes.length,
          keepalive: !!init.keepalive,
          answer: (status, answer = {}) =>
            answered(() => resolve(new Response(answer.body ?? null, { status, headers: answer.headers ?? {} }))),
          fail: () => answered(() => reject(new TypeError("Failed to fetch"))),
        });
      });
    });
  });
  const idle = (run: () => void) => void setTimeout(run, 0);
  deps = {
    url: "https://fp.example/i/KEY/replay",
    alive,
    masks: { inputs: true, text: true },
    now: time.now,
    random: () => 1,
    setTimer: time.setTimer,
    around: (run) => run(),
    turn: (run) => new Promise((done) => idle(() => done(run()))),
    onMoved: () => {},
    onLost: (chunk) => lost.push(chunk),
    onRefused: () => refused++,
  };
  courier = startCourier(deps);
  chunks = startChunks({
    series: () => series,
    pageId: () => "page",
    cost: () => ({ main_ms: 1, longest_ms: 1, failures: 0 }),
    degraded: () => false,
    onChunk(chunk) {
      chunk.sure = series.wanted === true;
      courier.push(chunk);
    },
    onFull: () => full++,
    setTimer: time.setTimer,
    idle,
  });
});
afterEach(() => vi.unstubAllGlobals());

const add = (type = 3, data: object = { source: 1 }) => chunks.add({ type, timestamp: time.now(), data });
const keyframe = (size = 10) => {
  add(4, { href: "https://shop.example/" });
  add(2, { node: "x".repeat(size) });
};
const noise = (length: number) => Array.from({ length }, () => Math.random().toString(36).slice(2, 3)).join("");
const indexes = () => sent.map(({ head }) => head.index);

describe("chunks", () => {
  test("records wait for company; a page told anew begins a chunk", async () => {
    keyframe();
    add();
    time.advance(CUT_AFTER_MS - 1);
    await settled();
    expect(sent).toEqual([]);
    time.advance(1);
    await arrived(1);
    expect(sent[0]?.head).toMatchObject({ index: 0, keyframe: true, records: 3, page_id: "page", first_at: 1_000_000 });
    expect(sent[0]?.lines.map(({ type }) => type)).toEqual([4, 2, 3]);
    await sent[0]?.answer(204);
    add();
    keyframe();
    chunks.cut();
    await arrived(2);
    await sent[1]?.answer(204);
    expect(sent.map(({ head }) => [head.index, head.keyframe, head.records])).toEqual([
      [0, true, 3],
      [1, false, 1],
      [2, true, 2],
    ]);
    expect(sent[2]?.head.flags).toBeUndefined();
  });

  test("a chunk that fills is cut, and a keyframe asked for; the page itself does not fill it", async () => {
    keyframe(FULL_CHARS * 2);
    await settled();
    expect(full).toBe(0);
    for (let n = 0; n < 50; n++) add(3, { source: 0, text: "y".repeat(FULL_CHARS / 40) });
    await settled();
    expect(full).toBeGreaterThan(0);
  });
});

describe("the way to the server", () => {
  test.each([
    ["no answer", 0],
    ["overload", 503],
    ["too much", 429],
  ])("%s: the same again, later each time, and the others wait", async (_name, status) => {
    keyframe();
    chunks.cut();
    add();
    chunks.cut();
    await arrived(1);
    for (const wait of [2000, 4000, 8000]) {
      const last = sent.at(-1);
      await (status ? last?.answer(status) : last?.fail());
      time.advance(wait - 1);
      await settled();
      const before = sent.length;
      time.advance(1);
      await arrived(before + 1);
    }
    expect(indexes()).toEqual([0, 0, 0, 0]);
    expect(sent[3]?.head.sent_at).toBeGreaterThan(sent[0]?.head.sent_at ?? 0);
    await sent[3]?.answer(204);
    await arrived(5);
    expect(indexes()).toEqual([0, 0, 0, 0, 1]);
  });

  test("as long as the server asks for", async () => {
    keyframe();
    chunks.cut();
    await arrived(1);
    await sent[0]?.answer(503, { headers: { "Retry-After": "60" } });
    time.advance(59_999);
    await settled();
    expect(sent.length).toBe(1);
    time.advance(1);
    await arrived(2);
  });

  test("a chunk that is refused is lost, and the next says so", async () => {
    keyframe();
    chunks.cut();
    await arrived(1);
    await sent[0]?.answer(400);
    add();
    chunks.cut();
    await settled();
    expect(lost.map(({ index }) => index)).toEqual([0]);
    expect(sent[1]?.head).toMatchObject({ index: 1, flags: ["gap"] });
  });

  test.each([
    [403, undefined],
    [413, undefined],
    [200, '{"outcome":"dropped","reason":"replay_off","message":""}'],
    [200, '{"outcome":"dropped","reason":"session_full","message":""}'],
  ])("%i: no more is sent", async (status, body) => {
    keyframe();
    chunks.cut();
    add();
    chunks.cut();
    await arrived(1);
    await sent[0]?.answer(status, body ? { body } : {});
    add();
    chunks.cut();
    await settled();
    expect([refused, sent.length]).toEqual([1, 1]);
  });

  test("a 200 for another reason only loses that chunk; what a 204 had of style sheets is known", async () => {
    keyframe();
    chunks.add({ type: 5, timestamp: time.now(), data: { tag: "fp.style", payload: { hash: "a", css: "" } } });
    chunks.cut();
    await arrived(1);
    expect(sent[0]?.head.styles).toEqual(["a"]);
    await sent[0]?.answer(200, { body: '{"outcome":"dropped","reason":"too_old","message":""}' });
    expect([refused, series.styles, lost.length]).toEqual([0, [], 1]);
    chunks.add({ type: 5, timestamp: time.now(), data: { tag: "fp.style", payload: { hash: "b", css: "" } } });
    chunks.cut();
    await arrived(2);
    await sent[1]?.answer(204);
    expect(series.styles).toEqual(["b"]);
  });

  test("memory is bounded: the oldest go, and it is said", async () => {
    keyframe();
    chunks.cut();
    await settled();
    for (let n = 0; n < 12; n++) {
      add(3, { source: 0, text: noise(700_000) });
      chunks.cut();
    }
    await vi.waitFor(() => expect(lost.length).toBeGreaterThan(2), { timeout: 20_000 });
    await sent[0]?.answer(204);
    await vi.waitFor(() => expect(sent[1]?.head.flags ?? []).toContain("gap"), { timeout: 20_000 });
    expect(lost.reduce((sum, { count }) => sum + count, 0)).toBeLessThan(12);
    expect(MEMORY_CAP_BYTES).toBeLessThan(12 * 700_000);
  }, 30_000);
});

describe("while it is not certain that a replay is wanted", () => {
  test("the last minute is held, from a keyframe on, and numbered when it goes", async () => {
    series.wanted = undefined;
    for (let second = 0; second < 200; second += 5) {
      if (second % 30 === 0) keyframe();
      add();
      time.advance(5000);
      await settled();
    }
    expect(sent).toEqual([]);
    series.wanted = true;
    series.trigger = "error";
    courier.release(series);
    for (let n = 0; n < 40 && sent.length > n - 1; n++) {
      await settled();
      await sent[n]?.answer(204);
    }
    expect(indexes()).toEqual([...sent.keys()]);
    expect(sent[0]?.head).toMatchObject({ index: 0, keyframe: true, trigger: "error" });
    expect(sent[0]?.head.flags).toBeUndefined();
    const held = time.now() - (sent[0]?.head.first_at ?? 0);
    expect(held).toBeGreaterThanOrEqual(HELD_MS);
    expect(held).toBeLessThanOrEqual(HELD_MS + 35_000);
  });

  test("it can be dropped", async () => {
    series.wanted = undefined;
    keyframe();
    chunks.cut();
    courier.drop(series);
    courier.release(series);
    await settled();
    expect(sent).toEqual([]);
  });
});

describe("the page may be going", () => {
  test("what is left goes at once, and may outlive the page", async () => {
    keyframe();
    add();
    chunks.cut();
    courier.last();
    await arrived(1);
    expect(sent.map(({ keepalive, head }) => [keepalive, head.index])).toEqual([[true, 0]]);
    expect(alive.bytes).toBe(sent[0]?.bytes);
    await sent[0]?.answer(204);
    expect([alive.bytes, sent.length]).toEqual([0, 1]);
  });

  test("no more than fits beside the events; the rest follows if the page lives", async () => {
    keyframe();
    const texts = Array.from({ length: 40 }, () => noise(4000));
    for (const text of texts) {
      time.advance(1);
      add(3, { source: 0, text });
    }
    alive.bytes = 30_000;
    chunks.cut();
    courier.last();
    await arrived(1);
    const [first] = sent;
    expect(sent.length).toBe(1);
    expect(first?.bytes).toBeLessThanOrEqual(65_536 - 30_000);
    expect(first?.bytes).toBeGreaterThan(20_000);
    expect(first?.head).toMatchObject({ index: 0, keyframe: true, flags: ["truncated"], records: first?.lines.length });
    expect(first?.head.last_at).toBe(first?.lines.at(-1)?.timestamp);
    alive.bytes = 0;
    await first?.answer(204);
    await arrived(2);
    const rest = sent[1];
    expect(rest?.head).toMatchObject({ index: 1, keyframe: false, records: rest?.lines.length });
    expect(rest?.head.first_at).toBe(rest?.lines[0]?.timestamp);
    const told = sent.flatMap(({ lines }) => lines.slice()).map(({ data }) => data.text);
    expect(told.filter(Boolean)).toEqual(texts);
  });

  test("where no request outlives its page, a beacon does", async () => {
    vi.stubGlobal("Request", class Request {});
    const beacons: Blob[] = [];
    const { sendBeacon } = navigator;
    navigator.sendBeacon = (_url, body) => beacons.push(body as Blob) > 0;
    courier = startCourier(deps);
    keyframe();
    chunks.cut();
    courier.last();
    navigator.sendBeacon = sendBeacon;
    expect(beacons.map(({ type }) => type)).toEqual(["text/plain"]);
    courier.last();
    expect(beacons.length).toBe(1);
  });

  test("never more than a last chunk's share", async () => {
    for (let n = 0; n < 60; n++) add(3, { source: 0, text: noise(4000) });
    chunks.cut();
    courier.last();
    await arrived(1);
    expect(sent[0]?.bytes).toBeLessThanOrEqual(LAST_CHUNK_BYTES);
  });

  test("a page that is too large for it waits, and is missed if it never comes", async () => {
    keyframe();
    add(3, { source: 0, text: noise(120_000) });
    chunks.cut();
    add();
    chunks.cut();
    alive.bytes = 64_000;
    courier.last();
    expect(series.index).toBe(2);
  });

  test("in trouble the room is left to events", async () => {
    keyframe();
    chunks.cut();
    await arrived(1);
    await sent[0]?.fail();
    add();
    chunks.cut();
    courier.last();
    await settled();
    expect(sent.length).toBe(1);
  });
});
