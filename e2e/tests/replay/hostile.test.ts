// Some hundred recordings that try to run code, ask for something or lead elsewhere are watched in the dashboard. They come to
// the player as they were made, past the server's scrub, which is another wall.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type HostileRecording, hostileRecordings } from "../../src/hostile";
import { pageView, seedSession } from "../../src/seed";
import { test } from "../../src/test";
import { slider } from "../../src/watching";

const TAB = "019a0f5e-7c00-7000-8000-00000000000a";
/** Each recording is a chunk of its own, a second after the one before. */
const EVERY_MS = 1000;
const MANY = 300;

/** A server that should never hear of anything, not even of a connection. */
async function startTrap() {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} referrer=${request.headers.referer ?? ""}`);
    response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end();
  });
  server.on("connection", () => heard.push("connection"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: () => server.close(),
  };
}

/** Answers the player's requests with recordings in the place of what the server has. */
async function serveRecordings(page: Page, recordings: HostileRecording[], start: number) {
  const at = (n: number) => start + n * EVERY_MS;
  await page.route(/\/replay$/, (route) =>
    route.fulfill({
      json: {
        session_id: TAB,
        start: at(0),
        end: at(recordings.length),
        complete: true,
        n_chunks: recordings.length,
        bytes: 1,
        styles: [],
        tabs: [
          {
            tab_id: TAB,
            gaps: [],
            pages: [
              {
                page_id: TAB,
                start: at(0),
                end: at(recordings.length),
                first_index: 0,
                last_index: recordings.length - 1,
              },
            ],
            chunks: recordings.map((_, n) => ({
              index: n,
              page_id: TAB,
              start: at(n),
              end: at(n) + 500,
              clock_skew_ms: 0,
              keyframe: true,
              n_records: 2,
              bytes: 1,
              flags: [],
              styles: [],
              masks: { inputs: false, text: false },
              trigger: "sampled",
              cost: {},
            })),
          },
        ],
      },
    }),
  );
  await page.route(/\/replay\/chunks\//, (route) => {
    const n = Number(route.request().url().split("/").at(-1));
    const records = recordings[n]?.records ?? [];
    const body = records
      .map((record, place) => JSON.stringify({ ...record, timestamp: at(n) + Math.min(place, 400) }))
      .join("\n");
    return route.fulfill({ contentType: "application/x-ndjson", body });
  });
}

/** Everything that should not happen, as it happens. */
function watchFor(page: Page, trap: string) {
  const happened: string[] = [];
  const isPlayers = (url: string) =>
    /^(data:text\/html;charset=utf-8,%3C!doctype|about:blank$|about:srcdoc$)/.test(url) ||
    /\/replay\/frame(\?assets=remote)?$/.test(url);
  // What ran says so first thing; warnings of the browser and of rrweb quote what did not.
  page.on("console", (message) => message.text().startsWith("PWNED") && happened.push(`said: ${message.text()}`));
  page.on("dialog", (dialog) => happened.push(`dialog: ${dialog.message()}`));
  page.on("download", (download) => happened.push(`download: ${download.url()}`));
  page.on("worker", (worker) => happened.push(`worker: ${worker.url()}`));
  page.context().on("page", (opened) => happened.push(`window: ${opened.url()}`));
  page.on("framenavigated", (frame) => {
    if (frame.parentFrame() && !isPlayers(frame.url())) happened.push(`navigation: ${frame.url()}`);
  });
  // What a policy refuses is told as a request too, which then failed; what was answered, or fails otherwise, went out.
  const went = (url: string) => url.startsWith(trap) || url.includes("pwned");
  page.on("requestfinished", (request) => went(request.url()) && happened.push(`request: ${request.url()}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (went(request.url()) && !/csp|ERR_ABORTED|ERR_BLOCKED_BY_CSP|^origin$/i.test(why))
      happened.push(`request: ${request.url()} ${why}`);
  });
  return happened;
}

/** Goes through all recordings on the slider, and answers those whose page was not built. */
async function watchAll(page: Page, n: number, start: number): Promise<number[]> {
  await slider(page).waitFor();
  return page.evaluate(
    async ({ n, start, everyMs }) => {
      const input = document.querySelector("input[type=range]") as HTMLInputElement;
      const frame = document.querySelector("iframe[title='The page as it was']") as HTMLIFrameElement;
      const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
      const waiting = new Set<(data: Record<string, unknown>) => void>();
      addEventListener("message", ({ source, data }) => {
        if (data === "PWNED") console.log("PWNED by a message");
        if (source === frame.contentWindow) for (const listen of [...waiting]) listen(data);
      });
      const until = <T>(found: (data: Record<string, unknown>) => T | undefined) =>
        new Promise<T | null>((done) => {
          const end = (value: T | null) => {
            waiting.delete(listen);
            clearTimeout(timer);
            done(value);
          };
          const timer = setTimeout(() => end(null), 5000);
          const listen = (data: Record<string, unknown>) => {
            const value = found(data);
            if (value !== undefined) end(value);
          };
          waiting.add(listen);
        });
      const missing: number[] = [];
      for (let place = 0; place < n; place++) {
        const at = start + place * everyMs + 450;
        const shown = until((data) => {
          const of = data.shown as { at: number } | undefined;
          return data.kind === "shown" && of && Math.abs(of.at - at) < 60 ? true : undefined;
        });
        setValue?.call(input, String(at));
        input.dispatchEvent(new Event("input", { bubbles: true }));
        if (!(await shown)) {
          missing.push(place);
          continue;
        }
        // What loads or acts by itself does so by the next frames.
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const id = 1e6 + place;
        const answer = until((data) =>
          data.kind === "answer" && data.id === id ? (data.answer as { nodes: number[] }) : undefined,
        );
        frame.contentWindow?.postMessage({ kind: "ask", id, question: { of: "search", text: "#built" } }, "*");
        if (!(await answer)?.nodes.length) missing.push(place);
      }
      return missing;
    },
    { n, start, everyMs: EVERY_MS },
  );
}

test.for([{ assets: "refused" }, { assets: "allowed" }])(
  "hostile recordings run nothing, ask for nothing and lead nowhere; assets $assets",
  { timeout: 180_000 },
  async ({ assets }, { page, footpath, site }) => {
    const trap = await startTrap();
    const recordings = hostileRecordings(trap);
    expect(recordings.length).toBeGreaterThan(MANY);
    const start = Date.now() - 3_600_000;
    const id = await seedSession(footpath, site, {
      minutesAgo: 60,
      happened: [
        [0, pageView("/")],
        [recordings.length, pageView("/end")],
      ],
    });
    await serveRecordings(page, recordings, start);
    const happened = watchFor(page, trap.url);
    await page.goto(`${footpath}/sites/${site.id}/sessions/${id}?at=0`);
    await page.getByTitle("The page as it was").waitFor();
    if (assets === "allowed") await page.getByRole("button", { name: "Load images and fonts from elsewhere" }).click();
    const before = await page.evaluate(() => location.href.split("?")[0]);
    const missing = await watchAll(page, recordings.length, start);
    expect(missing.map((n) => recordings[n]?.name)).toEqual([]);
    // Requests that are slow to go out.
    await page.waitForTimeout(1000);
    if (assets === "refused") {
      expect(happened).toEqual([]);
      expect(trap.heard).toEqual([]);
    } else {
      // Pictures, fonts and style sheets may be asked for, without saying where from; nothing may run or lead away.
      expect(happened.filter((one) => !one.startsWith("request: "))).toEqual([]);
      expect(trap.heard.filter((one) => /\/ran|\/frame|\.js|\/ping|\/out/.test(one))).toEqual([]);
      expect(trap.heard.filter((one) => /referrer=./.test(one))).toEqual([]);
      expect(trap.heard.length).toBeGreaterThan(0);
    }
    expect(await page.evaluate(() => location.href.split("?")[0])).toBe(before);
    expect(await page.evaluate(() => ({}) as { polluted?: string }).then((plain) => plain.polluted)).toBeUndefined();
    trap.close();
  },
);
