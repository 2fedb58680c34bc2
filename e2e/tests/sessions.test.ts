// One visitor, one session: over tabs, documents, blocked storage, and none of it any more when the person changes.

import { expect } from "vitest";
import { eventually, ofKind, onlySession } from "../src/api";
import { launch, newVisitor } from "../src/browser";
import { sessionIdOf, test } from "../src/test";

const LINKS = '<a href="/">Home</a> <a href="/next">Next</a> <button onclick="this.append(1)">Press</button>';

test("a page restored from the back/forward cache is viewed again, in the same session", async ({
  page,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked({ body: LINKS }), "/next": tracked({ body: LINKS }) });
  await page.goto(website.url);
  await page.getByRole("link", { name: "Next" }).click();
  await page.waitForURL("**/next");
  await page.evaluate(() => history.back());
  const { rows } = await onlySession(api, site, (rows) =>
    expect(ofKind(rows, "page_view").map(({ navigation }) => navigation)).toEqual(["load", "load", "bfcache"]),
  );
  expect(rows.flatMap(({ event }) => (event && "page_view" in event.kind ? [event.path] : []))).toEqual([
    "/",
    "/next",
    "/",
  ]);
});

test("tabs opened at once share a session, each under an id of its own", async ({
  visitor,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked({ body: LINKS }) });
  // Each is a process of its own, and none finds a session there: all of them want to start one.
  const tabs = await Promise.all(Array.from({ length: 5 }, () => visitor.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(website.url)));
  for (const tab of tabs) await tab.getByRole("button").click();
  const { rows, session } = await onlySession(api, site, (_, { counts }) =>
    expect(counts).toMatchObject({ page_views: 5, clicks: 5, tabs: 5 }),
  );
  expect(await Promise.all(tabs.map(sessionIdOf))).toEqual(tabs.map(() => session.id));
  expect(new Set(rows.flatMap(({ event }) => event?.tab_id ?? [])).size).toBe(5);
});

test("a tab that was copied with its storage gets an id of its own", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({ "/": tracked({ body: LINKS }), "/next": tracked({ body: LINKS }) });
  await page.goto(website.url);
  await sessionIdOf(page);
  await page.evaluate(() => sessionStorage.setItem("was", "copied"));
  const opening = page.waitForEvent("popup");
  await page.evaluate(() => void window.open("/next"));
  const copy = await opening;
  await copy.waitForLoadState();
  expect(await copy.evaluate(() => sessionStorage.getItem("was"))).toBe("copied");
  await copy.getByRole("button").click();
  await page.getByRole("button").click();
  const { rows } = await onlySession(api, site, (_, { counts }) =>
    expect(counts).toMatchObject({ page_views: 2, clicks: 2, tabs: 2 }),
  );
  const seqs = rows.flatMap(({ event }) => (event ? [`${event.tab_id} ${event.seq}`] : []));
  expect(new Set(seqs).size).toBe(seqs.length);
});

test("a reload goes on in the same tab and session", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({ "/": tracked({ body: LINKS }) });
  await page.goto(website.url);
  await page.reload();
  await page.getByRole("button").click();
  await onlySession(api, site, (_, { counts }) => expect(counts).toMatchObject({ page_views: 2, clicks: 1, tabs: 1 }));
});

test("where storage is blocked, a page is still one session", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({
    // A sandboxed page has no origin, and so no storage and no locks.
    "/": (_, response) =>
      response
        .writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": "sandbox allow-scripts" })
        .end(tracked({ body: LINKS })),
  });
  await page.goto(website.url);
  expect(
    await page.evaluate(() => {
      try {
        return [localStorage, sessionStorage];
      } catch (error) {
        return (error as Error).name;
      }
    }),
  ).toBe("SecurityError");
  for (const _ of [1, 2, 3]) await page.getByRole("button").click();
  await page.evaluate(() => window.footpath.track("done"));
  await onlySession(api, site, (_, { counts }) =>
    expect(counts).toMatchObject({ page_views: 1, clicks: 3, custom: 1 }),
  );
});

test("cookieless: nothing is stored, no id of the person is sent, and the server tells the visitor all the same", async ({
  page,
  serve,
  tracked,
  relay,
  api,
  site,
}) => {
  const options = `data-cookieless data-endpoint="${relay.url}"`;
  const website = await serve({ "/": tracked({ options, body: LINKS }), "/next": tracked({ options, body: LINKS }) });
  await page.goto(website.url);
  await page.getByRole("button").click();
  await page.getByRole("link", { name: "Next" }).click();
  await page.waitForURL("**/next");
  await page.getByRole("button").click();
  expect(await sessionIdOf(page)).toBeUndefined();
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ""]);
  await onlySession(api, site, (_, { counts }) => expect(counts).toMatchObject({ page_views: 2, clicks: 3 }));
  expect(relay.bodies.length).toBeGreaterThan(1);
  for (const body of relay.bodies) {
    expect(JSON.parse(body)).not.toHaveProperty("session");
    expect(JSON.parse(body)).not.toHaveProperty("visitor_id");
  }
});

test("anonymous becomes known in one session; logout ends it, and the next person's is another", async ({
  page,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked({ body: LINKS }) });
  await page.goto(website.url);
  await page.getByRole("button").click();
  const id = await sessionIdOf(page);
  await page.evaluate(() => window.footpath.identify("ann", { plan: "pro" }));
  expect(await sessionIdOf(page)).toBe(id);
  await page.evaluate(() => window.footpath.reset());
  expect(await sessionIdOf(page)).not.toBe(id);
  await page.getByRole("button").click();
  await page.evaluate(() => window.footpath.identify("bob"));
  await page.close({ runBeforeUnload: true });

  const sessions = await eventually(async () => {
    const { sessions } = await api.list(site.id);
    expect(sessions.map(({ user }) => user?.id)).toEqual(["bob", "ann"]);
    return sessions;
  });
  const [bob, ann] = sessions;
  expect(ann).toMatchObject({ id, status: "settled", start_reason: "first_visit", end_reason: "logout" });
  expect(ann).toMatchObject({ user: { traits: { plan: "pro" } }, counts: { page_views: 1, clicks: 1 } });
  expect(bob).toMatchObject({ status: "live", start_reason: "logout", previous_id: id, counts: { clicks: 1 } });
  expect(bob?.visitor_id).toBe(ann?.visitor_id);
  expect(ofKind(await api.rows(id as string), "session_end")).toEqual([{ reason: "logout" }]);
});

test("another known user takes over: another session", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({ "/": tracked({ body: LINKS }) });
  await page.goto(website.url);
  await page.evaluate(() => window.footpath.identify("ann"));
  const id = await sessionIdOf(page);
  await page.evaluate(() => window.footpath.identify("bob"));
  await page.getByRole("button").click();
  await page.close({ runBeforeUnload: true });
  await eventually(async () => {
    const { sessions } = await api.list(site.id);
    expect(sessions).toMatchObject([
      { user: { id: "bob" }, start_reason: "user_switch", previous_id: id, status: "live", counts: { clicks: 1 } },
      { user: { id: "ann" }, id, end_reason: "user_switch", status: "settled", counts: { page_views: 1, clicks: 0 } },
    ]);
  });
});

test("a browser that says it is automated is set apart, not lost", async ({ serve, tracked, api, site }) => {
  const website = await serve({ "/": tracked({ body: LINKS }) });
  const browser = await launch({ saysAutomated: true });
  try {
    const page = await (await newVisitor(browser)).newPage();
    await page.goto(website.url);
    await page.getByRole("button").click();
    await eventually(async () => {
      const { sessions } = await api.list(site.id, { bots: "include" });
      expect(sessions).toMatchObject([{ bot: "automated", counts: { page_views: 1, clicks: 1 } }]);
    });
    expect(await api.list(site.id)).toMatchObject({ sessions: [], total: 0 });
    expect(await api.list(site.id, { bots: "only" })).toMatchObject({ total: 1 });
  } finally {
    await browser.close();
  }
});
