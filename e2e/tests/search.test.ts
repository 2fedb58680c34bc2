// Finding any session in a browser: by text and by chips, sorted, over time, saved, shared, by keyboard, on a phone.

import type { Page } from "playwright-core";
import { beforeEach, describe, expect } from "vitest";
import { eventually, type Site } from "../src/api";
import { sessionRows } from "../src/dashboard";
import { chips, expectWho, openFilters, searchField, searchOf, typeSearch, whoInList } from "../src/search";
import { click, declinedCard, type Happening, pageView, seedSession } from "../src/seed";
import { test } from "../src/test";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const JOHN = "john@example.com";

/** Reads, and reads on, for longer than five minutes. */
const longRead: Happening[] = [
  [0, pageView("/")],
  [60, click("Products", "link")],
  [120, pageView("/products")],
  [240, click("Terracotta Pots", "link")],
  [242, pageView("/products/7")],
  [380, click("Add to Cart")],
];
const glance: Happening[] = [[0, pageView("/")]];
const quietCheckout: Happening[] = [
  [0, pageView("/cart")],
  [20, click("Checkout")],
  [21, pageView("/checkout")],
  [50, click("Place order")],
  [52, pageView("/order/1")],
];

/** Four people, newest first: `john`, whose card was declined; `mary`, who bought; `ada`, who read; `zoe`, who glanced. */
async function seedFour(footpath: string, site: Site): Promise<void> {
  await seedSession(footpath, site, { minutesAgo: 50, user: JOHN, happened: declinedCard });
  await seedSession(footpath, site, { minutesAgo: 100, user: "mary", happened: quietCheckout });
  await seedSession(footpath, site, { minutesAgo: 200, user: "ada", happened: longRead });
  await seedSession(footpath, site, { minutesAgo: 300, user: "zoe", happened: glance });
}

beforeEach<{ page: Page; footpath: string; site: Site }>(async ({ page, footpath, site }) => {
  await seedFour(footpath, site);
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await eventually(async () => expect(await sessionRows(page).count()).toBe(4));
});

const SEARCHES = [
  { q: `user:${JOHN}`, found: [JOHN], shown: [`user:${JOHN}`] },
  { q: "has:errors", found: [JOHN], shown: ["has:errors"] },
  { q: "page:/checkout", found: [JOHN, "mary"], shown: ["page:/checkout"] },
  { q: "duration:>5m", found: ["ada"], shown: ["duration:>5m"] },
  { q: `user:${JOHN} AND has:errors`, found: [JOHN], shown: [`user:${JOHN}`, "has:errors"] },
];

describe("by text", () => {
  test.for(SEARCHES)("$q", async ({ q, found, shown }, { page }) => {
    await typeSearch(page, q);
    await expectWho(page, found);
    expect(await chips(page)).toEqual(shown);
    expect(searchOf(page)).toEqual({ q: shown.join(" ") });
    expect(await heading(page).innerText()).toMatch(new RegExp(`^${found.length}\\ssessions? match`));
  });

  test("a mistake points at its characters and suggests; the address keeps what could be read", async ({ page }) => {
    await typeSearch(page, "has:errors dur:>5m");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await page.locator("mark").first().innerText()).toBe("dur");
    expect(searchOf(page)).toEqual({});
    await alert.getByRole("button").click();
    expect(await searchField(page).inputValue()).toMatch(/duration:>5m/);
  });

  test("nothing found: which part emptied it, and without it there is something", async ({ page }) => {
    await typeSearch(page, "has:errors user:nobody");
    await page.getByText("No session of the range has user:nobody.").waitFor();
    await page.getByRole("button", { name: "Drop user:nobody" }).click();
    await expectWho(page, [JOHN]);
    expect(searchOf(page)).toEqual({ q: "has:errors" });
  });
});

describe("by chips", () => {
  test("a whole clause, with its count", async ({ page }) => {
    const menu = await openFilters(page);
    await menu.getByRole("button", { name: /^Has errors\s+1/ }).click();
    await expectWho(page, [JOHN]);
    expect(await chips(page)).toEqual(["has:errors"]);
  });

  test.for([
    { field: "User", value: JOHN, found: [JOHN], q: `user:${JOHN}` },
    { field: "Page", value: "/checkout", found: [JOHN, "mary"], q: "page:/checkout" },
  ])("a value of $field, with its count", async ({ field, value, found, q }, { page }) => {
    const menu = await openFilters(page, field);
    await menu.getByRole("list", { name: "Values" }).getByRole("button", { name: value }).first().click();
    await expectWho(page, found);
    expect(searchOf(page)).toEqual({ q });
  });

  test("a bound", async ({ page }) => {
    const menu = await openFilters(page, "Duration");
    await menu.getByLabel("At least").fill("5");
    await menu.getByRole("button", { name: /^Add duration/ }).click();
    await expectWho(page, ["ada"]);
    expect(await chips(page)).toEqual(["duration:>=5m"]);
  });

  test("two of them; one goes by its cross, and one by the keyboard", async ({ page }) => {
    const users = await openFilters(page, "User");
    await users.getByRole("list", { name: "Values" }).getByRole("button", { name: JOHN }).click();
    await expectWho(page, [JOHN]);
    const common = await openFilters(page);
    await common.getByRole("button", { name: /^Has errors/ }).click();
    await eventually(async () => expect(await chips(page)).toEqual([`user:${JOHN}`, "has:errors"]));
    await page.getByRole("button", { name: "Remove has:errors" }).click();
    await eventually(async () => expect(searchOf(page)).toEqual({ q: `user:${JOHN}` }));
    await page.locator("[data-chip]").first().focus();
    await page.keyboard.press("Delete");
    await eventually(async () => expect(searchOf(page)).toEqual({}));
    await eventually(async () => expect(await sessionRows(page).count()).toBe(4));
  });

  test("a click edits one as text", async ({ page }) => {
    await typeSearch(page, "has:errors page:/checkout");
    await page.locator("[data-chip]", { hasText: "page:" }).click();
    await page.keyboard.type("page:/cart");
    await page.keyboard.press("Enter");
    await eventually(async () => expect(searchOf(page)).toEqual({ q: "has:errors page:/cart" }));
  });
});

test("sorted four ways, both ways, and the address says so", async ({ page }) => {
  const sortBy = (name: string) => page.getByRole("columnheader", { name }).getByRole("button").click();
  const sorted = (name: string) => page.getByRole("columnheader", { name }).getAttribute("aria-sort");
  expect(await whoInList(page)).toEqual([JOHN, "mary", "ada", "zoe"]);
  await sortBy("Duration");
  await expectWho(page, ["ada", JOHN, "mary", "zoe"]);
  expect(await sorted("Duration")).toBe("descending");
  await sortBy("Duration");
  await expectWho(page, ["zoe", "mary", JOHN, "ada"]);
  expect(await sorted("Duration")).toBe("ascending");
  expect(searchOf(page)).toEqual({ sort: "duration", order: "asc" });
  await sortBy("Pages");
  await eventually(async () => expect((await whoInList(page)).at(-1)).toBe("zoe"));
  await sortBy("Errors");
  await eventually(async () => expect((await whoInList(page))[0]).toBe(JOHN));
  await sortBy("Started");
  await expectWho(page, [JOHN, "mary", "ada", "zoe"]);
  expect(searchOf(page)).toEqual({});
});

test("paged to the end in another order: every session once", async ({ page, footpath, site, api }) => {
  const n = 230;
  for (let from = 0; from < n; from += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const number = from + index;
        const happened: Happening[] = [
          [0, pageView("/")],
          [10 + number, click("Products", "link")],
        ];
        return seedSession(footpath, site, { minutesAgo: 400 + number, user: `p${number}`, happened });
      }),
    );
  }
  await eventually(async () => expect((await api.list(site.id)).total).toBe(n + 4), 60_000);
  await page.goto(`${footpath}/sites/${site.id}/sessions?sort=duration`);
  await sessionRows(page).first().waitFor();
  const seen = new Set<string>();
  await eventually(async () => {
    for (const who of await whoInList(page)) seen.add(who);
    await page.mouse.wheel(0, 700);
    expect(await page.getByText(/^That is all/).count()).toBe(1);
    expect(seen.size).toBe(n + 4);
  }, 60_000);
});

test("a part of the histogram, by pointer and by keys; a reload shows the same; and there is a way back", async ({
  page,
}) => {
  const slider = page.getByRole("slider", { name: /Sessions over time/ });
  const isDrawn = () => eventually(async () => expect(searchOf(page)).toHaveProperty("from"));
  await slider.waitFor();
  const box = await slider.boundingBox();
  if (!box) throw new Error("the histogram has no place");
  // All of the sessions are of the last hours: the right end of seven days.
  await page.mouse.move(box.x + box.width * 0.9, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + 20, { steps: 8 });
  await page.mouse.up();
  await isDrawn();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(4));
  const drawn = page.url();
  await page.reload();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(4));
  expect(page.url()).toBe(drawn);
  await page.getByRole("button", { name: /^Back to/ }).click();
  await eventually(async () => expect(searchOf(page)).toEqual({}));

  await slider.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await isDrawn();
  // Seven days ago there was nobody.
  await page.getByText(/^No sessions (on|from)/).waitFor();
});

test("saved, reloaded, and opened by another person from its link", async ({ page, newPerson }) => {
  await typeSearch(page, "page:/checkout has:errors");
  await expectWho(page, [JOHN]);
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("button").click();
  await page.getByRole("button", { name: "Save the search" }).click();
  await page.getByRole("menuitem", { name: /Save this search/ }).click();
  await page.getByLabel("Name").fill("Checkout failures");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Saved filter: Checkout failures" }).waitFor();
  await page.reload();
  await expectWho(page, [JOHN]);
  await page.getByRole("button", { name: "Saved filter: Checkout failures" }).waitFor();

  const other = await (await newPerson()).newPage();
  await other.goto(page.url());
  await expectWho(other, [JOHN]);
  expect(await chips(other)).toEqual(["page:/checkout", "has:errors"]);
  await other.getByRole("button", { name: "Saved filter: Checkout failures" }).waitFor();
  expect(await other.getByRole("columnheader", { name: "Duration" }).getAttribute("aria-sort")).toBe("descending");
});

test("by keyboard only: search with completion, open why, open the session, on to the next, and back", async ({
  page,
}) => {
  await page.keyboard.press("/");
  await page.keyboard.type("pag");
  const options = page.getByRole("listbox", { name: "Completions" }).getByRole("option");
  await options.filter({ hasText: "page:" }).first().waitFor();
  await page.keyboard.press("Tab");
  expect(await searchField(page).inputValue()).toBe("page:");
  await page.keyboard.type("/check");
  await options.filter({ hasText: "/checkout" }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  expect(await searchField(page).inputValue()).toBe("page:/checkout ");
  await page.keyboard.press("Enter");
  await expectWho(page, [JOHN, "mary"]);
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  const why = page.getByRole("list", { name: "Why it was found" });
  await why
    .getByRole("link", { name: /\/checkout/ })
    .first()
    .waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Timeline" }).waitFor();
  expect(await heading(page).innerText()).toContain(JOHN);
  await page.keyboard.press("]");
  await eventually(async () => expect(await heading(page).innerText()).toContain("mary"));
  expect(searchOf(page)).toMatchObject({ q: "page:/checkout" });
  await page.keyboard.press("Escape");
  await expectWho(page, [JOHN, "mary"]);
});

test("why it was found leads to the event in the timeline", async ({ page }) => {
  await typeSearch(page, "error:PaymentError");
  await expectWho(page, [JOHN]);
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await page
    .getByRole("list", { name: "Why it was found" })
    .getByRole("link", { name: /PaymentError/ })
    .click();
  const open = page.locator("[aria-expanded=true][data-row-toggle]");
  await open.waitFor();
  expect(await open.innerText()).toContain("PaymentError");
});

test("errors are grouped, and a group leads to its sessions and to its context", async ({ page }) => {
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  const group = page.getByRole("button", { name: /PaymentError/ });
  await group.click();
  await page.getByRole("heading", { name: "How it ended" }).waitFor();
  await page.getByRole("link", { name: /sessions? with this error/ }).click();
  await expectWho(page, [JOHN]);
  expect(searchOf(page).q).toMatch(/^error\.group:/);
});

test("a session leads to its user, whose sessions are one timeline", async ({ page, footpath, site }) => {
  await seedSession(footpath, site, { minutesAgo: 900, user: JOHN, happened: longRead });
  await page.getByRole("link", { name: JOHN }).click();
  await page.getByRole("link", { name: "All sessions of this user" }).click();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  await page.getByRole("tab", { name: "One timeline" }).click();
  await page.getByText("PaymentError").first().waitFor();
  await page
    .getByText(/Terracotta Pots/)
    .first()
    .waitFor();
});

test("selected sessions are deleted after what would go was seen", async ({ page, api, site }) => {
  await sessionRows(page).filter({ hasText: "zoe" }).hover();
  await page.getByRole("checkbox", { name: "Select zoe" }).check();
  await page.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete sessions" });
  await dialog.getByText(/1\ssession with/).waitFor();
  await dialog.getByRole("button", { name: /^Delete 1/ }).click();
  await page.getByText(/are gone/).waitFor();
  await eventually(async () => expect((await api.list(site.id)).total).toBe(3));
});

test("all that a search finds is deleted after what would go was seen, and nothing else", async ({
  page,
  api,
  site,
}) => {
  await typeSearch(page, "page:/checkout");
  await expectWho(page, [JOHN, "mary"]);
  await sessionRows(page).filter({ hasText: "mary" }).hover();
  await page.getByRole("checkbox", { name: "Select mary" }).check();
  await page.getByRole("button", { name: "Select all 2" }).click();
  await page.getByText("All 2 selected").waitFor();
  await page.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("button", { name: /^Delete 2/ }).click();
  await page.getByText(/are gone/).waitFor();
  await eventually(async () => expect((await api.list(site.id)).total).toBe(2));
});

test.for([{ format: "CSV" }, { format: "NDJSON" }, { format: "Parquet" }])(
  "the list is taken along as $format",
  async ({ format }, { page }) => {
    await typeSearch(page, "page:/checkout");
    await expectWho(page, [JOHN, "mary"]);
    await page.getByRole("button", { name: "Export the list" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: new RegExp(format) }).click();
    expect((await download).suggestedFilename()).toContain(format.toLowerCase());
  },
);

test("on a phone: search, chips, completions and sorting are all there, and nothing sticks out", async ({
  newPerson,
  footpath,
  site,
}) => {
  const viewport = { width: 390, height: 844 };
  const phone = await (await newPerson({ viewport, isMobile: true, hasTouch: true })).newPage();
  await phone.goto(`${footpath}/sites/${site.id}/sessions`);
  await eventually(async () => expect(await sessionRows(phone).count()).toBe(4));
  const fits = async () =>
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
  await searchField(phone).tap();
  await phone.keyboard.type("has:");
  await phone.getByRole("option", { name: /errors/ }).tap();
  await fits();
  await phone.keyboard.press("Enter");
  await expectWho(phone, [JOHN]);
  expect(await chips(phone)).toEqual(["has:errors"]);
  await phone.getByRole("button", { name: "Remove has:errors" }).tap();
  await eventually(async () => expect(await sessionRows(phone).count()).toBe(4));
  await phone.getByRole("checkbox", { name: "Select zoe" }).tap();
  await phone.getByRole("region", { name: "Selected sessions" }).waitFor();
  await fits();
  await phone.getByRole("button", { name: "Select none" }).tap();
  await phone.getByRole("button", { name: /^Sorted by/ }).tap();
  await phone.getByRole("menuitem", { name: "Longest" }).tap();
  await eventually(async () => expect((await whoInList(phone))[0]).toBe("ada"));
  await fits();
  await phone.goto(`${footpath}/sites/${site.id}/errors`);
  await phone.getByRole("button", { name: /PaymentError/ }).tap();
  await phone.getByRole("heading", { name: "How it ended" }).waitFor();
  await fits();
});
