// What a visitor did arrives once, whatever the line does; and the page never suffers from it.

import { expect } from "vitest";
import { type Api, eventually, ofKind, onlySession, type Site, type WireBatch } from "../src/api";
import { test } from "../src/test";

const BUTTON = '<button onclick="this.append(1)">Press</button>';

/** What was in the bodies, as `tab seq`. */
const idsIn = (bodies: string[]) =>
  bodies.flatMap((body) => {
    const { tab_id, events }: WireBatch = JSON.parse(body);
    return events.map(({ seq }) => `${tab_id} ${seq}`);
  });

const arrived = (api: Api, site: Site, counts: object) =>
  onlySession(api, site, (_, session) => expect(session.counts).toMatchObject(counts));

test("a tab that is closed right after a click has told of the click", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({ "/": tracked({ body: BUTTON }) });
  await page.goto(website.url);
  await arrived(api, site, { page_views: 1 });
  await page.getByRole("button").click();
  await page.close({ runBeforeUnload: true });
  await arrived(api, site, { clicks: 1 });
});

test("so has one that is closed before its first batch was due", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({ "/": tracked({ body: BUTTON }) });
  await page.goto(website.url);
  await page.getByRole("button").click();
  await page.close({ runBeforeUnload: true });
  await arrived(api, site, { page_views: 1, clicks: 1 });
});

test("what was done offline is sent when the network is back, once and in order", async ({
  page,
  visitor,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked() });
  await page.goto(website.url);
  await arrived(api, site, { page_views: 1 });
  await visitor.setOffline(true);
  // More than a batch holds, so that one is full while there is no network.
  await page.evaluate(() => {
    for (let n = 0; n < 150; n++) window.footpath.track("offline", { n });
  });
  await visitor.setOffline(false);
  const { rows } = await arrived(api, site, { custom: 150 });
  expect(ofKind(rows, "custom").map(({ props }) => props?.n)).toEqual([...Array(150).keys()]);
});

test("offline, and the page gone: the next page of the site sends what was left", async ({
  page,
  visitor,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked({ body: BUTTON }) });
  await page.goto(website.url);
  await arrived(api, site, { page_views: 1 });
  await visitor.setOffline(true);
  for (const _ of [1, 2, 3]) await page.getByRole("button").click();
  await expect(page.reload()).rejects.toThrow("ERR_INTERNET_DISCONNECTED");
  await visitor.setOffline(false);
  await page.goto(website.url);
  await page.getByRole("button").click();
  await page.close({ runBeforeUnload: true });
  await arrived(api, site, { page_views: 2, clicks: 4 });
});

test.for(["down", "overloaded"] as const)(
  "Footpath is %s: the page does not notice, and it is told later",
  async (state, { page, serve, tracked, relay, api, site }) => {
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(String(error)));
    const website = await serve({
      "/": tracked({ options: `data-endpoint="${relay.url}"`, body: BUTTON }),
      "/api": (_, response) => response.end("hello"),
    });
    relay.become(state);
    await page.goto(website.url);
    await page.getByRole("button").click();
    await eventually(async () => expect(relay.bodies.length).toBeGreaterThan(0));
    expect(await page.evaluate(() => fetch("/api").then((answer) => answer.text()))).toBe("hello");
    expect((await api.list(site.id)).total).toBe(0);
    relay.become("open");
    await arrived(api, site, { page_views: 1, clicks: 1, requests: 1 });
    expect(thrown).toEqual([]);
  },
);

test("a batch whose answer was lost is sent again, and counts once", async ({
  page,
  serve,
  tracked,
  relay,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked({ options: `data-endpoint="${relay.url}"`, body: BUTTON }) });
  relay.become("deaf");
  await page.goto(website.url);
  await page.getByRole("button").click();
  await eventually(async () => expect(relay.bodies.length).toBeGreaterThan(1));
  relay.become("open");
  const { rows } = await arrived(api, site, { page_views: 1, clicks: 1 });
  const stored = rows.flatMap(({ event }) => (event ? [`${event.tab_id} ${event.seq}`] : []));
  const sent = idsIn(relay.bodies);
  expect(stored.sort()).toEqual([...new Set(sent)].sort());
  expect(sent.length).toBeGreaterThan(stored.length);
});

test("a strict content security policy is kept to", async ({ page, footpath, serve, tracked, api, site }) => {
  const policy = `default-src 'none'; script-src 'self' ${footpath}; connect-src 'self' ${footpath}; img-src data:`;
  const script = `
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      window.violations.push(violatedDirective + " " + blockedURI);
    });
    document.addEventListener("click", ({ target }) => target.append(1));`;
  const website = await serve({
    "/page.js": (_, response) => response.writeHead(200, { "Content-Type": "text/javascript" }).end(script),
    "/": (_, response) =>
      response
        .writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": policy })
        .end(tracked({ head: '<script src="/page.js"></script>', body: "<button>Press</button>" })),
  });
  await page.goto(website.url);
  await page.getByRole("button").click();
  await page.evaluate(() => fetch("/nothing"));
  await arrived(api, site, { page_views: 1, clicks: 1, requests: 1 });
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
  // The policy does bite.
  await page.evaluate(() => fetch("http://127.0.0.1:9/").catch(() => {}));
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([
    "connect-src http://127.0.0.1:9/",
  ]);
});
