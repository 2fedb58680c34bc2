import { afterEach, beforeEach, expect, test } from "vitest";
import { click, countingBytes, fakeTime, memoryStorage, show } from "../fixtures";
import type { WireBatch } from "../wire";
import { type Client, startClient } from "./client";
import type { Environment } from "./environment";
import { checkOptions, type Options } from "./options";
import { optionsOfTag } from "./tag-options";

let bodies: WireBatch[];
let client: Client;
let environment: Environment;
beforeEach(() => {
  bodies = [];
  const [local, session] = [memoryStorage(), memoryStorage()];
  environment = {
    now: fakeTime().now,
    random: () => 1,
    randomBytes: countingBytes(),
    localStorage: () => local,
    sessionStorage: () => session,
    lock: undefined,
    fetch: async (_url, init) => {
      bodies.push(JSON.parse(init?.body as string));
      return new Response(null, { status: 204 });
    },
    beacon: undefined,
    keepalive: true,
  };
});
afterEach(() => client.stop());

function start(options: Partial<Options> = {}, over: Partial<Environment> = {}): Client {
  const checked = checkOptions({ siteKey: "KEY", endpoint: "https://fp.example/", ...options });
  if (typeof checked === "string") throw new Error(checked);
  client = startClient(checked, { ...environment, ...over });
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

test("hidden: everything that waits is sent", () => {
  start();
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
  });
  start();
});
