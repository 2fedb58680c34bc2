// Recorder and server together: a page that Chromium shows is recorded, kept, and told by the API as it looked; by the
// site's rules, whatever they were when the page was loaded.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Api, eventually, type ReplayManifest } from "../../src/api";
import type { Chunk, ReplayRecord } from "../../src/collector";
import { play, recordsOf } from "../../src/player";
import { untilRecording } from "../../src/recorded";
import { sessionIdOf, test } from "../../src/test";

const SHEET = `h1 { color: rgb(4, 5, 6) } ${".unused { top: 1px } ".repeat(30)}`;
const BODY = `<style>${SHEET}</style><h1>Ferns and pots</h1><input id="field"><input id="told" data-fp-unmask>
  <button onclick="document.body.append('Grown since')">Grow</button>`;
const TOLD = { replay: { enabled: true, sample_rate: 1, mask_all_text: false } };
const ALL_TOLD = { replay: { ...TOLD.replay, mask_inputs: false } };

interface Replay {
  manifest: ReplayManifest;
  records: ReplayRecord[];
}

/** The replay of a session, with all records in order, as soon as `check` is content with them. */
async function replayOf(api: Api, id: string, check: (replay: Replay) => void): Promise<Replay> {
  return eventually(async () => {
    const manifest = await api.replay(id);
    const records: ReplayRecord[] = [];
    for (const { tab_id, chunks } of manifest.tabs) {
      for (const { index, n_records, clock_skew_ms } of chunks) {
        const lines = await api.chunk(id, tab_id, index);
        expect(lines).toHaveLength(n_records);
        const read = lines.map((line) => JSON.parse(line) as ReplayRecord);
        records.push(...read.map((record) => ({ ...record, timestamp: record.timestamp + clock_skew_ms })));
      }
    }
    const replay = { manifest, records };
    check(replay);
    return replay;
  });
}

/** The types of the first two records, without what is told of style sheets. */
const beginning = (records: ReplayRecord[]) =>
  records
    .map(({ type }) => type)
    .filter((type) => type !== 5)
    .slice(0, 2);

const inputsIn = (records: ReplayRecord[]) =>
  records.filter(({ type, data }) => type === 3 && data.source === 5).map(({ data }) => data.text);

async function sessionOf(page: Page): Promise<string> {
  await untilRecording(page);
  return (await sessionIdOf(page)) as string;
}

const asChunk = (records: ReplayRecord[]) => ({ records }) as Chunk;

test("a page is recorded, kept, and played from what the API tells", async ({
  page,
  serve,
  tracked,
  api,
  site,
  browser,
}) => {
  await api.setRules(site.id, TOLD);
  const website = await serve({ "/": tracked({ body: BODY }) });
  await page.goto(website.url);
  const id = await sessionOf(page);
  await page.click("button");
  await page.fill("#field", "wqzzv");
  await page.fill("#told", "told freely");
  await page.waitForTimeout(300);
  await page.close({ runBeforeUnload: true });

  const { manifest, records } = await replayOf(api, id, ({ records }) =>
    expect(JSON.stringify(records)).toContain("told freely"),
  );
  expect(beginning(records)).toEqual([4, 2]);
  expect(records.some(({ type, data }) => type === 3 && data.source === 0)).toBe(true);
  expect(JSON.stringify(records)).not.toContain("wqzzv");
  expect(inputsIn(records)).toContain("*****");

  // The manifest says what there is, and nothing was left for the server to mask.
  expect(manifest).toMatchObject({ complete: true, tabs: [{ gaps: [], pages: [{ first_index: 0 }] }] });
  const chunks = manifest.tabs[0]?.chunks ?? [];
  expect(chunks.map(({ index }) => index)).toEqual(chunks.map((_, place) => place));
  expect(chunks[0]).toMatchObject({ keyframe: true, trigger: "sampled", masks: { inputs: true, text: false } });
  for (const { flags, cost } of chunks) {
    expect(flags.filter((flag) => flag !== "truncated")).toEqual([]);
    expect(cost).toMatchObject({ failures: 0 });
  }
  const session = await api.session(id);
  expect(session.replay).toMatchObject({ chunks: manifest.n_chunks });
  expect(manifest.start).toBeGreaterThanOrEqual(session.start - 2000);
  expect(manifest.end).toBeLessThanOrEqual(session.end + 5000);
  const { sessions } = await api.list(site.id, { q: "has:replay" });
  expect(sessions.map((session) => session.id)).toEqual([id]);

  // Style sheets are told once, and by their hash.
  const [hash] = manifest.styles;
  expect(JSON.stringify(records)).toContain(`fp-style:${hash}`);
  const css = String(await api.style(id, hash as string));
  expect(css).toContain("rgb(4, 5, 6)");

  const player = await play(browser, recordsOf([asChunk(records)]));
  await player.expectAt(manifest.end as number, (lines) => {
    const text = lines.map((line) => line.trim());
    expect(text).toContain("Ferns and pots");
    expect(text).toContain("Grown since");
    expect(text.join("\n")).toContain("{} h1 { color: rgb(4, 5, 6); }");
  });
  await player.page.close();
});

test("a site that does not record is sent nothing", async ({ page, serve, tracked, api, site, relay }) => {
  const website = await serve({ "/": tracked({ footpath: relay.url, body: BODY }) });
  await page.goto(website.url);
  await page.click("button");
  await page.evaluate(() => window.footpath.startReplay());
  await page.waitForTimeout(1000);
  const id = (await sessionIdOf(page)) as string;
  await page.close({ runBeforeUnload: true });
  await eventually(async () => expect((await api.session(id)).counts.clicks).toBe(1));
  expect(relay.bodies.filter((body) => body.includes('"page_id"'))).toEqual([]);
  expect(await api.replay(id)).toMatchObject({ n_chunks: 0, start: null, tabs: [], styles: [] });
  expect((await api.list(site.id, { q: "has:replay" })).total).toBe(0);
});

test("a page that was loaded under other rules is masked by those of now", async ({
  page,
  serve,
  tracked,
  api,
  site,
}) => {
  await api.setRules(site.id, ALL_TOLD);
  const website = await serve({ "/": tracked({ body: BODY }) });
  await page.goto(website.url);
  const id = await sessionOf(page);
  await page.fill("#field", "told at first");
  await replayOf(api, id, ({ records }) => expect(inputsIn(records)).toContain("told at first"));

  await api.setRules(site.id, { replay: { enabled: true, sample_rate: 1 } });
  await page.fill("#field", "wqzzv kxjq");
  await page.evaluate(() => document.body.append("zqkkv xwwj"));
  await page.waitForTimeout(200);
  await page.close({ runBeforeUnload: true });
  const { manifest, records } = await replayOf(api, id, ({ records }) =>
    expect(JSON.stringify(records)).toContain('"***** ****"'),
  );
  expect(JSON.stringify(records)).not.toMatch(/wqzzv|zqkkv/);
  expect(inputsIn(records).at(-1)).toBe("*****");
  expect(manifest.tabs[0]?.chunks.at(-1)?.flags).toContain("scrubbed");
});

test("a page hears that its site has stopped to record", async ({ page, serve, tracked, api, site }) => {
  await api.setRules(site.id, TOLD);
  const website = await serve({ "/": tracked({ body: BODY }) });
  await page.goto(website.url);
  const id = await sessionOf(page);
  const { manifest } = await replayOf(api, id, ({ manifest }) => expect(manifest.n_chunks).toBeGreaterThan(0));
  await api.setRules(site.id, {});
  let sent = 0;
  const answered = new Promise<string>((done) => {
    page.on("response", async (response) => {
      if (!response.url().endsWith("/replay")) return;
      sent++;
      done(await response.text());
    });
  });
  await page.click("button");
  expect(JSON.parse(await answered)).toMatchObject({ outcome: "dropped", reason: "replay_off" });
  await page.click("button");
  await page.waitForTimeout(6000);
  expect(sent).toBe(1);
  expect((await api.replay(id)).n_chunks).toBe(manifest.n_chunks);
});

test("nobody is recorded before they consent", async ({ page, serve, tracked, api, site }) => {
  await api.setRules(site.id, { ...TOLD, consent_required: true });
  const website = await serve({ "/": tracked({ body: BODY, options: "data-require-consent" }) });
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await page.goto(website.url);
  await page.click("button");
  await page.waitForTimeout(1500);
  expect(sent).toEqual([]);
  await page.evaluate(() => window.footpath.setConsent("granted"));
  const id = await sessionOf(page);
  const { records } = await replayOf(api, id, ({ records }) => expect(records.length).toBeGreaterThan(1));
  expect(beginning(records)).toEqual([4, 2]);
});
