import { describe, expect, test } from "vitest";
import { fakeTime, memoryStorage } from "../fixtures";
import type { Envelope } from "../session/recorder";
import { openStore } from "../session/storage";
import type { EventKind, WireBatch, WireEvent } from "../wire";
import { FLUSH_AFTER_MS, FLUSH_SOON_MS } from "./batcher";
import { startDelivery } from "./delivery";
import { STORAGE_CAP_CHARS } from "./outbox";
import { KEEPALIVE_BUDGET_BYTES, retryAfterMs } from "./sender";

const CONTEXT = {};
const SESSION = { id: "s", start_reason: "first_visit" as const };
const ENVELOPE: Envelope = { session: SESSION, visitor_id: "v", tab_id: "t", context: CONTEXT };

const custom = (name: string): EventKind => ({ custom: { name, props: {} } });
const failure = (chars: number): EventKind => ({
  error: { name: "E", message: "m", stack: "s".repeat(chars), source: "uncaught" },
});

interface Request {
  body: WireBatch;
  bytes: number;
  keepalive: boolean;
  headers: Record<string, string>;
  answer(status: number, headers?: Record<string, string>): Promise<void>;
  fail(): Promise<void>;
}

const settled = async () => {
  // A few turns of the microtask queue: nothing here waits for anything real.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

function open(options: { storage?: Storage | undefined; tabId?: string; keepalive?: boolean; random?: number } = {}) {
  const time = fakeTime(1_000_000);
  const requests: Request[] = [];
  const beacons: WireBatch[] = [];
  let online = true;
  let seq = 0;
  const storage = "storage" in options ? options.storage : memoryStorage();
  const delivery = startDelivery({
    ...time,
    url: "https://fp.example/i/KEY",
    fetch: (_url, init) =>
      new Promise((resolve, reject) => {
        const text = init?.body as string;
        requests.push({
          body: JSON.parse(text),
          bytes: text.length,
          keepalive: !!init?.keepalive,
          headers: init?.headers as Record<string, string>,
          answer(status, headers = {}) {
            resolve(new Response(null, { status, headers }));
            return settled();
          },
          fail() {
            reject(new TypeError("Failed to fetch"));
            return settled();
          },
        });
      }),
    beacon: (_url, body) => beacons.push(JSON.parse(body)) > 0,
    keepalive: options.keepalive ?? true,
    alive: { bytes: 0 },
    compress: false,
    online: () => online,
    random: () => options.random ?? 1,
    store: storage && openStore(() => storage),
    prefix: "box.",
    tabId: () => options.tabId ?? "t",
  });
  const add = (kind: EventKind, envelope = ENVELOPE): WireEvent => {
    const event = { seq: seq++, at: time.now(), kind };
    delivery.add(envelope, event);
    return event;
  };
  return {
    ...delivery,
    add,
    time,
    requests,
    beacons,
    storage,
    last() {
      delivery.last();
      return settled();
    },
    async advance(ms: number) {
      time.advance(ms);
      await settled();
    },
    setOnline: (is: boolean) => {
      online = is;
    },
  };
}

const seqsOf = (requests: { body: WireBatch }[]) => requests.map(({ body }) => body.events.map(({ seq }) => seq));

describe("batching", () => {
  test("events wait for company, a page view not for long", async () => {
    const page = open();
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS - 1);
    expect(page.requests.length).toBe(0);
    await page.advance(1);
    expect(seqsOf(page.requests)).toEqual([[0]]);
    await page.requests[0]?.answer(204);
    page.add(custom("b"));
    page.add({ page_view: { url: "https://a/", navigation: "load" } });
    await page.advance(FLUSH_SOON_MS);
    expect(seqsOf(page.requests)).toEqual([[0], [1, 2]]);
  });

  test("a batch is the wire's, as text/plain, and says its context once", async () => {
    const page = open();
    const event = page.add(custom("a"), { ...ENVELOPE, user: { id: "U" } });
    await page.advance(FLUSH_AFTER_MS);
    expect(page.requests[0]?.headers).toEqual({ "Content-Type": "text/plain" });
    expect(page.requests[0]?.body).toEqual({
      v: 1,
      sent_at: 1_000_000 + FLUSH_AFTER_MS,
      session: SESSION,
      visitor_id: "v",
      tab_id: "t",
      context: { user: { id: "U" } },
      events: [event],
    });
  });

  test("another session, user or context is another batch", async () => {
    const page = open();
    page.add(custom("a"));
    page.add(custom("b"), { ...ENVELOPE, session: { id: "s2", start_reason: "logout" } });
    page.add(custom("c"), { ...ENVELOPE, user: { id: "U" } });
    page.add(custom("d"), { ...ENVELOPE, context: { release: "2" } });
    await page.advance(FLUSH_AFTER_MS);
    for (let i = 0; i < 4; i++) await page.requests[i]?.answer(204);
    expect(seqsOf(page.requests)).toEqual([[0], [1], [2], [3]]);
  });

  test("a full batch goes at once, by number and by size", async () => {
    const page = open();
    for (let i = 0; i < 100; i++) page.add(custom("a"));
    await settled();
    expect(page.requests[0]?.body.events.length).toBe(100);
    await page.requests[0]?.answer(204);
    for (let i = 0; i < 2; i++) page.add(failure(15_000));
    await settled();
    expect(page.requests[1]?.body.events.length).toBe(2);
  });

  test("what becomes known before a batch is cut is told", async () => {
    const page = open();
    const view = { url: "https://a/", navigation: "push" as const, title: "Old" };
    page.add({ page_view: view });
    view.title = "New";
    await page.advance(FLUSH_SOON_MS);
    expect(page.requests[0]?.body.events[0]?.kind).toEqual({ page_view: view });
  });
});

describe("retries", () => {
  test("no answer, 429 and 5xx: the same events again, later and later, with a fresh sent_at", async () => {
    const page = open();
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.fail();
    await page.advance(999);
    expect(page.requests.length).toBe(1);
    await page.advance(1);
    await page.requests[1]?.answer(503);
    await page.advance(1999);
    expect(page.requests.length).toBe(2);
    await page.advance(1);
    await page.requests[2]?.answer(429);
    await page.advance(4000);
    await page.requests[3]?.answer(204);
    expect(seqsOf(page.requests)).toEqual([[0], [0], [0], [0]]);
    const times = page.requests.map(({ body }) => body.sent_at - 1_000_000);
    expect(times).toEqual([5000, 6000, 8000, 12000]);
    await page.advance(600_000);
    expect(page.requests.length).toBe(4);
  });

  test("jitter halves the wait at most", async () => {
    const page = open({ random: 0 });
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.fail();
    await page.advance(500);
    expect(page.requests.length).toBe(2);
  });

  test("Retry-After is honoured", async () => {
    const page = open();
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.answer(429, { "Retry-After": "90" });
    await page.advance(89_999);
    expect(page.requests.length).toBe(1);
    await page.advance(1);
    expect(page.requests.length).toBe(2);
  });

  test.each([
    ["120", 120_000],
    ["999999", 3_600_000],
    ["Mon, 23 Nov 2026 12:00:05 GMT", 5000],
    ["0", undefined],
    ["soon", undefined],
    [null, undefined],
  ])("Retry-After %s", (value, expected) => {
    expect(retryAfterMs(value, Date.UTC(2026, 10, 23, 12))).toBe(expected);
  });

  test.each([400, 403, 413])("%i is never sent again, and what follows is", async (status) => {
    const page = open();
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    page.add(custom("b"));
    await page.advance(FLUSH_AFTER_MS);
    expect(page.requests.length).toBe(1);
    await page.requests[0]?.answer(status);
    expect(seqsOf(page.requests)).toEqual([[0], [1]]);
    expect(page.diagnostics()).toEqual({ refused_events: 1, dropped_batches: 0 });
  });
});

describe("offline", () => {
  test("nothing is tried while offline; all is sent when the network is back", async () => {
    const page = open();
    page.setOnline(false);
    page.add(custom("a"));
    await page.advance(60_000);
    expect(page.requests.length).toBe(0);
    page.setOnline(true);
    page.retryNow();
    await settled();
    expect(seqsOf(page.requests)).toEqual([[0]]);
    expect(page.requests[0]?.body.sent_at).toBe(1_060_000);
  });

  test("a reload while offline loses nothing", async () => {
    const storage = memoryStorage();
    const before = open({ storage });
    before.setOnline(false);
    before.add(custom("a"));
    await before.last();
    expect(before.requests.length).toBe(0);
    const after = open({ storage });
    after.adopt();
    await settled();
    expect(after.requests[0]?.body).toMatchObject({ visitor_id: "v", tab_id: "t", sent_at: 1_000_000 });
    expect(seqsOf(after.requests)).toEqual([[0]]);
    expect(Object.keys(storage)).toEqual([]);
  });

  test("the copy goes when what it holds has arrived", async () => {
    const page = open();
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.fail();
    expect(Object.keys(page.storage ?? {})).toEqual(["box.t"]);
    await page.advance(1000);
    await page.requests[1]?.answer(204);
    expect(Object.keys(page.storage ?? {})).toEqual([]);
  });

  test("back from the back/forward cache, what another page has taken over is not sent again", async () => {
    const storage = memoryStorage();
    const page = open({ storage });
    page.setOnline(false);
    page.add(custom("a"));
    await page.last();
    open({ storage, tabId: "other" }).adopt();
    page.setOnline(true);
    page.resume();
    await settled();
    expect(page.requests.length).toBe(0);
  });

  test("the copy is bounded, and keeps the newest", async () => {
    const page = open();
    page.setOnline(false);
    for (let i = 0; i < 30; i++) page.add(failure(28_000));
    await page.last();
    const text = page.storage?.getItem("box.t") ?? "";
    const seqs = JSON.parse(text).flatMap(({ events }: { events: string[] }) =>
      events.map((one) => JSON.parse(one).seq),
    );
    expect(text.length).toBeLessThan(STORAGE_CAP_CHARS * 1.01);
    expect(text.length).toBeGreaterThan(STORAGE_CAP_CHARS * 0.8);
    expect([seqs.at(0) > 0, seqs.at(-1)]).toEqual([true, 29]);
  });

  test("memory is bounded, and what is lost is counted", () => {
    const page = open({ storage: undefined });
    page.setOnline(false);
    for (let i = 0; i < 50; i++) page.add(failure(28_000));
    expect(page.diagnostics().dropped_batches).toBeGreaterThan(10);
  });

  test("a full storage does no harm", async () => {
    const storage = memoryStorage();
    Object.getPrototypeOf(storage).setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const page = open({ storage });
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.fail();
    await page.advance(1000);
    expect(seqsOf(page.requests)).toEqual([[0], [0]]);
  });
});

describe("the last flush", () => {
  test("sends what is there at once, able to outlive the page", async () => {
    const page = open();
    page.add(custom("a"));
    await page.last();
    expect(page.requests.map(({ keepalive }) => keepalive)).toEqual([true]);
    expect(seqsOf(page.requests)).toEqual([[0]]);
    // Handed to the browser: a second chance to leave sends nothing twice.
    await page.last();
    expect(page.requests.length).toBe(1);
  });

  test("stays inside the budget, events before errors; the rest is kept for the next page", async () => {
    const storage = memoryStorage();
    const page = open({ storage });
    // One request in flight uses part of the budget.
    for (let i = 0; i < 2; i++) page.add(failure(15_000));
    await settled();
    for (let i = 0; i < 4; i++) {
      page.add(failure(13_000));
      page.add(custom(`after ${i}`));
    }
    await page.last();
    expect(page.requests.every(({ keepalive }) => keepalive)).toBe(true);
    const bytes = page.requests.reduce((sum, request) => sum + request.bytes, 0);
    expect(bytes).toBeLessThanOrEqual(KEEPALIVE_BUDGET_BYTES);
    const left = page.requests.slice(1).flatMap(({ body }) => body.events);
    expect(left.filter(({ kind }) => "custom" in kind).length).toBe(4);
    // Events went first.
    expect(left.slice(0, 4).every(({ kind }) => "custom" in kind)).toBe(true);
    const sent = new Set(page.requests.flatMap(({ body }) => body.events.map(({ seq }) => seq)));
    const next = open({ storage, tabId: "next" });
    next.adopt();
    await settled();
    for (let i = 0; i < next.requests.length; i++) await next.requests[i]?.answer(204);
    const later = next.requests.flatMap(({ body }) => body.events.map(({ seq }) => seq));
    expect(later.some((seq) => sent.has(seq))).toBe(false);
    expect([...sent, ...later].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, seq) => seq));
  });

  test("while the server is in trouble, storage is the safer place", async () => {
    const page = open();
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.answer(503);
    await page.last();
    expect(page.requests.length).toBe(1);
    expect(JSON.parse(page.storage?.getItem("box.t") ?? "")[0].events).toEqual([expect.stringContaining('"name":"a"')]);
  });

  test("without storage the last chance is taken even then", async () => {
    const page = open({ storage: undefined });
    page.add(custom("a"));
    await page.advance(FLUSH_AFTER_MS);
    await page.requests[0]?.answer(503);
    await page.last();
    expect(seqsOf(page.requests)).toEqual([[0], [0]]);
  });

  test("where fetch cannot outlive the page, a beacon does", async () => {
    const page = open({ keepalive: false });
    page.add(custom("a"));
    await page.last();
    expect(page.requests.length).toBe(0);
    expect(page.beacons.map(({ events }) => events.length)).toEqual([1]);
  });
});

test("what is dropped is neither sent nor kept", async () => {
  const page = open();
  page.setOnline(false);
  page.add(custom("a"));
  await page.last();
  page.add(custom("b"));
  page.drop();
  page.setOnline(true);
  page.retryNow();
  await page.last();
  expect([page.requests.length, page.storage?.getItem("box.t")]).toEqual([0, null]);
});

test("after stop nothing is sent", async () => {
  const page = open();
  page.add(custom("a"));
  await page.last();
  page.stop();
  expect(seqsOf(page.requests)).toEqual([[0]]);
  await page.requests[0]?.fail();
  await page.advance(600_000);
  expect(page.requests.length).toBe(1);
});
