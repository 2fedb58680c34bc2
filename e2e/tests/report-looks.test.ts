// Reports in both themes, on a desk and on a phone, over the demo shop and over what is hard to draw: nothing, one
// session, ten thousand pages, long paths, letters from right to left. The pictures are left in `test-results/`.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { eventually } from "../src/api";
import { openReport } from "../src/reports";
import { type Happening, pageView, seedSession } from "../src/seed";
import { test } from "../src/test";

const PICTURES = join(import.meta.dirname, "../test-results");

const SCREENS = {
  overview: "overview",
  paths: "journeys",
  "drop-off": "journeys?view=drop-off",
  impact: "journeys?view=error-impact",
  funnel: "journeys?view=funnel&steps=page:/ > page:/products > page:/checkout",
  beside: "journeys?view=drop-off&a=q:device:desktop&b=q:device:mobile",
  goals: "journeys?view=goals",
  pages: "pages",
  endpoints: "pages?view=endpoints",
  vitals: "pages?view=vitals",
  metrics: "metrics",
  segments: "metrics?view=segments&by=device,browser&metrics=sessions,duration_average,bounce_rate,error_rate",
  countries: "metrics?view=segments&by=country",
};

const LOOKS = [
  { colorScheme: "light", width: 1440 },
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 390 },
] as const;

test.for(LOOKS)("$colorScheme, $width px wide", async ({ colorScheme, width }, { newPerson, footpath }) => {
  await mkdir(PICTURES, { recursive: true });
  const isPhone = width < 500;
  const viewport = { width, height: isPhone ? 844 : 900 };
  const page = await (await newPerson({ colorScheme, viewport, isMobile: isPhone, hasTouch: isPhone })).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  for (const [name, path] of Object.entries(SCREENS)) {
    await openReport(page, `${footpath}/sites/shop/${path}`);
    await page.screenshot({ path: join(PICTURES, `report-${name}-${width}-${colorScheme}.png`), fullPage: true });
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(widest, `${name} sticks out`).toBeLessThanOrEqual(width);
    expect(await page.locator("main").innerText(), name).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(complaints).toEqual([]);
});

test("nothing, then one session: each report says so, and divides by nothing", async ({
  page,
  footpath,
  site,
  api,
}) => {
  for (const path of Object.values(SCREENS)) {
    await openReport(page, `${footpath}/sites/${site.id}/${path}`);
    expect(await page.locator("main").innerText(), path).not.toMatch(/NaN|Infinity|undefined/);
  }
  await openReport(page, `${footpath}/sites/${site.id}/overview`);
  await page.getByText("No data yet").waitFor();
  await seedSession(footpath, site, { minutesAgo: 120, happened: [[0, pageView("/only")]] });
  await eventually(async () => expect((await api.list(site.id)).total).toBe(1));
  for (const path of Object.values(SCREENS)) {
    await openReport(page, `${footpath}/sites/${site.id}/${path}`);
    const said = await page.locator("main").innerText();
    expect(said, path).not.toMatch(/NaN|Infinity|undefined/);
  }
  // Nobody loaded a page in full, so there is no load time: a dash, not nothing.
  await openReport(page, `${footpath}/sites/${site.id}/metrics?metric=load_p75`);
  await page.getByRole("button", { name: /Load time, p75/ }).waitFor();
  expect(await page.getByRole("button", { name: /Load time, p75/ }).innerText()).toContain("–");
});

/** Words, since numbers would be taken for ids. */
const word = (n: number) =>
  [...n.toString(26)].map((digit) => "abcdefghijklmnopqrstuvwxyz"[Number.parseInt(digit, 26)]).join("");

test("ten thousand pages, long paths and letters from right to left", async ({ newPerson, footpath, site, api }) => {
  const sessions = 20;
  const pages = 500;
  for (let session = 0; session < sessions; session += 1) {
    const happened = Array.from({ length: pages }, (_, place): Happening => {
      return [place, pageView(`/catalogue/${word(session * pages + place)}`)];
    });
    await seedSession(footpath, site, { minutesAgo: 200 + 15 * session, happened });
  }
  const long = `/${"a-path-that-goes-on-and-on/".repeat(8)}`;
  for (let n = 0; n < 3; n += 1) {
    const happened: Happening[] = [
      [0, pageView(long)],
      [9, pageView("/שלום/עולם")],
      [20, pageView("/مرحبا")],
      [30, pageView(long)],
    ];
    await seedSession(footpath, site, { minutesAgo: 70 + n, happened });
  }
  await eventually(async () => expect((await api.list(site.id)).total).toBe(sessions + 3), 30_000);
  for (const width of [1440, 390]) {
    const viewport = { width, height: 900 };
    const page = await (
      await newPerson({ viewport, ...(width < 500 && { isMobile: true, hasTouch: true }) })
    ).newPage();
    for (const [name, path] of Object.entries({ ...SCREENS, all: "pages?limit=500" })) {
      await openReport(page, `${footpath}/sites/${site.id}/${path}`);
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(widest, `${name} sticks out at ${width} px`).toBeLessThanOrEqual(width);
      await page.screenshot({ path: join(PICTURES, `huge-${name}-${width}.png`) });
    }
    await openReport(page, `${footpath}/sites/${site.id}/pages`);
    await page.getByText(/9,\d{3} more pages/).waitFor();
  }
}, 120_000);
