// What recording costs a page, in real Chromium: with ours, with others', and with none, in turn, so that whatever the
// machine does besides it does to all. Each page is opened in a browser context of its own. Every recorder must have
// recorded, or there is no number. Prints JSON.
//
//     node replay.mjs FILE      writes a recording of a minute to FILE too, a chunk a line; ROUNDS=1 is enough to try it

import { writeFileSync } from "node:fs";
import { versionOf } from "./bundle.mjs";
import { launch, median, newVisitor, until, wait } from "./chromium.mjs";
import { BARE, chunkOf, OURS, RECORDERS, startSite } from "./recorders.mjs";
import { tasksOf, traced } from "./trace.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 3);
/** Of each page, after some that are not counted. */
const INSERTS = 15;
const WARM_UP = 3;
/** So long that the recorder has done with one before the next, and changes stay within what ours follows in detail. */
const INSERT_EVERY_MS = 700;
/** Whatever was put off has been done by then: chunks are sent after five seconds. */
const QUIET_AFTER_MS = 8000;
const IDLE_MS = 10_000;
const RECORDING_MS = 60_000;

const site = await startSite();
const browser = await launch();
const system = await browser.newBrowserCDPSession();

/** A page that is being recorded; `run` gets it, and at its end its recorder must have told something. */
async function recorded(name, recorder, run, before = (page) => page.goto(site.address(name, recorder))) {
  const context = await newVisitor(browser);
  const page = await context.newPage();
  const failures = [];
  page.on("pageerror", (error) => failures.push(error.message));
  const nBefore = site.taken[recorder].length;
  await before(page);
  const answer = await run(page);
  const nRecords = await page.evaluate(() => window.nRecords ?? 0);
  await page.close({ runBeforeUnload: true });
  if (recorder !== BARE && !nRecords) {
    await until(`${recorder} sends what it has recorded`, () => site.taken[recorder].length > nBefore);
  }
  if (failures.length) throw new Error(`${recorder} on ${name}: ${failures[0]}`);
  await context.close();
  return answer;
}

/** rrweb, which all of them have inside, marks a document that it observes. */
const untilObserved = (page, recorder) =>
  recorder === BARE
    ? wait(500)
    : until(`${recorder} observes the page`, () =>
        page.evaluate(() => Object.hasOwn(document, "adoptedStyleSheets") || window.nRecords > 0),
      );

async function mainThreadMs(page) {
  const { metrics } = await page.cdp.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
}

/** Times of inserts, and the main thread's time for each with all that it brought about later. */
async function inserts(recorder) {
  const nBefore = site.taken[OURS].length;
  const told = await recorded("list", recorder, async (page) => {
    await untilObserved(page, recorder);
    page.cdp = await page.context().newCDPSession(page);
    await page.cdp.send("Performance.enable");
    await wait(QUIET_AFTER_MS / 2);
    const took = [];
    let from = 0;
    for (let n = -WARM_UP; n < INSERTS; n++) {
      if (n === 0) from = await mainThreadMs(page);
      const ms = await page.evaluate(() => window.insert());
      if (n >= 0) took.push(ms);
      await wait(INSERT_EVERY_MS);
      await page.evaluate(() => window.clear());
    }
    const to = await mainThreadMs(page);
    return { took, cpu: (to - from) / INSERTS };
  });
  // What is not followed in detail costs less than it should.
  if (site.taken[OURS].slice(nBefore).some((body) => chunkOf(body).head.flags?.includes("degraded"))) {
    throw new Error("more was put in than our recorder follows in detail: make INSERT_EVERY_MS longer");
  }
  return told;
}

/** Percent of a core that the processes of pages take. */
const idle = (recorder) =>
  recorded("table", recorder, async (page) => {
    await untilObserved(page, recorder);
    await wait(QUIET_AFTER_MS);
    const cpu = async () => {
      const { processInfo } = await system.send("SystemInfo.getProcessInfo");
      return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    };
    const [from, start] = [await cpu(), performance.now()];
    await wait(IDLE_MS);
    return ((await cpu()) - from) / ((performance.now() - start) / 1e5);
  });

/** Tasks while the large page is told as a whole, rendered anew, changed in every row, and put in another order. */
async function tasks(recorder) {
  const opened = async (page) => {
    page.trace = await traced(browser, page, async () => {
      await page.goto(site.address("table", recorder));
      await untilObserved(page, recorder);
      await wait(3000);
      for (const step of [2, 3, 4, 7]) {
        await page.evaluate((n) => window.step(n), step);
        await wait(3000);
      }
    });
  };
  const events = await recorded("table", recorder, (page) => page.trace, opened);
  return tasksOf(events);
}

/** A minute of a large page at work, as our recorder sends it. */
async function recording() {
  const nBefore = site.taken[OURS].length;
  await recorded("work", OURS, async (page) => {
    await untilObserved(page, OURS);
    // Cells and rows change, and once in the minute all is rendered anew.
    const steps = [3, 4, 5, 2, 4, 5, 3, 4, 5, 4, 5, 3];
    for (const start = Date.now(); Date.now() - start < RECORDING_MS; ) {
      await page.evaluate((n) => window.step(n), steps[Math.floor((Date.now() - start) / 5000) % steps.length]);
      for (let n = 0; n < 20; n++) {
        await page.mouse.move(100 + 50 * n, 100 + 30 * n);
        if (n % 5 === 0) await page.mouse.wheel(0, 300);
        await wait(200);
      }
      await page.mouse.click(300, 300);
    }
  });
  // What goes as the page goes.
  await wait(1000);
  return site.taken[OURS].slice(nBefore).map(chunkOf);
}

const times = Object.fromEntries(
  RECORDERS.map((name) => [name, { insert: [], cpu: [], idle: [], whole: [], own: [], sum: [] }]),
);
for (let round = 0; round < ROUNDS; round++) {
  // From another one each time.
  const turn = [...RECORDERS.slice(round), ...RECORDERS.slice(0, round)];
  for (const recorder of turn) {
    const of = times[recorder];
    const { took, cpu } = await inserts(recorder);
    of.insert.push(...took);
    of.cpu.push(cpu);
    of.idle.push(await idle(recorder));
    const { whole, own, sum } = await tasks(recorder);
    of.whole.push(whole);
    of.own.push(own);
    of.sum.push(sum);
  }
}
const chunks = await recording();
await browser.close();
await site.close();

const heads = site.taken[OURS].map((body) => chunkOf(body).head);
const failed = heads.reduce((sum, { cost }) => sum + cost.failures, 0);
if (failed) throw new Error(`our recorder failed ${failed} times and went on`);
writeFileSync(
  process.argv[2],
  chunks.map(({ head, gzip }) => `${JSON.stringify({ head, gzip: gzip.toString("hex") })}\n`).join(""),
);
console.log(
  JSON.stringify({
    chromium: browser.version(),
    versions: Object.fromEntries([...RECORDERS.slice(2), "playwright-core"].map((name) => [name, versionOf(name)])),
    recorders: Object.fromEntries(
      RECORDERS.map((name) => [
        name,
        Object.fromEntries(Object.entries(times[name]).map(([what, all]) => [what, median(all)])),
      ]),
    ),
  }),
);
