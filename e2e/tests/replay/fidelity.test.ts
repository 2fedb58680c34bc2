// What is watched is what was there: each page is taken through ten steps, recorded and kept by Footpath, and looks in the
// dashboard's player at the end of each step as the recorded page did; whether the player went there or played on to it.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Api, eventually } from "../../src/api";
import { eavesdrop, type Sent } from "../../src/eavesdrop";
import { linesOfPage } from "../../src/lines";
import { PARTS, pageWith, untilKept, untilRecording } from "../../src/recorded";
import { sessionIdOf, test } from "../../src/test";
import { expectNote, openReplay, rebuilt, seekTo, untilShown } from "../../src/watching";

interface Moment {
  step: number;
  /** By the recorded page's clock, which is the server's too. */
  at: number;
  lines: string[];
}

/** Nothing moves on the page any more, and the recorder, which tells of scrolling seven times a second, has seen it. */
async function atRest(page: Page): Promise<string[]> {
  let lines: string[] = [];
  await eventually(async () => {
    const before = lines;
    await page.waitForTimeout(200);
    lines = await linesOfPage(page);
    expect(lines).toEqual(before);
  });
  return lines;
}

/** The page as it is now; and something happens on it only a little later, since the player's slider goes in steps. */
async function momentOf(page: Page, step: number): Promise<Moment> {
  const lines = await atRest(page);
  const at = await page.evaluate(() => Date.now());
  await page.waitForFunction((then) => Date.now() > then + 60, at);
  return { step, at, lines };
}

/** All of it is kept, and nothing of it is to be mended. */
async function expectWhole(api: Api, id: string) {
  const { complete, tabs } = await api.replay(id);
  expect(complete).toBe(true);
  for (const { cost, clock_skew_ms } of tabs.flatMap(({ chunks }) => chunks))
    expect([cost.failures, clock_skew_ms]).toEqual([0, 0]);
}

/** Goes to all moments in order, so that the page is changed on, and backwards, so that it is built anew. */
async function watch(page: Page, url: string, moments: Moment[], told: (line: string) => string = (line) => line) {
  const without = (lines: string[]) => lines.map(told);
  await openReplay(page, url, moments[0]?.at ?? 0);
  const { outer, inner } = await rebuilt(page);
  // It is the frame that nothing gets out of.
  expect(
    await outer.evaluate(() => [window.origin, document.querySelector("iframe")?.getAttribute("sandbox")]),
  ).toEqual(["null", "allow-same-origin"]);
  for (const { step, at, lines } of [...moments, ...[...moments].reverse()]) {
    expect(lines.length).toBeGreaterThan(5);
    await seekTo(page, at);
    await eventually(async () =>
      expect(without(await linesOfPage(inner)), `after step ${step}`).toEqual(without(lines)),
    );
    await untilShown(page);
    await expectNote(page, /structure only|were lost|could not be read|missing here/, false);
  }
}

const tagsOf = (sent: Sent[]) =>
  sent
    .flatMap((one) => ("chunk" in one ? (one.chunk.records as { type: number; data: { tag?: string } }[]) : []))
    .flatMap(({ type, data }) => (type === 5 && data.tag !== "fp.style" ? [data.tag] : []));

/** Steps that change more than is followed; they are told in full when they have come to rest. */
const TOO_MUCH: Record<string, number[]> = { table: [1, 2, 7] };

test.for(["shadow", "css-in-js", "frame", "table", "scroll"])(
  "%s",
  { timeout: 120_000 },
  async (name, { page, visitor, serve, footpath, api, site }) => {
    await api.setRules(site.id, { replay: { enabled: true, sample_rate: 1, mask_all_text: false } });
    const between = await eavesdrop(footpath);
    const tag = `<script src="${between.url}/footpath.js" data-site="${site.key}"></script>`;
    const website = await serve({ ...PARTS, "/": pageWith(name, tag) });
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(String(error)));
    page.on("console", (message) => thrown.push(message.text()));
    await page.goto(website.url);
    await untilRecording(page);
    const id = (await sessionIdOf(page)) as string;

    const moments: Moment[] = [];
    let whole: string[] = [];
    for (let step = 0; step < 10; step++) {
      await page.evaluate((n) => window.step(n), step);
      if (TOO_MUCH[name]?.includes(step)) {
        whole = [...whole, "fp.degraded", "fp.recovered"];
        await eventually(async () => expect(tagsOf(between.sent)).toEqual(whole), 40_000);
      }
      moments.push(await momentOf(page, step));
    }
    await untilKept(page, api, id, moments.at(-1)?.at ?? 0);
    await expectWhole(api, id);
    expect(tagsOf(between.sent)).toEqual(whole);
    expect(thrown).toEqual([]);
    await between.close();

    await watch(await visitor.newPage(), `${footpath}/sites/${site.id}/sessions/${id}`, moments);
  },
);

/**
 * Values of fields and what stands in empty ones are masked; numbers of cards to try, in the foot, are taken for somebody's. What
 * follows the system's colours is shown light.
 */
const shopTold = (line: string) =>
  line.trimStart().startsWith("<input ")
    ? line.replace(/ (value|placeholder)=.*?(?= [\w-]+=|>$)/g, "")
    : line
        .replace(/\d{4}( \d{4}){3}/, "•••")
        .replace("color-scheme: light dark", "color-scheme: light")
        .replace("(prefers-color-scheme: dark)", "(max-width: 0)");

test("the demo shop", { timeout: 120_000 }, async ({ page, visitor, footpath, api }) => {
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const cart = page.getByRole("complementary", { name: "Cart" });
  const steps: (() => Promise<unknown>)[] = [
    () => page.goto(`${footpath}/demo/`),
    () => page.mouse.wheel(0, 700),
    () => link("Products").click(),
    () => page.getByLabel("Search", { exact: true }).pressSequentially("fern"),
    () => page.getByRole("button", { name: "Add to Cart" }).first().click(),
    () => cart.getByRole("button", { name: "Checkout" }).click(),
    () => page.getByLabel("E-mail", { exact: true }).pressSequentially("jane@example.com"),
    () => page.getByLabel("Card number").pressSequentially("4000000000000002"),
    async () => {
      await page.keyboard.press("Tab");
      await page.getByText("Your bank declined this card").waitFor();
    },
    () => page.getByRole("link", { name: /^Cart/ }).click(),
  ];
  const moments: Moment[] = [];
  for (const [n, step] of steps.entries()) {
    await step();
    await untilRecording(page);
    moments.push(await momentOf(page, n));
  }
  const id = (await sessionIdOf(page)) as string;
  await untilKept(page, api, id, moments.at(-1)?.at ?? 0);
  await expectWhole(api, id);
  await watch(await visitor.newPage(), `${footpath}/sites/shop/sessions/${id}`, moments, shopTold);
});

declare global {
  interface Window {
    step(n: number): unknown;
  }
}
