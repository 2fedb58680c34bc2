// A small shop's day, and the numbers of reports as doors: where each leads, and how many sessions it says are there.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Api, eventually, type Site } from "./api";
import { click, declinedCard, type Happening, pageView, request, seedSession } from "./seed";

const input = (field: string): Happening[1] => ({ input: { form: "checkout", field, first: true } });
const load = (at: number, load_ms: number): Happening => [
  at + 0.5,
  { page_load: { ttfb_ms: Math.round(load_ms / 8), dom_ready_ms: Math.round(load_ms / 2), load_ms } },
];
const lcp = (at: number, value: number): Happening => [
  at + 0.6,
  { vital: { name: "LCP", value, rating: value <= 2500 ? "good" : value <= 4000 ? "needs_improvement" : "poor" } },
];

const toCheckout: Happening[] = [
  [0, pageView("/", "Shop")],
  load(0, 900),
  lcp(0, 1200),
  [12, click("Products", "link")],
  [13, pageView("/products", "Products")],
  load(13, 2400),
  lcp(13, 4600),
  [40, click("Add to Cart")],
  [41, request("POST", "/api/cart", 200)],
  [50, pageView("/cart", "Cart")],
  [58, click("Checkout")],
  [60, pageView("/checkout", "Checkout")],
];

export const bought: Happening[] = [
  ...toCheckout,
  [70, input("email")],
  [80, input("card_number")],
  [90, { submit: { form: "checkout", fields: ["email", "card_number"] } }],
  [91, request("POST", "/api/payment", 200)],
  [93, { custom: { name: "purchase" } }],
  [94, pageView("/order/1001", "Thank you")],
];
const leftAtPayment: Happening[] = [...toCheckout, [70, input("email")], [80, input("card_number")]];
const leftBeforeDetails: Happening[] = toCheckout;
const glanced: Happening[] = [[0, pageView("/", "Shop")], load(0, 800)];

const DAY: { who: string | null; happened: Happening[]; release: string }[] = [
  { who: "ben", happened: bought, release: "1.0" },
  { who: "ann", happened: bought, release: "1.1" },
  { who: null, happened: bought, release: "1.1" },
  { who: "cleo", happened: leftAtPayment, release: "1.0" },
  { who: null, happened: leftAtPayment, release: "1.1" },
  { who: "dora", happened: leftBeforeDetails, release: "1.0" },
  { who: "eve", happened: declinedCard, release: "1.1" },
  { who: null, happened: declinedCard, release: "1.0" },
  { who: null, happened: glanced, release: "1.0" },
  { who: null, happened: glanced, release: "1.0" },
];

export const SESSIONS_OF_THE_DAY = DAY.length;

/** Ten sessions, all of them over; what counts as success on the site is an order. */
export async function seedDay(footpath: string, api: Api, site: Site): Promise<void> {
  await Promise.all(
    DAY.map(({ who, happened, release }, place) =>
      seedSession(footpath, site, { minutesAgo: 60 + 7 * place, happened, release, ...(who && { user: who }) }),
    ),
  );
  const goals = [{ name: "Order", steps: [{ kind: "custom", label: "purchase" }] }];
  const answer = await fetch(`${footpath}/api/v1/sites/${site.id}/goals`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ goals }),
  });
  expect(answer.status).toBe(200);
  await eventually(async () => expect((await api.list(site.id)).total).toBe(DAY.length));
}

export interface Door {
  text: string;
  /** The number of sessions that it says, where that is what is shown. */
  n: number | null;
  /** What the list is asked, in the API's words, which are the address's. */
  params: Record<string, string>;
}

const SESSIONS = /^([\d,]+)(\s(live )?sessions?)?$/;

/** Every number on the screen that opens a list. */
export async function doorsOf(page: Page): Promise<Door[]> {
  const links = await page
    .locator('a[href*="/sessions?"][href*="selection="]')
    .evaluateAll((all) => all.map((one) => ({ text: one.textContent ?? "", href: (one as HTMLAnchorElement).href })));
  return links.map(({ text, href }) => {
    const number = SESSIONS.exec(text.trim())?.[1];
    return {
      text,
      n: number === undefined ? null : Number(number.replaceAll(",", "")),
      params: Object.fromEntries(new URL(href).searchParams),
    };
  });
}

/** Opens a report, and waits until its answers are there. */
export async function openReport(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator("h1").first().waitFor();
  await eventually(async () => {
    expect(await page.locator('[aria-busy="true"]').count()).toBe(0);
    expect(await page.getByText(/^Loading/).count()).toBe(0);
  });
}
