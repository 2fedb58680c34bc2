// A session in two tabs: the player has a lane for each, follows the person from one to the other, and shows the one that
// is chosen.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../../src/api";
import { linesOnStage } from "../../src/lines";
import { untilRecording } from "../../src/recorded";
import { sessionIdOf, test } from "../../src/test";
import { lanes, player, seekTo, slider } from "../../src/watching";

const told = async (page: Page, text: string): Promise<number> => {
  await page.evaluate((text) => {
    (document.querySelector("p") as HTMLElement).textContent = text;
  }, text);
  return page.evaluate(() => Date.now());
};

test("each of two tabs is a lane, and the one that is chosen is shown as it was at the moment", async ({
  page,
  visitor,
  newPerson,
  serve,
  tracked,
  api,
  site,
  footpath,
}) => {
  await api.setRules(site.id, { replay: { enabled: true, sample_rate: 1, mask_all_text: false } });
  const body = (name: string) => `<h1>${name}</h1><p>nothing yet</p><button>Press</button>`;
  const website = await serve({ "/": tracked({ body: body("First") }), "/two": tracked({ body: body("Second") }) });
  await page.goto(website.url);
  await untilRecording(page);
  await page.getByRole("button").click();
  await told(page, "first before");
  const second = await visitor.newPage();
  await second.goto(`${website.url}/two`);
  await untilRecording(second);
  await second.getByRole("button").click();
  await told(second, "second meanwhile");
  // The person turned to the second tab; the first goes on by itself.
  const both = await told(page, "first meanwhile");
  await page.waitForFunction((at) => Date.now() > at + 400, both);
  await told(second, "second at last");
  const end = await told(page, "first at last");
  await page.waitForFunction((at) => Date.now() > at + 400, end);
  await told(second, "second is left");
  await told(page, "first is left");
  const id = (await sessionIdOf(page)) as string;
  expect(await sessionIdOf(second)).toBe(id);
  await page.close({ runBeforeUnload: true });
  await second.close({ runBeforeUnload: true });
  await eventually(async () => {
    const { tabs } = await api.replay(id);
    const texts = await Promise.all(
      tabs.flatMap(({ tab_id, chunks }) => chunks.map(({ index }) => api.chunk(id, tab_id, index))),
    );
    for (const last of ["first is left", "second is left"]) expect(texts.flat().join()).toContain(last);
  }, 30_000);

  const viewer = await (await newPerson()).newPage();
  await viewer.goto(`${footpath}/sites/${site.id}/sessions/${id}?at=0`);
  await slider(viewer).waitFor();
  expect(await lanes(viewer).count()).toBe(2);
  const shown = () => lanes(viewer).evaluateAll((all) => all.map((lane) => lane.hasAttribute("data-shown")));
  const expectOnStage = (...texts: string[]) =>
    eventually(async () =>
      expect(await linesOnStage(viewer).then((lines) => lines.map((line) => line.trim()))).toEqual(
        expect.arrayContaining(texts),
      ),
    );

  await seekTo(viewer, both + 200);
  await expectOnStage("Second", "second meanwhile");
  expect(await shown()).toEqual([false, true]);
  await player(viewer).getByRole("button", { name: "Tab 2 of 2" }).click();
  await viewer.getByRole("menuitem", { name: "Tab 1" }).click();
  await expectOnStage("First", "first meanwhile");
  expect(await shown()).toEqual([true, false]);
  // It stays that one, whatever the person looked at.
  await seekTo(viewer, end + 200);
  await expectOnStage("First", "first at last");
  await player(viewer).getByRole("button", { name: "Tab 1 of 2" }).click();
  await viewer.getByRole("menuitem", { name: "Tab 2" }).click();
  await expectOnStage("Second", "second at last");
  await player(viewer).getByRole("button", { name: "Tab 2 of 2" }).click();
  await viewer.getByRole("menuitem", { name: "Tab 1" }).click();
  await player(viewer).getByRole("button", { name: "Tab 1 of 2" }).click();
  await viewer.getByRole("menuitem", { name: "The one being looked at" }).click();
  await seekTo(viewer, both + 200);
  await expectOnStage("Second", "second meanwhile");
});
