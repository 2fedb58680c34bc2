import { afterEach, beforeEach, expect, test } from "vitest";
import { click, countingBytes, fakeTime, memoryStorage, show } from "../fixtures";
import type { Replay, StartReplay } from "../replay/host";
import type { WireBatch } from "../wire";
import type { SiteConfig } from "../wire-replay";
import { type Client, startClient } from "./client";
import type { Environment } from "./environment";
import { checkOptions, type Options } from "./options";
import { optionsOfTag } from "./tag-options";

let bodies: WireBatch[];
/** What the server answers when it is asked for the site's rules; undefined where it does not. */
let rules: SiteConfig | undefined;
let client: Client;
let environment: Environment;
beforeEach(() => {
  bodies = [];
  rules = undefined;
  const [local, session] = [memoryStorage(), memoryStorage()];
  environment = {
    now: fakeTime().now,
    random: () => 1,
    randomBytes: countingBytes(),
    localStorage: () => local,
    sessionStorage: () => session,
    lock: undefined,
    fetch: async (url, init) => {
      if (String(url).endsWith("/config")) return rules ? Response.json(rules) : new Response("", { status: 404 });
      bodies.push(JSON.parse(init?.body as string));
      return new Response(null, { status: 204 });
    },
    beacon: undefined,
    keepalive: true,
  };
});
afterEach(() => client.stop());

function start(
  options: Partial<Options> = {},
  over: Partial<Environment> = {},
  loadReplay: () => Promise<StartReplay> = () => Promise.reject(new Error("there is none")),
): Client {
  const checked = checkOptions({ siteKey: "KEY", endpoint: "https://fp.example/", ...options });
  if (typeof checked === "string") throw new Error(checked);
  client = startClient(checked, { ...environment, ...over }, loadReplay);
  return client;
}

const kinds = () => bodies.flatMap(({ events }) => events.map(({ kind }) => Object.keys(kind)[0]));

test("the whole way: what happens on the page is sent, in order, with its context", () => {
  start({ release: "1.2.3", environment: "test" });
  client.setContext({ plan: "pro", nested: { dropped: true } as unknown as string });
  client.identify("U", { email: "u@example.com" });
  click(show('<button id="it">Add to Cart</button>'));
  client.track("added", { items: 2 });
  client.captureError(new Error("boo"));
  client.page();
  client.stop();
  expect(kinds()).toEqual(["page_view", "identify", "click", "custom", "error", "frustration", "page_view"]);
  const last = bodies.at(-1);
  expect(last?.context).toMatchObject({
    user: { id: "U", traits: { email: "u@example.com" } },
    release: "1.2.3",
    environment: "test",
    props: { plan: "pro" },
    sdk: { name: "footpath-js" },
  });
  expect(last?.context?.props).not.toHaveProperty("nested");
  const seqs = bodies.flatMap(({ events }) => events.map(({ seq }) => seq));
  expect(seqs).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("the session's id and address", () => {
  start();
  const id = client.sessionId();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(client.sessionUrl()).toBe(`https://fp.example/sites/-/sessions/${id}`);
});

/** The server's answer about the site's rules has come, and was taken. */
const learned = () => new Promise((done) => setTimeout(done, 5));

const stored = () =>
  [environment.localStorage(), environment.sessionStorage()].flatMap((storage) => Object.keys(storage ?? {}));

test("until the rules are known nothing is stored, and events wait with their times", async () => {
  start();
  client.track("x");
  expect(stored()).toEqual([]);
  await learned();
  expect(stored().sort()).toEqual(["footpath.KEY", "footpath.KEY.at", "footpath.KEY.tab"]);
  client.stop();
  expect(kinds()).toEqual(["page_view", "custom"]);
});

test("a page that goes before the rules have come tells what it has", () => {
  start();
  window.dispatchEvent(new Event("pagehide"));
  expect(kinds()).toContain("page_view");
});

test.each([
  ["by the page", { requireConsent: true }, undefined],
  ["by the site's rules", {}, { consent_required: true }],
])("consent required %s: nothing is sent or stored before it is granted", async (_by, options, answer) => {
  rules = answer;
  start(options);
  client.track("early");
  await learned();
  client.identify("U");
  expect(client.sessionId()).toBeUndefined();
  window.dispatchEvent(new Event("pagehide"));
  expect([stored(), bodies]).toEqual([[], []]);
  client.setConsent("granted");
  expect(client.sessionId()).toBeDefined();
  client.stop();
  expect(kinds()).toEqual(expect.arrayContaining(["page_view", "custom", "identify"]));
  const [first] = bodies.flatMap(({ events }) => events);
  expect(first?.at).toBe(environment.now());
});

test("consent refused: what waited is gone, and nothing more is told or stored, until it is granted", async () => {
  start({ requireConsent: true });
  client.track("before");
  client.setConsent("refused");
  client.track("after");
  await learned();
  window.dispatchEvent(new Event("pagehide"));
  expect([stored(), bodies, client.sessionId()]).toEqual([[], [], undefined]);
  client.setConsent("granted");
  client.track("again");
  client.stop();
  expect(kinds()).toEqual(["custom"]);
});

test("consent withdrawn: what was not sent is gone, and so is what was stored", async () => {
  start();
  await learned();
  client.track("x");
  expect(stored().length).toBeGreaterThan(0);
  environment.localStorage()?.setItem("footpath.KEY.outbox.other", "[]");
  environment.localStorage()?.setItem("mine", "stays");
  client.setConsent("refused");
  client.stop();
  expect([stored(), bodies]).toEqual([["mine"], []]);
});

test("a session id asked for at once is answered; if consent is required then, what it stored is taken back", async () => {
  rules = { consent_required: true };
  start();
  expect(client.sessionId()).toBeDefined();
  await learned();
  client.stop();
  expect([stored(), bodies]).toEqual([[], []]);
});

test.each([
  ["globalPrivacyControl", true, { honour_gpc: true }, 0],
  ["globalPrivacyControl", true, { honour_dnt: true }, 1],
  ["doNotTrack", "1", { honour_dnt: true }, 0],
  ["doNotTrack", "1", {}, 1],
  ["doNotTrack", "0", { honour_dnt: true }, 1],
])("navigator.%s = %j under %j", async (signal, value, answer, told) => {
  Object.defineProperty(navigator, signal, { value, configurable: true });
  rules = answer;
  start();
  await learned();
  client.stop();
  Object.defineProperty(navigator, signal, { value: undefined, configurable: true });
  expect([bodies.length, stored().length > 0]).toEqual([told, told > 0]);
});

test("the site's selectors hold for labels", async () => {
  rules = { mask: [".name"] };
  start();
  await learned();
  click(show('<button id="it" class="name">John</button>'));
  client.stop();
  expect(JSON.stringify(bodies)).not.toContain("John");
});

function fakeReplay() {
  const calls: string[] = [];
  const replay: Replay = {
    event: (_envelope, { kind }) => void calls.push(Object.keys(kind)[0] ?? ""),
    start: () => void calls.push("start()"),
    stop: () => void calls.push("stop()"),
    leave: () => void calls.push("leave()"),
    end: () => void calls.push("end()"),
  };
  return { calls, load: async (): Promise<StartReplay> => () => replay };
}

test("the recorder is loaded where the site records, and hears what was before it and what comes", async () => {
  rules = { replay: { enabled: true } };
  const { calls, load } = fakeReplay();
  start({}, {}, load);
  client.startReplay();
  await learned();
  client.track("x");
  client.stopReplay();
  client.stop();
  expect(calls).toEqual(["start()", "page_view", "custom", "stop()", "leave()", "end()"]);
});

test.each([undefined, {}, { replay: {} }, { replay: { enabled: false } }])("rules %j: no recorder", async (answer) => {
  rules = answer;
  let loaded = 0;
  start({}, {}, () => {
    loaded++;
    return Promise.reject(new Error("no"));
  });
  client.startReplay();
  await learned();
  expect([loaded, client.diagnostics().failures]).toEqual([0, 0]);
});

test("cookieless: nothing stored, no ids of the person sent", () => {
  start({ cookieless: true });
  client.track("x");
  expect([client.sessionId(), client.sessionUrl()]).toEqual([undefined, undefined]);
  client.stop();
  expect(bodies.length).toBeGreaterThan(0);
  for (const body of bodies) expect(body).not.toHaveProperty("session");
  for (const body of bodies) expect(body).not.toHaveProperty("visitor_id");
  expect(
    [environment.localStorage(), environment.sessionStorage()].map((storage) => Object.keys(storage ?? {})),
  ).toEqual([[], []]);
});

test("hidden: everything that waits is sent", async () => {
  start();
  await learned();
  client.track("x");
  expect(kinds()).toEqual([]);
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  expect(kinds()).toContain("custom");
});

test("nothing throws into the page, whatever breaks; it is counted", () => {
  const broken = () => {
    throw new Error("broken");
  };
  start(
    { beforeSend: broken },
    { fetch: broken as unknown as typeof fetch, localStorage: broken, sessionStorage: broken },
  );
  const bad = { toString: broken } as unknown as string;
  client.track(bad, bad as never);
  client.identify(bad);
  client.captureError(Object.create(null));
  client.captureError(new Proxy({}, { get: broken }));
  client.setContext(null as never);
  client.page();
  client.reset();
  history.pushState({}, "", "/elsewhere");
  click(show('<button id="it">x</button>'));
  client.sessionId();
  expect(client.diagnostics().failures).toBeGreaterThan(3);
});

test("stop restores what was patched, sends nothing more, and may be called twice", () => {
  const before = [window.fetch, history.pushState, history.replaceState, XMLHttpRequest.prototype.send];
  start();
  expect(window.fetch).not.toBe(before[0]);
  client.stop();
  expect([window.fetch, history.pushState, history.replaceState, XMLHttpRequest.prototype.send]).toEqual(before);
  const sent = bodies.length;
  click(show('<button id="it">x</button>'));
  client.track("x");
  window.dispatchEvent(new Event("pagehide"));
  client.stop();
  expect([bodies.length, client.sessionId()]).toEqual([sent, undefined]);
});

test("a prerendered page begins when it is shown, and keeps what the site said before", () => {
  Object.defineProperty(document, "prerendering", { value: true, configurable: true });
  start();
  client.track("early");
  expect(client.sessionId()).toBeUndefined();
  Object.defineProperty(document, "prerendering", { value: false, configurable: true });
  document.dispatchEvent(new Event("prerenderingchange"));
  client.stop();
  expect(kinds()).toEqual(["page_view", "custom"]);
});

test.each([
  [{ siteKey: "" }, "siteKey is missing"],
  [{ endpoint: "fp.example" }, "endpoint must be an http(s) URL"],
  [{ sessionTimeoutMinutes: 241 }, "sessionTimeoutMinutes must be from 1 to 240"],
  [{ sessionTimeoutMinutes: Number.NaN }, "sessionTimeoutMinutes must be from 1 to 240"],
])("a wrong option is named: %j", (wrong, message) => {
  expect(checkOptions({ siteKey: "K", endpoint: "https://fp.example", ...wrong })).toBe(message);
});

test("a script tag's attributes are options; the server is where the script came from", () => {
  const tag = document.createElement("script");
  tag.src = "https://fp.example/base/footpath.js";
  expect(optionsOfTag(tag)).toBeUndefined();
  Object.assign(tag.dataset, {
    site: "K",
    release: "1",
    sessionTimeoutMinutes: "15",
    hashRouting: "",
    cookieless: "false",
  });
  expect(optionsOfTag(tag)).toEqual({
    siteKey: "K",
    endpoint: "https://fp.example/base",
    release: "1",
    environment: undefined,
    sessionTimeoutMinutes: 15,
    hashRouting: true,
    cookieless: false,
    requireConsent: false,
  });
  start();
});
