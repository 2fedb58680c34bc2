// From a number to its sessions: every report in a real browser, over the real server. A number is as true as its list.

import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeEach, expect } from "vitest";
import { type Api, eventually, type Site } from "../src/api";
import { sessionRows, timelineRows } from "../src/dashboard";
import { doorsOf, openReport, SESSIONS_OF_THE_DAY, seedDay } from "../src/reports";
import { searchOf } from "../src/search";
import { test } from "../src/test";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });

beforeEach<{ footpath: string; api: Api; site: Site }>(async ({ footpath, api, site }) => {
  await seedDay(footpath, api, site);
});

const FUNNEL = "steps=page:/ > page:/checkout > custom:purchase";
const REPORTS = [
  { name: "overview", path: "overview", least: 6 },
  { name: "paths", path: "journeys", least: 4 },
  { name: "paths between clicks and errors", path: "journeys?kinds=page,click,error&depth=8", least: 4 },
  { name: "drop-off with endings", path: "journeys?view=drop-off&step=page:/checkout", least: 12 },
  { name: "error impact", path: "journeys?view=error-impact", least: 3 },
  { name: "a funnel", path: `journeys?view=funnel&${FUNNEL}`, least: 6 },
  { name: "two sides of a funnel", path: `journeys?view=funnel&${FUNNEL}&a=q:&b=q:is:identified`, least: 8 },
  { name: "two sides of the drop-off", path: "journeys?view=drop-off&a=q:is:identified&b=q:-is:identified", least: 8 },
  { name: "metrics", path: "metrics", least: 1 },
  { name: "two sides of the metrics", path: "metrics?a=q:is:identified&b=q:-is:identified", least: 4 },
  { name: "segments", path: "metrics?view=segments", least: 4 },
  { name: "segments of two dimensions", path: "metrics?view=segments&by=user_type,release", least: 6 },
  { name: "pages", path: "pages", least: 5 },
  { name: "endpoints", path: "pages?view=endpoints", least: 3 },
  { name: "vitals", path: "pages?view=vitals", least: 1 },
];

test.for(REPORTS)(
  "every number of $name is as long as its list",
  async ({ path, least }, { page, footpath, site, api }) => {
    await openReport(page, `${footpath}/sites/${site.id}/${path}`);
    const doors = await eventually(async () => {
      const found = await doorsOf(page);
      expect(found.length).toBeGreaterThanOrEqual(least);
      return found;
    });
    for (const { text, n, params } of doors) {
      const { total, selection } = await api.list(site.id, { ...params, limit: "1" });
      expect(selection?.text, text).toBeTruthy();
      if (n !== null) expect(total, `${text}: ${selection?.text}`).toBe(n);
      // A share of sessions that is more than nothing has some.
      else expect(total, text).toBeGreaterThan(0);
    }
    // Nothing was divided by nothing on the way here.
    expect(await page.locator("main").innerText()).not.toMatch(/NaN|Infinity|undefined|null/);
  },
);

test("where people leave → the ending → its sessions, with what decided it → one of them, and back", async ({
  page,
  footpath,
  site,
}) => {
  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=drop-off&step=page:/checkout`);
  const endings = page.getByRole("region", { name: /How sessions at .*ended/ }).or(page.locator("section"));
  await endings.getByText("Abandoned while filling in").first().waitFor();
  const number = page
    .locator("li")
    .filter({ hasText: "Abandoned while filling in" })
    .getByRole("link", {
      name: /^\d+\ssessions?$/,
    });
  const said = Number.parseInt(await number.innerText(), 10);
  expect(said).toBe(4);
  await number.click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(said));
  expect(await heading(page).innerText()).toMatch(/^4\ssessions/);
  const chip = page.getByText(/^Sessions that .*Abandoned while filling in/);
  await chip.waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await page.getByText(/decided by/).waitFor();
  await page.getByText("checkout: card_number").first().waitFor();
  const narrowed = page.url();
  await page.keyboard.press("Enter");
  await timelineRows(page).first().waitFor();
  expect(searchOf(page)).toHaveProperty("selection");
  await page.keyboard.press("Escape");
  await eventually(async () => expect(await sessionRows(page).count()).toBe(said));
  expect(new URL(page.url()).searchParams.get("selection")).toBe(new URL(narrowed).searchParams.get("selection"));
  await page.getByRole("button", { name: "Show all sessions again" }).click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(SESSIONS_OF_THE_DAY));
});

test("what is done with a number's list is done with its sessions alone", async ({ page, footpath, site, api }) => {
  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=error-impact`);
  const row = page.getByRole("row").filter({ hasText: "PaymentError" });
  await row.getByRole("link", { name: "2", exact: true }).first().click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  // Over time: the bars are of the two.
  const bars = page.getByRole("slider", { name: /Sessions over time/ });
  await eventually(async () => expect(await bars.getAttribute("aria-valuetext")).toMatch(/2/));
  // A search on top narrows, and explains itself among these.
  await page.keyboard.press("/");
  await page.keyboard.type("page:/order/1001");
  await page.keyboard.press("Enter");
  await page.getByText(/^No session .* matches/).waitFor();
  await page.getByRole("button", { name: "Clear the search" }).first().click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  // Deleted: what was ticked, and no more.
  await page.getByRole("checkbox", { name: "Select all" }).or(page.getByRole("checkbox").first()).first().check();
  await page.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete sessions" });
  await dialog.getByText(/2\ssessions with/).waitFor();
  await dialog.getByRole("button", { name: /^Delete 2/ }).click();
  await page.getByText(/are gone/).waitFor();
  await eventually(async () => expect((await api.list(site.id)).total).toBe(SESSIONS_OF_THE_DAY - 2));
});

test("the list of a number is taken along whole, and no more of it", async ({ page, footpath, site }) => {
  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=error-impact`);
  await page.getByRole("row").filter({ hasText: "PaymentError" }).getByRole("link", { name: "2" }).first().click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  await page.getByRole("button", { name: "Export the list" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: /NDJSON/ }).click();
  const lines = (await readFile(await (await download).path(), "utf8")).trim().split("\n");
  expect(lines).toHaveLength(2);
});

test("a report is taken along as CSV, as JSON, and as a picture", async ({ page, footpath, site }) => {
  await openReport(page, `${footpath}/sites/${site.id}/metrics?view=segments`);
  await page.getByRole("table", { name: "Segments" }).waitFor();
  const take = async (name: string) => {
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: new RegExp(`^${name}`) }).click();
    return readFile(await (await download).path());
  };
  expect((await take("CSV")).toString()).toMatch(/^user_type,sessions,/);
  const { total } = JSON.parse((await take("JSON")).toString());
  expect(total.sessions).toBe(SESSIONS_OF_THE_DAY);
  const picture = await take("Picture");
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
});

test("goals and rules: previewed on the last week, then saved, then told", async ({ page, footpath, site }) => {
  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=goals&step=page:/checkout`);
  const goals = page.getByRole("list", { name: "Goals" });
  await goals.getByText(/3\ssessions/).waitFor();
  // Another goal: reading the cart.
  await page.getByRole("button", { name: "Add a goal" }).click();
  expect(await page.getByRole("button", { name: "Save the goals" }).isDisabled()).toBe(true);
  await page.getByLabel("Name of goal 2").fill("Cart seen");
  await page.getByRole("button", { name: "choose a page or an event" }).click();
  await page
    .getByRole("list", { name: "Steps" })
    .getByRole("button", { name: /\/cart/ })
    .click();
  await goals.getByText(/8\ssessions/).waitFor();
  await page.getByRole("button", { name: "Discard the changes" }).click();
  expect(await goals.getByRole("listitem").count()).toBe(1);

  const rules = page.getByRole("list", { name: "Ending rules" });
  const preview = page.getByRole("table", { name: "Endings as saved and as proposed" });
  await preview.getByText("Abandoned while filling in").waitFor();
  await page.getByRole("button", { name: "Add a rule" }).click();
  const added = (await rules.getByRole("listitem").count()) - 1;
  await page.getByText("The preview waits until every rule has a name.").waitFor();
  await page.getByLabel(`Name of rule ${added}`).fill("Abandoned at payment");
  await rules
    .getByRole("listitem")
    .nth(added - 1)
    .getByRole("button", { name: "any field" })
    .click();
  await page.getByLabel("Find a step").fill("checkout: card_*");
  await page.keyboard.press("Enter");
  // It stands behind the rule that already takes them: first match wins.
  for (let place = added; place > 6; place -= 1) {
    await page.getByRole("button", { name: `Move rule ${place} up` }).click();
  }
  const row = preview.getByRole("row").filter({ hasText: "Abandoned at payment" });
  await eventually(async () => expect(await row.innerText()).toMatch(/–\s+4/));
  expect(await preview.getByRole("row").filter({ hasText: "Abandoned while filling in" }).innerText()).toMatch(/4\s+0/);
  // Nothing is kept yet.
  const kept = async () =>
    JSON.stringify(await (await fetch(`${footpath}/api/v1/sites/${site.id}/ending-rules`)).json());
  expect(await kept()).not.toContain("Abandoned at payment");
  await page.getByRole("button", { name: "Save the rules" }).click();
  await eventually(async () => expect(await kept()).toContain("Abandoned at payment"));

  await page.getByRole("link", { name: "Drop-off" }).click();
  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=drop-off&step=page:/checkout`);
  await page.getByText("Abandoned at payment").first().waitFor();
});

test("a funnel: chosen step by step, kept under a name, and two saved filters compared in it", async ({
  page,
  footpath,
  site,
}) => {
  for (const [name, q] of [
    ["Known people", "is:identified"],
    ["Strangers", "-is:identified"],
  ]) {
    const answer = await fetch(`${footpath}/api/v1/sites/${site.id}/filters`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, q }),
    });
    expect(answer.status).toBeLessThan(300);
  }
  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=funnel`);
  const choose = async (button: string, label: string) => {
    await page.getByRole("button", { name: button }).click();
    await page
      .getByRole("list", { name: "Steps" })
      .getByRole("button", { name: new RegExp(`^${label}`) })
      .first()
      .click();
  };
  await choose("Choose the first step", "/products");
  await choose("Add a step", "/checkout");
  await eventually(async () => expect(await heading(page).innerText()).toMatch(/^100\s%\sof 8 sessions got through/));
  await page.getByRole("button", { name: "Funnels" }).click();
  await page.getByRole("menuitem", { name: "Save this funnel as…" }).click();
  await page.getByLabel("Name").fill("To the checkout");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "To the checkout" }).waitFor();

  await page.getByRole("button", { name: "Compare", exact: true }).click();
  const side = async (button: RegExp, name: string) => {
    await page.getByRole("group", { name: "Side by side" }).getByRole("button", { name: button }).click();
    await page
      .getByRole("list", { name: "Sides" })
      .getByRole("button", { name: new RegExp(`^${name}`) })
      .click();
  };
  await side(/^Compare/, "Known people");
  await side(/^with/, "Strangers");
  await eventually(async () => expect(await heading(page).innerText()).toMatch(/^Known people beside Strangers/));
  const told = page.getByRole("table", { name: "Steps of the funnel of both sides" });
  await eventually(async () => expect(await told.getByRole("row").nth(2).innerText()).toMatch(/5\s+3/));

  await openReport(page, `${footpath}/sites/${site.id}/journeys?view=funnel`);
  await page.getByRole("button", { name: "Funnels" }).click();
  await page.getByRole("menuitem", { name: "To the checkout" }).click();
  await eventually(async () => expect(await heading(page).innerText()).toMatch(/got through/));
});

test("two segments, such as two releases, side by side on every report", async ({ page, footpath, site }) => {
  await openReport(page, `${footpath}/sites/${site.id}/metrics?view=segments&by=release`);
  const segments = page.getByRole("table", { name: "Segments" });
  await segments.getByRole("row").filter({ hasText: "1.0" }).getByRole("checkbox").check();
  await segments.getByRole("row").filter({ hasText: "1.1" }).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Side by side" }).click();
  await page.getByRole("table", { name: "Metrics of both sides" }).waitFor();
  await eventually(async () => expect(await heading(page).innerText()).toMatch(/1\.0 beside .*1\.1/));
  await page.getByRole("link", { name: "Their pages" }).click();
  const pages = page.getByRole("table", { name: "Pages of both sides" });
  await pages.getByText("/checkout").waitFor();
  await page.getByRole("link", { name: "Endpoints" }).click();
  await page.getByRole("table", { name: "Endpoints of both sides" }).getByText("/api/cart").waitFor();
  await page.getByRole("button", { name: "End the comparison" }).click();
  await page.getByRole("table", { name: "Endpoints", exact: true }).waitFor();
});

test("by keyboard only: from the overview to a report, to a number, to a session, and back", async ({
  page,
  footpath,
  site,
}) => {
  await openReport(page, `${footpath}/sites/${site.id}/overview`);
  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.getByRole("list", { name: "The funnel" }).or(page.getByText("Whole paths")).first().waitFor();
  await page.getByRole("link", { name: "Drop-off" }).focus();
  await page.keyboard.press("Enter");
  const steps = page.getByRole("table", { name: /Steps by sessions lost/ });
  await steps.waitFor();
  await steps.getByRole("button", { name: /\/checkout/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Abandoned while filling in").waitFor();
  await steps.getByRole("row").filter({ hasText: "/checkout" }).getByRole("link").first().focus();
  await page.keyboard.press("Enter");
  await sessionRows(page).first().waitFor();
  const n = await sessionRows(page).count();
  expect(await heading(page).innerText()).toMatch(new RegExp(`^${n}\\ssessions?`));
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await timelineRows(page).first().waitFor();
  await page.keyboard.press("Escape");
  await eventually(async () => expect(await sessionRows(page).count()).toBe(n));
  await page.keyboard.press("?");
  const help = page.getByRole("dialog");
  await help.getByText("Metrics").waitFor();
});
