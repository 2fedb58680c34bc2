// What steers the player: speed, what is skipped, steps from event to event, and keys from error to error.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../../src/api";
import { click, pageView, paymentError, request } from "../../src/seed";
import { CHUNK_MS, type MadeReplay, seedReplay } from "../../src/seed-replay";
import { type Given, test } from "../../src/test";
import { momentOf, player, seekTo, slider } from "../../src/watching";

async function open(
  { page, api, site, footpath }: Pick<Given, "page" | "api" | "site" | "footpath">,
  made: MadeReplay,
) {
  const { id } = await seedReplay(footpath, api, site, made);
  await page.goto(`${footpath}/sites/${site.id}/sessions/${id}?at=0`);
  await slider(page).waitFor();
  const { start, end } = await api.replay(id);
  await untilAt(page, start as number);
  return { id, start: start as number, end: end as number };
}

/** The slider's step is 50 ms. */
const isAt = async (page: Page, at: number) => expect(Math.abs((await momentOf(page)) - at)).toBeLessThanOrEqual(50);
const untilAt = (page: Page, at: number) => eventually(() => isAt(page, at));
const press = (page: Page, name: string) => player(page).getByRole("button", { name, exact: true }).click();
const isPaused = (page: Page) => player(page).getByRole("button", { name: "Play", exact: true }).waitFor();

async function choose(page: Page, speed: string) {
  await player(page)
    .getByRole("button", { name: /^Speed/ })
    .click();
  await page.getByRole("menuitem", { name: speed, exact: true }).click();
}

/** How much faster than time the playhead goes: the fastest half second, as a machine at work may make it wait. */
const paceOf = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const input = document.querySelector("input[type=range]") as HTMLInputElement;
        const seen: { now: number; at: number }[] = [];
        let fastest = 0;
        const look = (now: number) => {
          const at = Number(input.value);
          seen.push({ now, at });
          const before = seen.filter((one) => now - one.now >= 500).at(-1);
          if (before) fastest = Math.max(fastest, (at - before.at) / (now - before.now));
          if (now - (seen[0]?.now ?? now) > 4000) done(fastest);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );

test("8× is eight times as fast, and as often as it likes it is chosen by a key", async ({
  page,
  api,
  site,
  footpath,
}) => {
  await open({ page, api, site, footpath }, { nChunks: 36 });
  await choose(page, "8×");
  await press(page, "Play");
  await eventually(async () => {
    const pace = await paceOf(page);
    expect(pace).toBeGreaterThan(5);
    // The slider's step, and the time between two pictures, are seen as pace too.
    expect(pace).toBeLessThan(9);
  });
  await press(page, "Pause");
  await page.keyboard.press("<");
  await page.keyboard.press("<");
  await page.keyboard.press("<");
  await player(page).getByRole("button", { name: "Speed: 1 ×" }).waitFor();
  await press(page, "Play");
  expect(await paceOf(page)).toBeLessThan(1.6);
});

test("a stretch in which nothing happens is shown on the bar and skipped, or played where that is wanted", async ({
  page,
  api,
  site,
  footpath,
}) => {
  // From 20 s on nobody moves, until somebody clicks after two minutes.
  const { start } = await open(
    { page, api, site, footpath },
    { nChunks: 30, isBusy: (n) => n < 4, happened: [[120, click("At last")]] },
  );
  const idle = { from: start + 4 * CHUNK_MS + 1500, to: start + 117_500 };
  const part = player(page).getByTitle("Nothing happened here: skipped");
  await eventually(async () => expect(await part.count()).toBe(2));
  await seekTo(page, idle.from - 1500);
  const began = performance.now();
  await press(page, "Play");
  await eventually(async () => expect(await momentOf(page)).toBeGreaterThan(idle.to));
  expect(performance.now() - began).toBeLessThan((idle.to - idle.from) / 3);
  await press(page, "Pause");

  await player(page).getByRole("switch", { name: "Skip inactivity" }).click();
  expect(await part.count()).toBe(0);
  await seekTo(page, idle.from - 500);
  await press(page, "Play");
  await eventually(async () => expect(await momentOf(page)).toBeGreaterThan(idle.from + 1000));
  expect(await momentOf(page)).toBeLessThan(idle.to - 30_000);
});

test("steps go from event to event and back, and pause", async ({ page, api, site, footpath }) => {
  const { id, start } = await open(
    { page, api, site, footpath },
    {
      nChunks: 6,
      happened: [
        [5, click("Products", "link")],
        [6.2, pageView("/products")],
        [11, click("Add to Cart")],
        [11.3, request("POST", "/api/cart", 200)],
        [20, paymentError],
      ],
    },
  );
  const times = (await api.rows(id)).flatMap(({ event, at }) => (event && at > start + 1 ? [at] : []));
  expect(times).toHaveLength(5);
  await press(page, "Play");
  for (const at of times) {
    await page.keyboard.press(".");
    await untilAt(page, at);
    await isPaused(page);
  }
  // There is none after the last.
  await page.keyboard.press(".");
  await isAt(page, times.at(-1) as number);
  for (const at of times.slice(0, -1).reverse()) {
    await page.keyboard.press(",");
    await untilAt(page, at);
  }
  await press(page, "Next event");
  await untilAt(page, times[1] as number);
  await press(page, "Event before");
  await untilAt(page, times[0] as number);
});

test("keys go to the next error and to the one before, and it pauses at each by itself", async ({
  page,
  api,
  site,
  footpath,
}) => {
  const { id } = await open(
    { page, api, site, footpath },
    {
      nChunks: 8,
      happened: [
        [4, click("Products", "link")],
        [8, paymentError],
        [15, click("Again")],
        [19, { error: { name: "TypeError", message: "plan is undefined", source: "uncaught" } }],
        [27, paymentError],
      ],
    },
  );
  const errors = (await api.rows(id, "error")).flatMap(({ event, at }) => (event ? [at] : []));
  expect(errors).toHaveLength(3);
  for (const at of errors) {
    await page.keyboard.press("e");
    await untilAt(page, at);
    await isPaused(page);
  }
  await page.keyboard.press("e");
  await isAt(page, errors[2] as number);
  for (const at of [errors[1], errors[0]] as number[]) {
    await page.keyboard.press("Shift+E");
    await untilAt(page, at);
  }
  await press(page, "Next error");
  await untilAt(page, errors[1] as number);
  // What plays on from one stops at the next.
  await choose(page, "8×");
  await press(page, "Play");
  await eventually(async () => expect(await momentOf(page)).toBeGreaterThan((errors[1] as number) + 200));
  await untilAt(page, errors[2] as number);
  await isPaused(page);
});
