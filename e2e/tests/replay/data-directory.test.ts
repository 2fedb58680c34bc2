// What reaches the disk, byte by byte: nothing that a person typed, and nothing of a session that was erased.

import { join } from "node:path";
import { expect } from "vitest";
import { type Api, eventually, openApi } from "../../src/api";
import { everythingIn } from "../../src/data-directory";
import { PARTS, pageWith, untilRecording } from "../../src/recorded";
import { leaks, typeEverything } from "../../src/robot";
import { sessionIdOf, test } from "../../src/test";
import { trackedPage } from "../../src/website";

/** Told by every replay: structure is. That it is found shows that what is searched is what is kept. */
const MARK = "marked-by-structure";

const replayed = (api: Api, id: string) =>
  eventually(async () => {
    const { n_chunks } = await api.replay(id);
    expect(n_chunks).toBeGreaterThan(1);
    return n_chunks;
  });

test("a form typed into leaves no character of it in the data directory, live or in the lake", async ({
  page,
  serve,
  own: footpath,
}) => {
  const api = openApi(footpath.url);
  const site = await api.createSite();
  await api.setRules(site.id, { replay: { enabled: true, sample_rate: 1 } });
  const tag = `<script src="${footpath.url}/footpath.js" data-site="${site.key}"></script>`;
  const form = pageWith("form", tag).replace("<form ", `<form class="${MARK}" `);
  const website = await serve({ ...PARTS, "/": form });
  await page.goto(website.url);
  await untilRecording(page);
  const id = (await sessionIdOf(page)) as string;
  await typeEverything(page);
  // A whole page told again holds what was typed before.
  await page.evaluate(() => history.pushState(null, "", "/elsewhere"));
  await page.waitForTimeout(1500);
  // What was said of a session that is over lies in the lake as soon as the server ends.
  await page.evaluate(() => window.footpath.reset());
  await page.close({ runBeforeUnload: true });
  await replayed(api, id);
  await eventually(async () => expect((await api.session(id)).status).toBe("settled"));

  const live = await everythingIn(footpath.dataDir);
  expect(live).toContain(MARK);
  expect(leaks(live)).toEqual([]);
  // Sessions must have been quiet for 5 s to move to the lake.
  await new Promise((done) => setTimeout(done, 6000));
  await footpath.end();
  const kept = await everythingIn(footpath.dataDir);
  expect(await everythingIn(join(footpath.dataDir, "lake/replay_chunks"))).toContain(MARK);
  expect(leaks(kept)).toEqual([]);
});

test("a session that is erased takes its replay along, and its bytes", async ({ page, serve, own: footpath }) => {
  const api = openApi(footpath.url);
  const site = await api.createSite();
  await api.setRules(site.id, { replay: { enabled: true, sample_rate: 1 } });
  const body = `<main class="${MARK}">Words</main>`;
  const website = await serve({ "/": trackedPage({ footpath: footpath.url, siteKey: site.key, body }) });
  await page.goto(website.url);
  await untilRecording(page);
  const id = (await sessionIdOf(page)) as string;
  await page.evaluate(() => history.pushState(null, "", "/elsewhere"));
  await page.waitForTimeout(1500);
  await page.close({ runBeforeUnload: true });
  const n_chunks = await replayed(api, id);
  expect(await everythingIn(footpath.dataDir)).toContain(MARK);

  const receipt = await api.erase(site.id, [id]);
  expect(receipt).toMatchObject({ sessions: 1, replay_chunks: n_chunks });
  expect(receipt.bytes).toBeGreaterThan(0);
  await expect(api.replay(id)).rejects.toThrow("unknown_session");
  expect(await everythingIn(footpath.dataDir)).not.toContain(MARK);
});
