// The list of sessions in a browser: it fills by itself, goes by keyboard, and its address is its state.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../src/api";
import { sessionRows } from "../src/dashboard";
import { click, declinedCard, pageView, seedSession } from "../src/seed";
import { test } from "../src/test";

const DAY_MINUTES = 24 * 60;

const heading = (page: Page) => page.getByRole("heading", { level: 1 });

test("a site without sessions shows its snippet; the first session takes its place, live", async ({
  page,
  newPerson,
  footpath,
  serve,
  tracked,
  site,
}) => {
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await page.getByText("No data yet: paste this snippet").waitFor();
  const snippet = page.locator("pre, code").filter({ hasText: site.key });
  await expect(snippet.first().textContent()).resolves.toContain(`${footpath}/footpath.js`);
  // A reload would take this away.
  await page.evaluate(() => Object.assign(window, { stayed: true }));

  const website = await serve({
    "/": tracked({ title: "Home", body: '<button onclick="this.append(1)">Press</button>' }),
  });
  const person = await (await newPerson()).newPage();
  await person.goto(website.url);
  await sessionRows(page).first().waitFor();
  const row = sessionRows(page).first();
  expect(await row.innerText()).toMatch(/Anonymous/);
  expect(await row.innerText()).toMatch(/live/i);
  expect(await row.innerText()).toContain("Chrome 140");

  const before = await row.innerText();
  await person.getByRole("button").click();
  await person.evaluate(() => window.footpath.identify("jane@acme.com"));
  await eventually(async () => {
    expect(await row.innerText()).toContain("jane@acme.com");
    expect(await row.innerText()).not.toBe(before);
  });

  const other = await (await newPerson()).newPage();
  await other.goto(website.url);
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  expect(await heading(page).innerText()).toMatch(/^2\ssessions/);
  expect(await page.evaluate(() => "stayed" in window)).toBe(true);
});

test("by keyboard: down, up, into a session, into an event, and back to the row", async ({ page, footpath, site }) => {
  for (const n of [1, 2, 3]) {
    await seedSession(footpath, site, { minutesAgo: 60 * n, user: `person-${n}`, happened: declinedCard });
  }
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await sessionRows(page).nth(2).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.closest("[data-index]")?.textContent ?? "");
  const press = async (key: string, holds: string) => {
    await page.keyboard.press(key);
    await eventually(async () => expect(await focused()).toContain(holds));
  };
  await press("j", "person-1");
  await press("j", "person-2");
  await press("j", "person-3");
  await press("j", "person-3");
  await press("k", "person-2");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Timeline" }).getByText("PaymentError").first().waitFor();
  expect(await heading(page).innerText()).toContain("person-2");
  await press("j", "Session started");
  await press("j", "Page: /");
  await page.keyboard.press("Enter");
  const open = page.locator("[aria-expanded=true][data-row-toggle]");
  await open.waitFor();
  expect(await open.innerText()).toContain("Page: /");
  await press("e", "PaymentError");
  await page.keyboard.press("Escape");
  await sessionRows(page).nth(2).waitFor();
  await eventually(async () => expect(await focused()).toContain("person-2"));
  expect(new URL(page.url()).pathname).toBe(`/sites/${site.id}/sessions`);
});

test("days chosen in the calendar stand in the address, and a reload shows the same", async ({
  page,
  footpath,
  site,
}) => {
  const happened = [[0, pageView("/")]] satisfies Parameters<typeof seedSession>[2]["happened"];
  await seedSession(footpath, site, { minutesAgo: 10, user: "today", happened });
  await seedSession(footpath, site, { minutesAgo: 2 * DAY_MINUTES, user: "before", happened });
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await sessionRows(page).nth(1).waitFor();
  const day = new Date(Date.now() - 2 * DAY_MINUTES * 60_000);
  const iso = day.toISOString().slice(0, 10);
  await page.getByRole("button", { name: /Last 7 days/ }).click();
  await page.getByRole("dialog").getByRole("table").waitFor();
  const cell = page.getByRole("button", { name: calendarName(day), exact: true });
  if ((await cell.count()) === 0) await page.getByRole("button", { name: "Previous month" }).click();
  await cell.click();
  await cell.click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(1));
  const check = async () => {
    await eventually(async () => expect(await sessionRows(page).first().innerText()).toContain("before"));
    expect(await sessionRows(page).count()).toBe(1);
    expect(await heading(page).innerText()).toMatch(/^1\ssession on /);
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({ from: iso, to: iso });
  };
  await check();
  await page.reload();
  await check();
});

/** As the calendar names its days: `23 November 2026`. */
const calendarName = (day: Date) =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(day);

test("bots are shown when asked for", async ({ page, footpath, site, api }) => {
  await seedSession(footpath, site, { minutesAgo: 5, user: "person", happened: [[0, pageView("/")]] });
  const answer = await fetch(`${footpath}/i/${site.key}`, {
    method: "POST",
    headers: { "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" },
    body: JSON.stringify({
      v: 1,
      sent_at: Date.now(),
      tab_id: "019a0f5e-7c00-7000-8000-000000000003",
      context: {},
      events: [
        { seq: 0, at: Date.now(), kind: pageView("/") },
        { seq: 1, at: Date.now(), kind: click("Products", "link") },
      ],
    }),
  });
  expect(answer.status).toBe(204);
  await eventually(async () => expect((await api.list(site.id, { bots: "include" })).total).toBe(2));
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await sessionRows(page).first().waitFor();
  expect(await sessionRows(page).count()).toBe(1);
  await page.getByRole("switch", { name: "Include bots" }).click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  expect(new URL(page.url()).searchParams.get("bots")).toBe("include");
});
