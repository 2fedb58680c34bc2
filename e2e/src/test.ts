// What a test is given: Footpath's address and API, a site of its own, a visitor of its own; and, when asked for,
// a website that the visitor comes to and a relay before the ingest. All of it is taken away when the test ends.

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { test as base, inject } from "vitest";
import { type Api, openApi, type Site } from "./api";
import { launch, newVisitor } from "./browser";
import { type Collector, startCollector } from "./collector";
import { type Relay, startRelay } from "./relay";
import { type Footpath, startFootpath } from "./server";
import { type PageParts, type Routes, startWebsite, trackedPage, type Website } from "./website";

export interface Given {
  browser: Browser;
  footpath: string;
  api: Api;
  site: Site;
  /** Browsers of further people. */
  newPerson(options?: BrowserContextOptions): Promise<BrowserContext>;
  visitor: BrowserContext;
  page: Page;
  serve(routes: Routes): Promise<Website>;
  /** A page that carries the SDK, set to this test's site. */
  tracked(parts?: Partial<PageParts>): string;
  relay: Relay;
  /** A Footpath of the test's own, with nothing in it. */
  own: Footpath;
  /** What stands in the place of Footpath for tests of the recorder. */
  collector: Collector;
}

/** Hands out things that are all closed at the end. */
function closing<Args extends unknown[], T extends { close(): Promise<void> }>(make: (...args: Args) => Promise<T>) {
  const made: T[] = [];
  return {
    async make(...args: Args): Promise<T> {
      const one = await make(...args);
      made.push(one);
      return one;
    },
    async closeAll() {
      await Promise.all(made.map((one) => one.close()));
    },
  };
}

export const test = base.extend<Given>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs
    async ({}, use) => {
      const browser = await launch();
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  footpath: inject("footpath"),
  api: async ({ footpath }, use) => use(openApi(footpath)),
  site: async ({ api }, use) => use(await api.createSite()),
  newPerson: async ({ browser }, use) => {
    const people = closing((options?: BrowserContextOptions) => newVisitor(browser, options));
    await use(people.make);
    await people.closeAll();
  },
  visitor: async ({ newPerson }, use) => use(await newPerson()),
  page: async ({ visitor }, use) => use(await visitor.newPage()),
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs
  serve: async ({}, use) => {
    const websites = closing(startWebsite);
    await use(websites.make);
    await websites.closeAll();
  },
  tracked: async ({ footpath, site }, use) =>
    use((parts = {}) => trackedPage({ footpath, siteKey: site.key, ...parts })),
  relay: async ({ footpath }, use) => {
    const relay = await startRelay(footpath);
    await use(relay);
    await relay.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs
  own: async ({}, use) => {
    const footpath = await startFootpath("empty");
    await use(footpath);
    await footpath.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs
  collector: async ({}, use) => {
    const collector = await startCollector();
    await use(collector);
    await collector.close();
  },
});

/** `window.footpath`, as pages see it. */
export interface PageSdk {
  identify(id: string, traits?: Record<string, unknown>): void;
  reset(): void;
  track(name: string, props?: Record<string, unknown>): void;
  sessionId(): string | undefined;
  sessionUrl(): string | undefined;
  setConsent(decision: "granted" | "refused"): void;
  startReplay(): void;
  stopReplay(): void;
  captureError(error: unknown): void;
  stop(): void;
}

declare global {
  interface Window {
    footpath: PageSdk;
  }
}

export const sessionIdOf = (page: Page): Promise<string | undefined> => page.evaluate(() => footpath.sessionId());

declare const footpath: PageSdk;
