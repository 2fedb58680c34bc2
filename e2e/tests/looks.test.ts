// Each screen in both themes, on a desk and on a phone: nothing sticks out sideways, nothing complains on the
// console. The pictures are left in `test-results/` for people to look at.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { eventually } from "../src/api";
import { sessionRows, timelineRows } from "../src/dashboard";
import { declinedCard, pageView, seedSession } from "../src/seed";
import { test } from "../src/test";

const PICTURES = join(import.meta.dirname, "../test-results");

test.for([
  { colorScheme: "light", width: 1440 },
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 390 },
] as const)("$colorScheme, $width px wide", async ({ colorScheme, width }, { newPerson, footpath, site, api }) => {
  await mkdir(PICTURES, { recursive: true });
  const isPhone = width < 500;
  const viewport = { width, height: isPhone ? 844 : 900 };
  const reader = await newPerson({ colorScheme, viewport, isMobile: isPhone, hasTouch: isPhone });
  const page = await reader.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const look = async (name: string) => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) });
    // Not against the window's width: a phone's browser widens the window to what sticks out.
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(widest, `${name} sticks out`).toBeLessThanOrEqual(width);
  };

  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await page.getByText("No data yet").waitFor();
  await look("empty");

  const longName = "maximiliane.freifrau-von-und-zu-hohenstein@a-rather-long-company-name.example";
  const id = await seedSession(footpath, site, { minutesAgo: 90, user: longName, happened: declinedCard });
  const longPath = `/${"a-path-that-goes-on-and-on/".repeat(8)}`;
  await seedSession(footpath, site, { minutesAgo: 4, happened: [[0, pageView(longPath)]] });
  await page.reload();
  await eventually(async () => expect(await sessionRows(page).count()).toBe(2));
  await look("list");

  await page.goto(`${footpath}/sites/${site.id}/sessions/${id}`);
  await timelineRows(page).filter({ hasText: "PaymentError" }).first().waitFor();
  await look("session");
  await timelineRows(page).getByRole("button", { name: "PaymentError" }).click();
  await page.getByText("How it ended").waitFor();
  await look("error");

  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const lightness = Math.max(...(background.match(/\d+/g) ?? []).slice(0, 3).map(Number)) / 255;
  if (colorScheme === "dark") expect(lightness).toBeLessThan(0.2);
  else expect(lightness).toBeGreaterThan(0.9);
  expect(complaints).toEqual([]);

  // The demo shop's list, full of simulated visitors.
  if ((await api.list("shop")).total > 0) {
    await page.goto(`${footpath}/sites/shop/sessions`);
    await sessionRows(page).first().waitFor();
    await look("shop");
  }
});

test("a theme that was chosen stays chosen", async ({ page, footpath, site }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await page.getByText("No data yet").waitFor();
  const light = await background();
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("menu").getByText("Dark", { exact: true }).click();
  await eventually(async () => expect(await background()).not.toBe(light));
  const dark = await background();
  await page.reload();
  await page.getByText("No data yet").waitFor();
  expect(await background()).toBe(dark);
});
