// The demo shop, walked through as its visitors do: what they did is what Footpath says they did, word for word, in
// the API and on the session's page.

import { expect } from "vitest";
import { eventually, linesOf } from "../src/api";
import { timelineLines } from "../src/dashboard";
import { sessionIdOf, test } from "../src/test";

const TOLD = "page,click,request,error";

test("the way to a declined card, line by line", async ({ page, visitor, footpath, api }) => {
  await page.goto(`${footpath}/demo/`);
  const id = await eventually(async () => {
    const found = await sessionIdOf(page);
    expect(found).toBeDefined();
    return found as string;
  });
  await page.getByRole("link", { name: "Products", exact: true }).click();
  await page.getByRole("button", { name: "Add to Cart" }).first().click();
  await page.getByRole("complementary", { name: "Cart" }).getByRole("button", { name: "Checkout" }).click();
  await page.getByLabel("Card number").pressSequentially("4000000000000002");
  await page.keyboard.press("Tab");
  await page.getByText("Your bank declined this card").waitFor();
  await page.keyboard.type("12 / 29");
  // The shop's own way to say that the person has left.
  await page.evaluate(() => window.footpath.reset());
  await page.close();

  const told = [
    "Session started",
    "Page: /",
    'Click: "Products" link',
    "Page: /products",
    'Click: "Add to Cart" button',
    "HTTP: POST /api/cart - 200",
    'Click: "Checkout" button',
    "Page: /checkout",
    "Error: PaymentError",
    "Session ended",
  ];
  await eventually(async () => expect(linesOf(await api.rows(id, TOLD))).toEqual(told));
  const session = await api.session(id);
  expect(session).toMatchObject({
    status: "settled",
    start_reason: "first_visit",
    end_reason: "logout",
    entry: { path: "/" },
    exit: { path: "/checkout" },
    bot: null,
    device: { label: "Desktop / Chrome 140 / Windows 10" },
  });
  expect(session.counts).toMatchObject({ page_views: 3, clicks: 3, requests: 1, errors: 1, tabs: 1 });

  const reader = await visitor.newPage();
  await reader.goto(`${footpath}/sites/shop/sessions/${id}?show=${TOLD}`);
  await eventually(async () => expect(await timelineLines(reader)).toEqual(told));
});
