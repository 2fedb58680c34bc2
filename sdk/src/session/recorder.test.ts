import { expect, test } from "vitest";
import { type FakeTime, fakeTime, memoryStorage } from "../fixtures";
import type { EventKind, WireEvent } from "../wire";
import { startIdentity, startNoIdentity } from "./identity";
import { type BeforeSend, type Envelope, startRecorder } from "./recorder";
import { openStore } from "./storage";
import { startTab } from "./tab";

const MINUTE = 60_000;
const CLICK: EventKind = { click: { role: "button", selector: "b", x: 0, y: 0 } };
const POLL: EventKind = {
  request: { method: "GET", url: "https://a/", status: 200, duration_ms: 1, initiator: "fetch" },
};

interface Setup {
  storage?: () => Storage | undefined;
  time?: FakeTime;
  lock?: (change: () => void) => Promise<unknown>;
  beforeSend?: BeforeSend;
  cookieless?: boolean;
  name?: string;
  parting?: () => EventKind | undefined;
  allowed?: () => boolean | undefined;
  anonymous?: boolean;
}

/** A page of the site; what it delivers prints as one line per event. */
function openPage(setup: Setup = {}) {
  const time = setup.time ?? fakeTime(0);
  const storage = memoryStorage();
  const name = setup.name ?? "p";
  let minted = 0;
  const mintId = () => `${name}${++minted}`;
  const lines: string[] = [];
  const delivered: [Envelope, WireEvent][] = [];
  let failures = 0;
  const recorder = startRecorder({
    identity: setup.cookieless
      ? startNoIdentity()
      : startIdentity({ store: openStore(setup.storage ?? (() => storage)), key: "k", timeoutMs: 30 * MINUTE, mintId }),
    tab: startTab({ store: undefined, key: "t", now: time.now, mintId: () => `tab-${name}` }),
    lock: setup.lock,
    context: () => ({}),
    allowed: setup.allowed ?? (() => true),
    anonymous: () => !!setup.anonymous,
    beforeSend: setup.beforeSend,
    parting: setup.parting ?? (() => undefined),
    guarded: (run) => {
      try {
        return run();
      } catch {
        failures++;
        return undefined;
      }
    },
    deliver(envelope, event) {
      delivered.push([envelope, event]);
      const { session, user } = envelope;
      const reason = "session_end" in event.kind ? `(${event.kind.session_end.reason})` : "";
      lines.push(
        [
          event.seq,
          event.at / MINUTE,
          session ? `${session.id}/${session.start_reason}<${session.previous_id ?? ""}` : "-",
          user?.id ?? "-",
          Object.keys(event.kind)[0] + reason,
        ].join(" "),
      );
    },
  });
  return { recorder, time, lines, delivered, failures: () => failures };
}

test("activity within the timeout is one session; a longer pause starts the next, and closes the one before", () => {
  const { recorder, time, lines } = openPage();
  recorder.record(CLICK);
  time.advance(30 * MINUTE);
  recorder.record(CLICK);
  time.advance(31 * MINUTE);
  recorder.record(POLL);
  recorder.record(CLICK);
  expect(lines).toEqual([
    "0 0 p2/first_visit< - click",
    "1 30 p2/first_visit< - click",
    "2 61 p2/first_visit< - request",
    "3 61 p2/first_visit< - session_end(idle)",
    "4 61 p3/idle<p2 - click",
  ]);
});

test("an idle session ends with its last activity, as far as the tab's clock allows", () => {
  const { recorder, time, lines } = openPage();
  recorder.record(CLICK);
  time.advance(45 * MINUTE);
  recorder.record(CLICK);
  expect(lines.slice(1)).toEqual(["1 0 p2/first_visit< - session_end(idle)", "2 45 p3/idle<p2 - click"]);
});

test("the cap ends a session that is never left alone", () => {
  const { recorder, time, lines } = openPage();
  for (let passed = 0; passed <= 24 * 60 + 20; passed += 20) {
    recorder.record(CLICK);
    time.advance(20 * MINUTE);
  }
  expect(lines.filter((line) => /session_end|cap/.test(line))).toEqual([
    "73 1460 p2/first_visit< - session_end(cap)",
    "74 1460 p3/cap<p2 - click",
  ]);
});

test("anonymous to known keeps the session; a known user's switch and logout start the next", () => {
  const { recorder, lines } = openPage();
  recorder.record(CLICK);
  recorder.identify({ id: "A" });
  recorder.identify({ id: "A" });
  recorder.record(CLICK);
  recorder.identify({ id: "B" });
  recorder.reset();
  recorder.record(CLICK);
  recorder.identify({ id: "B" });
  expect(lines).toEqual([
    "0 0 p2/first_visit< - click",
    "1 0 p2/first_visit< A identify",
    "2 0 p2/first_visit< A click",
    "3 0 p2/first_visit< A session_end(user_switch)",
    "4 0 p3/user_switch<p2 B identify",
    "5 0 p3/user_switch<p2 B session_end(logout)",
    "6 0 p4/logout<p3 - click",
    "7 0 p4/logout<p3 B identify",
  ]);
});

test("identify as the very first call keeps its user", () => {
  const { recorder, lines } = openPage();
  recorder.identify({ id: "A", traits: { email: "a@example.com" } });
  expect(lines).toEqual(["0 0 p2/first_visit< A identify"]);
});

test("events that may not be placed wait with their times, and are dropped where they never may", () => {
  let allowed: boolean | undefined;
  const page = openPage({ allowed: () => allowed });
  page.recorder.record(CLICK);
  page.time.advance(MINUTE);
  page.recorder.identify({ id: "A" });
  page.recorder.settle();
  page.time.advance(MINUTE);
  expect([page.lines, page.recorder.sessionId()]).toEqual([[], undefined]);
  allowed = true;
  page.recorder.resume();
  page.recorder.record(CLICK);
  expect(page.lines).toEqual([
    "0 0 p2/first_visit< - click",
    "1 1 p2/first_visit< A identify",
    "2 2 p2/first_visit< A click",
  ]);
  allowed = undefined;
  page.recorder.record(CLICK);
  allowed = false;
  page.recorder.resume();
  allowed = true;
  page.recorder.resume();
  expect(page.lines.length).toBe(3);
});

test("no more events wait than a banner can be worth", () => {
  let allowed: boolean | undefined;
  const page = openPage({ allowed: () => allowed });
  for (let i = 0; i < 2000; i++) page.recorder.record(CLICK);
  allowed = true;
  page.recorder.resume();
  expect(page.lines.length).toBe(1000);
});

test("anonymous: no traits are told", () => {
  const page = openPage({ anonymous: true });
  page.recorder.identify({ id: "A", traits: { email: "a@example.com" } });
  page.recorder.identify({ id: "A", traits: { email: "a@example.com" } });
  expect(page.delivered.map(([{ user }, { kind }]) => [user, kind])).toEqual([
    [{ id: "A" }, { identify: { user_id: "A", traits: {} } }],
  ]);
});

test("a session that is closed gets what it is still owed", () => {
  const { recorder, lines } = openPage({ parting: () => ({ visibility: { state: "visible", active_ms: 7 } }) });
  recorder.record(CLICK);
  recorder.reset();
  expect(lines.slice(1).map((line) => line.split(" ").pop())).toEqual(["visibility", "session_end(logout)"]);
});

test("tabs share the session, and another tab's activity keeps it alive", () => {
  const storage = memoryStorage();
  const time = fakeTime(0);
  const one = openPage({ storage: () => storage, time, name: "a" });
  const two = openPage({ storage: () => storage, time, name: "b" });
  one.recorder.record(CLICK);
  time.advance(20 * MINUTE);
  two.recorder.record(CLICK);
  time.advance(20 * MINUTE);
  one.recorder.record(CLICK);
  expect([...one.lines, ...two.lines]).toEqual([
    "0 0 a2/first_visit< - click",
    "1 40 a2/first_visit< - click",
    "0 20 a2/first_visit< - click",
  ]);
});

test("a logout in one tab is known in the other", () => {
  const storage = memoryStorage();
  const one = openPage({ storage: () => storage, name: "a" });
  const two = openPage({ storage: () => storage, name: "b" });
  one.recorder.identify({ id: "A" });
  one.recorder.reset();
  two.recorder.record(CLICK);
  expect(two.lines).toEqual(["0 0 a3/logout<a2 - click"]);
});

test("under a lock, the tab that comes second finds the session of the first", async () => {
  const storage = memoryStorage();
  const queue: (() => void)[] = [];
  const lock = async (change: () => void) => void queue.push(change);
  const one = openPage({ storage: () => storage, lock, name: "a" });
  const two = openPage({ storage: () => storage, lock, name: "b" });
  one.recorder.record(CLICK);
  two.recorder.record(CLICK);
  two.recorder.record(POLL);
  expect([...one.lines, ...two.lines]).toEqual([]);
  for (const change of queue) change();
  expect([...one.lines, ...two.lines]).toEqual([
    "0 0 a2/first_visit< - click",
    "0 0 a2/first_visit< - click",
    "1 0 a2/first_visit< - request",
  ]);
});

test("a lock that is refused, or a page that goes, does without", async () => {
  const refused = openPage({ lock: () => Promise.reject(new Error("no")) });
  refused.recorder.record(CLICK);
  await expect.poll(() => refused.lines.length).toBe(1);
  const going = openPage({ lock: () => new Promise(() => {}) });
  going.recorder.record(CLICK);
  going.recorder.settle();
  expect(going.lines).toEqual(["0 0 p2/first_visit< - click"]);
  const asking = openPage({ lock: () => new Promise(() => {}) });
  asking.recorder.record(CLICK);
  expect(asking.recorder.sessionId()).toBe("p2");
});

test.each([
  [
    "blocked",
    () => {
      throw new Error("denied");
    },
  ],
  ["missing", () => undefined],
  ["wiped each time", () => memoryStorage()],
])("storage %s: one session all the same", (_name, storage) => {
  const { recorder, delivered } = openPage({ storage });
  for (let i = 0; i < 3; i++) recorder.record(CLICK);
  expect(new Set(delivered.map(([{ session }]) => session?.id)).size).toBe(1);
  expect(new Set(delivered.map(([{ visitor_id }]) => visitor_id)).size).toBe(1);
});

test("cookieless: no session and no visitor, but the user and the logout are told", () => {
  const { recorder, lines, delivered } = openPage({ cookieless: true });
  recorder.record(CLICK);
  recorder.identify({ id: "A" });
  recorder.reset();
  recorder.record(CLICK);
  expect(lines).toEqual(["0 0 - - click", "1 0 - A identify", "2 0 - A session_end(logout)", "3 0 - - click"]);
  expect(delivered.every(([envelope]) => envelope.visitor_id === undefined)).toBe(true);
});

test("beforeSend changes, replaces and drops, without a gap in the numbers; one that throws drops", () => {
  const page = openPage({
    beforeSend(event) {
      if ("request" in event.kind) return null;
      if ("scroll" in event.kind) throw new Error("a bug of the site");
      if ("click" in event.kind) event.kind.click.selector = "hidden";
      return "custom" in event.kind ? { kind: { custom: { name: "other", props: {} } } } : undefined;
    },
  });
  page.recorder.record(CLICK);
  expect(page.recorder.record(POLL).event).toBeUndefined();
  page.recorder.record({ scroll: { depth_pct: 1 } });
  page.recorder.record({ custom: { name: "mine", props: {} } });
  expect(page.delivered.map(([, { seq, kind }]) => [seq, JSON.stringify(kind)])).toEqual([
    [0, '{"click":{"role":"button","selector":"hidden","x":0,"y":0}}'],
    [1, '{"custom":{"name":"other","props":{}}}'],
  ]);
  expect(page.failures()).toBe(1);
});
