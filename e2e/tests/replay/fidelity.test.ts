// What is recorded is what was there: each page is taken through ten steps, and played back it looks at the end of each as
// the recorded page did.

import { expect } from "vitest";
import { linesOfPage, play, recordsOf } from "../../src/player";
import { chunksOf, PARTS, pageNamed, untilRecording } from "../../src/recorded";
import { test } from "../../src/test";

test.for(["shadow", "css-in-js", "frame", "table", "scroll"])(
  "%s",
  async (name, { browser, page, serve, collector }) => {
    collector.rules = { replay: { enabled: true, sample_rate: 1, mask_all_text: false } };
    const website = await serve({ ...PARTS, "/": pageNamed(name, collector) });
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(String(error)));
    page.on("console", (message) => thrown.push(message.text()));
    await page.goto(website.url);
    await untilRecording(page);
    const moments: { at: number; lines: string[] }[] = [];
    for (let step = 0; step < 10; step++) {
      await page.evaluate((n) => window.step(n), step);
      // What changes very much is told in full when it has come to rest.
      await page.waitForTimeout(name === "table" ? 2500 : 300);
      moments.push({ at: await page.evaluate(() => Date.now()), lines: await linesOfPage(page) });
      await page.waitForTimeout(50);
    }
    const chunks = await chunksOf(page, collector);
    expect(chunks.map(({ head }) => head.index)).toEqual([...chunks.keys()]);
    expect(chunks.map(({ head }) => head.cost.failures)).toEqual(chunks.map(() => 0));
    const player = await play(browser, recordsOf(chunks));
    for (const [step, { at, lines }] of moments.entries()) {
      expect(lines.length).toBeGreaterThan(5);
      await player.expectAt(at, (played) => expect(played, `after step ${step}`).toEqual(lines));
    }
    await player.page.close();
    expect(thrown).toEqual([]);
  },
);

declare global {
  interface Window {
    step(n: number): unknown;
  }
}
