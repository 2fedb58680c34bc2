// The system's Chromium, made to look like a person's: what marks automation is switched off, since Footpath
// rightly sets such sessions apart.

import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

export const USER_AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

const LOOK_ORDINARY = "--disable-blink-features=AutomationControlled";

const ARGS = [
  // Besides the context's: a request that outlives its page is made with the browser's own.
  `--user-agent=${USER_AGENT}`,
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface LaunchOptions {
  /** Whether pages may see that they are driven by a program. */
  saysAutomated?: boolean;
}

export function launch({ saysAutomated = false }: LaunchOptions = {}): Promise<Browser> {
  const executablePath = process.env.FOOTPATH_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`there is no Chromium at ${executablePath}: install it, or set FOOTPATH_CHROMIUM`);
  }
  return chromium.launch({
    executablePath,
    args: saysAutomated ? ARGS : [...ARGS, LOOK_ORDINARY],
    // Whoever drives a browser usually does without the back/forward cache; people do not.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}

/** A visitor's browser: storage of its own, an ordinary user agent. */
export function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({
    userAgent: USER_AGENT,
    locale: "en-US",
    timezoneId: "America/Los_Angeles",
    viewport: { width: 1440, height: 900 },
    ...options,
  });
}
