// A replay is watched: it stops at the error by itself, the page is there to be looked into, and what is around the
// player goes with its clock both ways.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Api, eventually } from "../../src/api";
import { timelineRows } from "../../src/dashboard";
import { test } from "../../src/test";
import { seekTo } from "../../src/watching";

/** The demo's visitor whose card was declined, as a robot recorded it in the shop. */
async function declined(api: Api): Promise<string> {
  const { sessions } = await api.list("shop", { q: "has:replay error:PaymentError page:/checkout" });
  const replays = await Promise.all(sessions.map(({ id }) => api.replay(id)));
  const found = replays.find(({ complete, tabs }) => complete && (tabs[0]?.chunks.length ?? 0) > 5);
  return (found as NonNullable<typeof found>).session_id;
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: typeof name === "string" });
const moment = async (page: Page) => Number(await page.getByRole("slider", { name: "Moment" }).inputValue());
const replayed = (page: Page) => page.frameLocator("iframe[title='The page as it was']").frameLocator("iframe");

test("it pauses at the error, and the payment form is there to be inspected", async ({ api, page, footpath }) => {
  const id = await declined(api);
  await page.goto(`${footpath}/sites/shop/sessions/${id}`);
  await button(page, "View replay").click();
  await button(page, "Pause").waitFor();
  await button(page, /^Speed/).click();
  await page.getByRole("menuitem", { name: "8×" }).click();

  // Nobody stops it: it stops at the error.
  await button(page, "Play").waitFor({ timeout: 60_000 });
  await page
    .getByText(/PaymentError/)
    .first()
    .waitFor();
  const error = (await api.rows(id, "error")).find(({ line }) => line === "Error: PaymentError");
  expect(Math.abs((await moment(page)) - (error?.at ?? 0))).toBeLessThan(100);

  await page.keyboard.press("i");
  const tree = page.getByRole("tree", { name: "DOM" });
  await tree.waitFor();
  const find = page.getByLabel("Find in the DOM");
  await find.fill("form button.place-order");
  await page.getByText("1 of 1").waitFor();
  await find.press("Enter");
  const attributes = page.getByRole("region", { name: "Attributes" });
  await attributes.getByText("place-order button primary").waitFor();
  expect(await attributes.locator("dd").allTextContents()).toContain("submit");
  await page.screenshot({ path: "test-results/replay-inspector.png" });
});

test("bar, timeline and keys move the same clock, and a link leads to the moment", async ({ api, page, footpath }) => {
  const id = await declined(api);
  const rows = await api.rows(id, "page,error");
  await page.goto(`${footpath}/sites/shop/sessions/${id}`);
  await button(page, "View replay").waitFor();
  await page.keyboard.press("v");
  await button(page, "Pause").click();
  const error = rows.find(({ line }) => line === "Error: PaymentError")?.at ?? 0;
  await page.keyboard.press("e");
  await eventually(async () => expect(Math.abs((await moment(page)) - error)).toBeLessThan(100));

  // To the end by the bar, and back by the key to the error before.
  const end = Number(await page.getByRole("slider", { name: "Moment" }).getAttribute("max"));
  await seekTo(page, end - 500);
  await eventually(async () => expect(Math.abs((await moment(page)) - end)).toBeLessThan(1000));
  await page.keyboard.press("Shift+E");
  await eventually(async () => expect(Math.abs((await moment(page)) - error)).toBeLessThan(100));

  const checkout = rows.find(({ line }) => line.startsWith("Page: /checkout"));
  await timelineRows(page).filter({ hasText: "Page: /checkout" }).first().locator("[data-row-toggle]").click();
  await eventually(async () => expect(Math.abs((await moment(page)) - (checkout?.at ?? 0))).toBeLessThan(100));

  const products = rows.find(({ line }) => line.startsWith("Page: /products"));
  await page
    .getByRole("list", { name: "What happened" })
    .getByRole("button", { name: /Page: \/products/ })
    .click();
  await eventually(async () => expect(Math.abs((await moment(page)) - (products?.at ?? 0))).toBeLessThan(100));
  await replayed(page).getByRole("heading", { level: 1 }).first().waitFor();

  const seconds = Math.floor(((products?.at ?? 0) - (rows[0]?.at ?? 0)) / 1000);
  await page.waitForURL(new RegExp(`[?&]at=(%22)?${seconds}`));
  const linked = page.url();
  await page.goto("about:blank");
  await page.goto(linked);
  await eventually(async () => expect(Math.abs((await moment(page)) - (products?.at ?? 0))).toBeLessThan(1500));
  await button(page, "Play").waitFor();

  await button(page, "Close the replay").click();
  await button(page, "View replay").waitFor();
});
