// When a session is recorded, how its chunks travel, and that the page never suffers from it.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../../src/api";
import type { Chunk, Collector, ReplayRecord } from "../../src/collector";
import { play, recordsOf } from "../../src/player";
import { chunksOf, PARTS, pageNamed, pageOf, untilRecording } from "../../src/recorded";
import { test } from "../../src/test";

const ALWAYS = { replay: { enabled: true, sample_rate: 1 } };
const BODY = '<h1>Words</h1><button onclick="this.append(1)">Press</button>';

const recordsIn = (chunks: Chunk[]) => chunks.flatMap(({ records }) => records);
const isKeyframe = ({ type }: ReplayRecord) => type === 2;
const tags = (chunks: Chunk[]) =>
  recordsIn(chunks).flatMap(({ type, data }) => (type === 5 && data.tag !== "fp.style" ? [data.tag] : []));

const arrived = (collector: Collector, n: number) =>
  eventually(async () => expect(collector.chunks.length).toBeGreaterThanOrEqual(n));

/** The page's clock goes on, with something happening on the page every second. */
async function passSeconds(page: Page, seconds: number) {
  for (let second = 0; second < seconds; second++) {
    await page.evaluate((n) => document.querySelector("h1")?.setAttribute("data-second", String(n)), second);
    await page.clock.runFor(1000);
  }
}

test("a chunk says what it is, and goes without a preflight", async ({ page, serve, collector }) => {
  collector.rules = ALWAYS;
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.goto(website.url);
  await untilRecording(page);
  await page.getByRole("button").click();
  const [chunk] = await chunksOf(page, collector);
  const { head, records } = chunk as Chunk;
  const batch = collector.batches[0];
  expect(head).toMatchObject({
    v: 1,
    session: batch?.session,
    visitor_id: batch?.visitor_id,
    tab_id: batch?.tab_id,
    index: 0,
    keyframe: true,
    records: records.length,
    masks: { inputs: true, text: true },
    trigger: "sampled",
    sdk: { name: "footpath-js" },
  });
  const times = records.map(({ timestamp }) => timestamp);
  expect([head.first_at, head.last_at]).toEqual([Math.min(...times), Math.max(...times)]);
  expect(Math.abs(head.sent_at - Date.now())).toBeLessThan(30_000);
  expect(head.cost.main_ms).toBeGreaterThan(0);
  expect(head.cost.failures).toBe(0);
  expect(head.bytes).toBe(records.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)) + 1, 0));
  expect(records.slice(0, 2).map(({ type }) => type)).toEqual([4, 2]);
  expect(chunk?.contentType).toBe("text/plain");
  expect(collector.everything()).not.toContain("a preflight");
});

test.for([
  { name: "no rules", rules: undefined },
  { name: "rules without replay", rules: {} },
  { name: "replay switched off", rules: { replay: { enabled: false, sample_rate: 1 } } },
])("$name: nothing is recorded, nor even loaded, and nobody notices", async ({ rules }, { page, serve, collector }) => {
  collector.rules = rules;
  const noticed: string[] = [];
  page.on("pageerror", (error) => noticed.push(String(error)));
  page.on("request", (request) => request.url().includes("footpath-replay") && noticed.push(request.url()));
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.goto(website.url);
  await page.evaluate(() => window.footpath.startReplay());
  await page.waitForTimeout(700);
  await page.close({ runBeforeUnload: true });
  await eventually(async () => expect(collector.batches.length).toBeGreaterThan(0));
  expect([collector.chunks, noticed]).toEqual([[], []]);
});

test("a session outside of the sample is not recorded, unless the site asks; and no more when it says so", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 0 } };
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.goto(website.url);
  await page.waitForTimeout(1000);
  await page.getByRole("button").click();
  await page.evaluate(() => window.footpath.startReplay());
  await arrived(collector, 1);
  expect(collector.chunks[0]?.head).toMatchObject({ index: 0, keyframe: true, trigger: "manual" });
  // The session goes on being recorded on its next page, as one series.
  await page.reload();
  await untilRecording(page);
  await page.evaluate(() => window.footpath.stopReplay());
  const n = recordsIn(collector.replay()).filter(isKeyframe).length;
  await page.getByRole("button").click();
  await page.reload();
  await page.waitForTimeout(1000);
  const chunks = await chunksOf(page, collector);
  expect(chunks.map(({ head }) => head.index)).toEqual([...chunks.keys()]);
  expect(new Set(chunks.map(({ head }) => head.page_id)).size).toBe(2);
  expect(recordsIn(chunks).filter(isKeyframe).length).toBeGreaterThanOrEqual(n);
  const clicks = recordsIn(chunks).filter(({ type, data }) => type === 3 && data.source === 2 && data.type === 2);
  expect(clicks).toEqual([]);
});

test("only an error makes it worth it: the last minute is there, the rest follows", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 0, on_error: true } };
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.clock.install();
  await page.goto(website.url);
  await page.clock.runFor(3000);
  await untilRecording(page);
  await passSeconds(page, 150);
  expect(collector.chunks).toEqual([]);
  const errorAt = await page.evaluate(() => {
    window.footpath.captureError(new TypeError("boo"));
    return Date.now();
  });
  await passSeconds(page, 12);
  await arrived(collector, 5);
  const chunks = await chunksOf(page, collector);
  const [first] = chunks;
  expect(chunks.map(({ head }) => head.index)).toEqual([...chunks.keys()]);
  expect(first?.head).toMatchObject({ keyframe: true, trigger: "error" });
  expect(first?.head.flags).toBeUndefined();
  const held = errorAt - (first?.head.first_at ?? errorAt);
  expect(held).toBeGreaterThanOrEqual(60_000);
  // Not much more than is promised: until the keyframe before that.
  expect(held).toBeLessThan(100_000);
  expect(recordsIn(chunks).at(-1)?.timestamp).toBeGreaterThan(errorAt + 5000);
  // Playing can begin at each of its parts.
  const keyframes = recordsIn(chunks)
    .filter(isKeyframe)
    .map(({ timestamp }) => timestamp);
  for (const [n, at] of keyframes.slice(1).entries()) expect(at - (keyframes[n] as number)).toBeLessThan(35_000);
});

test("a replay that is too short is not sent; an error makes it long enough", async ({ page, serve, collector }) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, min_duration_ms: 20_000 } };
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.clock.install();
  await page.goto(website.url);
  await page.clock.runFor(2000);
  await untilRecording(page);
  await passSeconds(page, 12);
  expect(collector.chunks).toEqual([]);
  await passSeconds(page, 15);
  await arrived(collector, 2);
  const [first] = await chunksOf(page, collector);
  expect(first?.head).toMatchObject({ index: 0, keyframe: true, trigger: "sampled" });
});

test("a page that goes tells the rest at once, in no more than the browser grants, after its events", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, mask_all_text: false } };
  const website = await serve({ "/": pageOf(`${BODY}<ul></ul>`, collector) });
  await page.goto(website.url);
  await arrived(collector, 1);
  const before = collector.chunks.length;
  const events = collector.batches.length;
  // Text that does not compress: more than fits, in records that each do.
  await page.evaluate(async () => {
    const random = () => Math.random().toString(36).slice(2);
    for (let n = 0; n < 60; n++) {
      const item = document.createElement("li");
      item.textContent = Array.from({ length: 200 }, random).join(" ");
      document.querySelector("ul")?.append(item);
      await Promise.resolve();
    }
    window.footpath.track("leaving");
  });
  await page.goto("about:blank");
  await eventually(async () => expect(collector.chunks.length).toBeGreaterThan(before));
  const last = collector.chunks.slice(before);
  for (const chunk of last) expect(chunk.bytes).toBeLessThanOrEqual(60_000);
  const sum = last.reduce((bytes, chunk) => bytes + chunk.bytes, 0);
  const batches = collector.batches.slice(events).reduce((bytes, batch) => bytes + JSON.stringify(batch).length, 0);
  expect(sum + batches).toBeLessThanOrEqual(65_536);
  expect(sum).toBeGreaterThan(30_000);
  expect(last.at(-1)?.head.flags).toContain("truncated");
  expect(JSON.stringify(collector.batches.slice(events))).toContain("leaving");
});

test("pages of a session are one series, and a style sheet is told once", async ({ page, serve, collector }) => {
  collector.rules = ALWAYS;
  const head = '<link rel="stylesheet" href="/site.css"><p class="c0">Styled</p>';
  const website = await serve({ ...PARTS, "/": pageOf(head + BODY, collector), "/two": pageOf(head, collector) });
  await page.goto(website.url);
  await arrived(collector, 1);
  await page.waitForTimeout(500);
  await page.goto(`${website.url}/two`);
  await untilRecording(page);
  const at = Date.now();
  const chunks = await chunksOf(page, collector);
  expect(chunks.map(({ head }) => head.index)).toEqual([...chunks.keys()]);
  expect(new Set(chunks.map(({ head }) => head.page_id)).size).toBe(2);
  const defined = recordsIn(chunks).filter(({ type, data }) => type === 5 && data.tag === "fp.style");
  expect(defined.length).toBe(1);
  expect(chunks.flatMap(({ head }) => head.styles ?? [])).toEqual([defined[0]?.data.payload.hash]);
  expect(JSON.stringify(recordsIn(chunks)).split("fp-style:").length - 1).toBeGreaterThanOrEqual(2);
  const player = await play(page.context().browser() as never, recordsOf(chunks));
  await player.expectAt(at, (lines) => expect(lines.join()).toContain("rgb(5, 5, 5)"));
  await player.page.close();
});

test("the server is in trouble: the same chunk comes again when it asked for it, and the page does not notice", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = ALWAYS;
  collector.answer = { status: 503, headers: { "Retry-After": "2" } };
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.goto(website.url);
  await arrived(collector, 1);
  await page.getByRole("button").click();
  collector.answer = { status: 204 };
  await arrived(collector, 2);
  const [first, again] = collector.chunks as [Chunk, Chunk];
  expect(again.head.index).toBe(0);
  expect(again.at - first.at).toBeGreaterThan(1900);
  expect(again.head.sent_at).toBeGreaterThan(first.head.sent_at);
  expect(again.records).toEqual(first.records);
});

test.for([
  { name: "the site records no more", answer: { status: 200, body: '{"outcome":"dropped","reason":"replay_off"}' } },
  { name: "the key is unknown", answer: { status: 403 } },
  { name: "it is too large", answer: { status: 413 } },
])(
  "the server says that $name: the page is not recorded any further",
  async ({ answer }, { page, serve, collector }) => {
    collector.rules = ALWAYS;
    collector.answer = answer;
    const website = await serve({ "/": pageOf(BODY, collector) });
    await page.goto(website.url);
    await arrived(collector, 1);
    await page.waitForTimeout(500);
    await page.getByRole("button").click();
    await page.waitForTimeout(6000);
    expect(await chunksOf(page, collector)).toHaveLength(1);
    expect(collector.batches.length).toBeGreaterThan(1);
  },
);

test("a strict content security policy is kept to", async ({ page, serve, collector }) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, canvas: true } };
  const policy = `default-src 'none'; script-src 'nonce-abc'; style-src 'self'; connect-src ${collector.url}; img-src data:`;
  const script = `
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      window.violations.push(violatedDirective + " " + blockedURI);
    });`;
  const html = `<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="/site.css">
    <script nonce="abc">${script}</script><script nonce="abc" src="${collector.url}/footpath.js" data-site="KEY"></script>
    <h1>Words</h1><p id="styled">Styled</p><canvas width="20" height="20"></canvas>`;
  const website = await serve({
    ...PARTS,
    "/": (_, response) =>
      response.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": policy }).end(html),
  });
  await page.goto(website.url);
  await arrived(collector, 1);
  await page.evaluate(() => {
    const element = document.getElementById("styled") as HTMLElement;
    element.style.color = "red";
    element.append("more");
  });
  await page.waitForTimeout(3000);
  const violations = await page.evaluate(() => (window as unknown as { violations: string[] }).violations);
  expect(violations).toEqual([]);
  const chunks = await chunksOf(page, collector);
  expect(chunks.map(({ head }) => head.cost.failures)).toEqual(chunks.map(() => 0));
  expect(recordsIn(chunks).filter(({ data }) => data.source === 0).length).toBeGreaterThan(0);
});

test("more change than may be followed: a part is told by its structure, says so, and is told in full when it rests", async ({
  browser,
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, mask_all_text: false } };
  const website = await serve({ "/": pageNamed("table", collector) });
  await page.goto(website.url);
  await untilRecording(page);
  await page.evaluate(() => window.step(0));
  await page.waitForTimeout(300);
  const meanwhile = await page.evaluate(async () => {
    window.step(1);
    // What happens elsewhere meanwhile is followed.
    document.querySelector("h1")?.setAttribute("class", "elsewhere");
    await new Promise((done) => setTimeout(done, 100));
    return Date.now();
  });
  await page.waitForTimeout(3000);
  const rested = await page.evaluate(() => Date.now());
  const chunks = await chunksOf(page, collector);
  expect(tags(chunks)).toEqual(["fp.degraded", "fp.recovered"]);
  const degraded = recordsIn(chunks).find(({ data }) => data.tag === "fp.degraded");
  expect(degraded?.data.payload.nodes).toBeGreaterThan(4000);
  expect(chunks.some(({ head }) => head.flags?.includes("degraded"))).toBe(true);
  // The records of the change itself are few.
  const at = degraded?.timestamp as number;
  const told = recordsIn(chunks).filter(({ type, timestamp }) => type === 3 && timestamp >= at && timestamp < at + 300);
  expect(JSON.stringify(told).length).toBeLessThan(100_000);
  const player = await play(browser, recordsOf(chunks));
  await player.expectAt(meanwhile, (lines) => {
    expect(lines.filter((line) => line.includes("<tr")).length).toBeGreaterThan(50);
    expect(lines.join()).not.toContain("Name 7");
    expect(lines.join()).toContain("<h1 class=elsewhere>");
  });
  await player.expectAt(rested, (lines) => {
    expect(lines.filter((line) => line.includes("Name ")).length).toBe(1000);
  });
  await player.page.close();
});

test("a keyframe comes every 30 seconds, and at each page of an app", async ({ page, serve, collector }) => {
  collector.rules = ALWAYS;
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.clock.install();
  await page.goto(website.url);
  await page.clock.runFor(2000);
  await untilRecording(page);
  await passSeconds(page, 100);
  await page.evaluate(() => history.pushState(null, "", "/next"));
  await passSeconds(page, 3);
  const chunks = await chunksOf(page, collector);
  const keyframes = recordsIn(chunks).filter(isKeyframe);
  expect(keyframes.length).toBe(5);
  // Each begins a chunk.
  expect(chunks.filter(({ head }) => head.keyframe).length).toBe(5);
  for (const { records, head } of chunks) expect(records.findIndex(isKeyframe)).toBe(head.keyframe ? 1 : -1);
});

test("the package for bundlers imports the same recorder", async ({ page, serve, collector }) => {
  collector.rules = ALWAYS;
  const html = `<!doctype html><h1>Words</h1><script type="module">
    import { init } from "${collector.url}/index.js";
    init({ siteKey: "KEY", endpoint: "${collector.url}" });
  </script>`;
  const website = await serve({ "/": html });
  await page.goto(website.url);
  await arrived(collector, 1);
  expect(collector.chunks[0]?.head).toMatchObject({ index: 0, keyframe: true, cost: { failures: 0 } });
});

test("consent: nothing before it is granted; the recorder begins then", async ({ page, serve, collector }) => {
  collector.rules = { consent_required: true, ...ALWAYS };
  const website = await serve({ "/": pageOf(BODY, collector) });
  await page.goto(website.url);
  await page.waitForTimeout(1500);
  await page.getByRole("button").click();
  const stored = () => page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)]);
  expect([collector.chunks, collector.batches, await stored()]).toEqual([[], [], [[], []]]);
  await page.evaluate(() => window.footpath.setConsent("granted"));
  await arrived(collector, 1);
  await page.evaluate(() => window.footpath.setConsent("refused"));
  expect(await stored()).toEqual([[], []]);
  const n = collector.chunks.length;
  await page.getByRole("button").click();
  await page.close({ runBeforeUnload: true });
  await new Promise((done) => setTimeout(done, 1000));
  expect(collector.chunks.length).toBe(n);
  const waited = collector.batches.flatMap(({ events }) => events).filter(({ kind }) => "click" in kind);
  expect(waited.length).toBe(1);
});

test("cookieless: recorded without a session, and nothing is stored", async ({ page, serve, collector }) => {
  collector.rules = ALWAYS;
  const website = await serve({ "/": pageOf(BODY, collector, "data-cookieless") });
  await page.goto(website.url);
  await arrived(collector, 1);
  const { head } = collector.chunks[0] as Chunk;
  expect([head.session, head.visitor_id, head.tab_id]).toEqual([undefined, undefined, collector.batches[0]?.tab_id]);
  expect(await page.evaluate(() => Object.keys(sessionStorage).concat(Object.keys(localStorage)))).toEqual([]);
});

test("canvases are told as still images where the site asks for it, when they have changed", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, canvas: true } };
  const body = '<canvas id="c" width="60" height="40"></canvas><canvas data-fp-block width="60" height="40"></canvas>';
  const website = await serve({ "/": pageOf(body, collector) });
  await page.goto(website.url);
  await untilRecording(page);
  await page.evaluate(() => {
    for (const canvas of document.querySelectorAll("canvas")) canvas.getContext("2d")?.fillRect(5, 5, 20, 20);
  });
  await page.waitForTimeout(6500);
  const chunks = await chunksOf(page, collector);
  const images = recordsIn(chunks).filter(({ data }) => data.tag === "fp.canvas");
  expect(images.length).toBeGreaterThan(0);
  expect(images.length).toBeLessThan(3);
  expect(new Set(images.map(({ data }) => data.payload.id)).size).toBe(1);
  expect(images[0]?.data.payload).toMatchObject({ width: 60, height: 40 });
  expect(images[0]?.data.payload.image).toMatch(/^data:image\/(webp|png);base64,/);
});

test("functions of the page that are listened in on answer and throw as ever, during and after", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = ALWAYS;
  const website = await serve({ "/": pageOf("<style>a{}</style><input id='i'>", collector) });
  await page.goto(website.url);
  await untilRecording(page);
  const look = () =>
    page.evaluate(() => {
      const thrown = (run: () => unknown) => {
        try {
          return `answered ${run()}`;
        } catch (error) {
          return `${(error as Error).name}`;
        }
      };
      const sheet = document.styleSheets[0] as CSSStyleSheet;
      const input = document.getElementById("i") as HTMLInputElement;
      input.value = "set";
      return [
        thrown(() => sheet.insertRule("b {}", 0)),
        thrown(() => sheet.insertRule("nonsense")),
        thrown(() => sheet.deleteRule(99)),
        thrown(() => (sheet.insertRule as (...rule: unknown[]) => unknown)()),
        thrown(() => document.createElement("p").attachShadow({ mode: "open" }).mode),
        thrown(() => document.createElement("input").attachShadow({ mode: "open" })),
        thrown(() => customElements.define("nodash", class extends HTMLElement {})),
        thrown(() => input.value),
        [...input.attributes].map(({ name }) => name).join(),
      ];
    });
  const expected = [
    "answered 0",
    "SyntaxError",
    "IndexSizeError",
    "TypeError",
    "answered open",
    "NotSupportedError",
    "SyntaxError",
    "answered set",
    "id",
  ];
  expect(await look()).toEqual(expected);
  await page.evaluate(() => window.footpath.stopReplay());
  expect(await look()).toEqual(expected);
});
