// The page of a session in a browser: an error in its context, and five thousand events that stay light.

import { expect } from "vitest";
import { eventually, linesOf, onlySession } from "../src/api";
import { timelineLines, timelineRows } from "../src/dashboard";
import { click, declinedCard, type Happening, pageView, request, seedSession } from "../src/seed";
import { test } from "../src/test";

test("an error opens to what was before, what was being done, what came after, and how it ended", async ({
  page,
  footpath,
  site,
}) => {
  const id = await seedSession(footpath, site, { minutesAgo: 120, user: "jane@acme.com", happened: declinedCard });
  await page.goto(`${footpath}/sites/${site.id}/sessions/${id}`);
  const row = timelineRows(page).filter({ has: page.getByText("PaymentError") });
  await row.getByRole("button", { name: "PaymentError" }).click();
  const part = (title: string) =>
    row.locator("section").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
  await part("How it ended").waitFor();
  const lines = async (title: string) =>
    (await part(title).getByRole("button").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  expect(await lines("Before")).toEqual([
    expect.stringContaining('Click: "Add to Cart" button'),
    expect.stringContaining("HTTP: POST /api/cart - 200"),
    expect.stringContaining('Click: "Checkout" button'),
    expect.stringContaining("Page: /checkout"),
    expect.stringContaining('Input: started "checkout" form at "card_number"'),
  ]);
  expect(await lines("Doing")).toEqual([expect.stringMatching(/Input: started "checkout" form.* 5(\.0+)? s before/)]);
  expect(await part("The error").innerText()).toContain("card network declined");
  expect(await part("The error").innerText()).toContain("/js/payment.js:22:61");
  expect((await lines("After")).slice(0, 4)).toEqual([
    expect.stringContaining('Click followed by an error: "Checkout" button'),
    expect.stringContaining('Input: "card_number"'),
    expect.stringContaining('Click: "Place order" button'),
    expect.stringContaining("HTTP: POST /api/payment - 402"),
  ]);
  expect(await part("How it ended").innerText()).toContain("Session ended 25 s later: no further activity");
  // The open row stands in the address.
  await page.reload();
  await part("How it ended").waitFor();
});

test("a live session's page, opened by the address that the SDK gives, grows by itself", async ({
  page,
  newPerson,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({ "/": tracked({ body: '<button onclick="this.append(1)">Press</button>' }) });
  const person = await (await newPerson()).newPage();
  await person.goto(website.url);
  const address = await person.evaluate(() => window.footpath.sessionUrl());
  await onlySession(api, site, (rows) => expect(linesOf(rows)).toContain("Page: /"));
  await page.goto(address ?? "");
  await eventually(async () => expect(await timelineLines(page)).toEqual(["Session started", "Page: /"]));
  await person.getByRole("button").click();
  await eventually(async () =>
    expect(await timelineLines(page)).toEqual(["Session started", "Page: /", 'Click: "Press" button']),
  );
  await person.evaluate(() => window.footpath.reset());
  await eventually(async () => expect((await timelineLines(page)).at(-1)).toBe("Session ended"));
});

test("five thousand events: few rows at a time in the document, the last one within reach", async ({
  page,
  footpath,
  site,
}) => {
  const happened: Happening[] = Array.from({ length: 5000 }, (_, n): Happening => {
    if (n % 50 === 0) return [n / 5, pageView(`/shelf/${n}`)];
    return [n / 5, n % 3 === 0 ? request("GET", `/api/products/${n}`, 200) : click(`Thing ${n}`)];
  });
  const id = await seedSession(footpath, site, { minutesAgo: 180, happened });
  await page.goto(`${footpath}/sites/${site.id}/sessions/${id}`);
  await timelineRows(page).first().waitFor();
  const all = 5000 + 2;
  await eventually(async () => expect(await timelineRows(page).first().getAttribute("aria-setsize")).toBe(String(all)));
  // Row by row as people scroll, and in leaps as they drag.
  const seen = await page.evaluate(async () => {
    const counts: number[] = [];
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const count = () => counts.push(document.querySelectorAll("[data-index]").length);
    for (let n = 0; n < 60; n++) {
      window.scrollBy(0, 120);
      await frame();
      count();
    }
    for (let n = 1; n <= 20; n++) {
      window.scrollTo(0, (document.documentElement.scrollHeight * n) / 20);
      await frame();
      await frame();
      count();
    }
    return { least: Math.min(...counts), most: Math.max(...counts) };
  });
  expect(seen.least).toBeGreaterThan(10);
  expect(seen.most).toBeLessThan(120);
  await eventually(async () => expect((await timelineLines(page)).at(-1)).toBe("Session ended"));
  expect((await timelineLines(page)).at(-2)).toBe('Click: "Thing 4999" button');
  expect(
    await timelineRows(page)
      .last()
      .evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight),
  ).toBe(true);
  await page.keyboard.press("k");
  await page.getByLabel("Find in the timeline").fill("shelf/4950");
  await eventually(async () => expect(await timelineLines(page)).toContain("Page: /shelf/4950"));
});
