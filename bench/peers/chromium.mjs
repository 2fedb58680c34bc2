// The system's Chromium, as the browser tests drive it: without what marks automation, so that no SDK takes its page for a
// robot's and stays silent, and without what would make noise of its own.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const USER_AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const ARGS = [
  `--user-agent=${USER_AGENT}`,
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-blink-features=AutomationControlled",
];

export function launch() {
  const executablePath = process.env.FOOTPATH_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`there is no Chromium at ${executablePath}: install it, or set FOOTPATH_CHROMIUM`);
  }
  return chromium.launch({ executablePath, args: ARGS });
}

/** A visitor's browser, with storage of its own. */
export const newVisitor = (browser) =>
  browser.newContext({ userAgent: USER_AGENT, locale: "en-US", viewport: { width: 1440, height: 900 } });

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks until the answer is a good one. */
export async function until(what, ask, withinMs = 20_000) {
  for (const start = Date.now(); Date.now() - start < withinMs; await wait(50)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s`);
}

/** The middle one; of two, the lower. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
