// What is missing of a replay is said and not passed over: a chunk that never came, and a part that changed too much.

import { expect } from "vitest";
import { eventually } from "../../src/api";
import { linesOnStage } from "../../src/lines";
import { pageWith, untilRecording } from "../../src/recorded";
import { sessionIdOf, test } from "../../src/test";
import { expectNote, momentOf, player, seekTo, slider, untilReplayed, untilShown } from "../../src/watching";

const TOLD = { replay: { enabled: true, sample_rate: 1, mask_all_text: false } };

test("a chunk never came: the player says what is missing, and plays on after it", async ({
  page,
  newPerson,
  serve,
  tracked,
  api,
  site,
  footpath,
}) => {
  await api.setRules(site.id, TOLD);
  const website = await serve({ "/": tracked({ body: "<h1>Before</h1>" }) });
  const came: number[] = [];
  await page.route(/\/i\/[^/]+\/replay$/, async (route) => {
    const head = route.request().postDataBuffer() as Buffer;
    const { index } = JSON.parse(head.subarray(0, head.indexOf("\n")).toString());
    // Lost on its way, by somebody who says that it arrived.
    if (index === 1) await route.fulfill({ status: 204, headers: { "Access-Control-Allow-Origin": "*" } });
    else await route.continue();
    came.push(index);
  });
  await page.goto(website.url);
  await untilRecording(page);
  const title = (text: string) =>
    page.evaluate((text) => {
      (document.querySelector("h1") as HTMLElement).textContent = text;
      return Date.now();
    }, text);
  // Each of the app's pages is told as a whole, in a chunk of its own.
  await eventually(async () => expect(came).toContain(0));
  await page.evaluate(() => history.pushState(null, "", "/lost"));
  const lostFrom = await title("Lost");
  await eventually(async () => expect(came).toContain(1));
  await page.evaluate(() => history.pushState(null, "", "/after"));
  const after = await title("After");
  await page.waitForFunction((at) => Date.now() > at + 1500, after);
  const end = await title("The end");
  const id = (await sessionIdOf(page)) as string;
  await page.close({ runBeforeUnload: true });
  const { tabs, complete } = await untilReplayed(api, id, end);
  expect([complete, tabs[0]?.gaps]).toMatchObject([false, [{ after_index: 0, before_index: 2 }]]);
  const gap = tabs[0]?.gaps[0] as { start: number; end: number };
  expect(gap.end - gap.start).toBeGreaterThan(1000);

  const viewer = await (await newPerson()).newPage();
  await viewer.goto(`${footpath}/sites/${site.id}/sessions/${id}?at=0`);
  await slider(viewer).waitFor();
  expect(await player(viewer).getByTitle("Missing").count()).toBe(1);
  await expectNote(viewer, /missing here/, false);
  await seekTo(viewer, Math.max(lostFrom, gap.start) + 200);
  await eventually(() => expectNote(viewer, /\d.* are missing here: the page is shown as it was before\./));
  expect((await linesOnStage(viewer)).join()).toContain("Before");
  // It plays through the gap, and what comes after it is there.
  await player(viewer).getByRole("button", { name: "Play", exact: true }).click();
  await eventually(async () => {
    expect(await momentOf(viewer)).toBeGreaterThan(gap.end);
    await expectNote(viewer, /missing here/, false);
    expect((await linesOnStage(viewer)).join()).toMatch(/After|The end/);
  });
  await eventually(async () => expect((await linesOnStage(viewer)).join()).toContain("The end"));
});

test("more change than may be followed: the player says which part is told by its structure, until it is told in full", {
  timeout: 90_000,
}, async ({ page, newPerson, serve, api, site, footpath }) => {
  await api.setRules(site.id, TOLD);
  const tag = `<script src="${footpath}/footpath.js" data-site="${site.key}"></script>`;
  const website = await serve({ "/": pageWith("table", tag) });
  await page.goto(website.url);
  await untilRecording(page);
  const step = (n: number) =>
    page.evaluate((n) => {
      window.step(n);
      return Date.now();
    }, n);
  await step(0);
  const storm = await step(1);
  const id = (await sessionIdOf(page)) as string;
  // It is told in full when it has come to rest: a keyframe after the storm.
  await eventually(async () => {
    const { tabs } = await api.replay(id);
    expect(tabs[0]?.chunks.some(({ keyframe, start }) => keyframe && start > storm)).toBe(true);
  }, 30_000);
  const end = await step(8);
  await page.close({ runBeforeUnload: true });
  const { tabs } = await untilReplayed(api, id, end);
  const chunks = tabs[0]?.chunks ?? [];
  expect(chunks.some(({ flags }) => flags.includes("degraded"))).toBe(true);
  expect(chunks.at(-1)?.flags).not.toContain("degraded");

  const viewer = await (await newPerson()).newPage();
  await viewer.goto(`${footpath}/sites/${site.id}/sessions/${id}?at=0`);
  await slider(viewer).waitFor();
  expect(await player(viewer).getByTitle("Structure only in parts").count()).toBeGreaterThan(0);
  await seekTo(viewer, storm + 500);
  await eventually(() => expectNote(viewer, "1 part of the page changed too much to be followed: structure only."));
  const meanwhile = await linesOnStage(viewer);
  expect(meanwhile.filter((line) => line.includes("<tr")).length).toBeGreaterThan(50);
  expect(meanwhile.join()).not.toContain("Name 7");
  await seekTo(viewer, end);
  await untilShown(viewer);
  await eventually(async () => {
    await expectNote(viewer, /changed too much/, false);
    expect((await linesOnStage(viewer)).filter((line) => line.includes("Name ")).length).toBe(1000);
  });
});
