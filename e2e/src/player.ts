// Plays what a collector has, by rrweb's own player in a page of its own, and tells how the page looked.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { eventually } from "./api";
import type { Chunk, ReplayRecord } from "./collector";
import { linesOf } from "./lines";

const PLAYER = resolve(createRequire(import.meta.url).resolve("@rrweb/replay"), "../replay.umd.min.cjs");
const REFERENCE = "fp-style:";

/** All records in order, with the texts of style sheets in the place of references. */
export function recordsOf(chunks: Chunk[]): ReplayRecord[] {
  const records = chunks.flatMap((chunk) => chunk.records);
  const styles = new Map<string, unknown>();
  for (const { type, data } of records) {
    if (type === 5 && data.tag === "fp.style") styles.set(data.payload.hash, data.payload.css);
  }
  const put = (value: unknown): unknown => {
    if (typeof value === "string" && value.startsWith(REFERENCE)) {
      const css = styles.get(value.slice(REFERENCE.length));
      if (css === undefined) throw new Error(`${value} was never defined`);
      return css;
    }
    if (Array.isArray(value)) return value.map(put);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, put(part)]));
  };
  return put(records) as ReplayRecord[];
}

export interface Player {
  /** Goes to a moment of the recorded page's clock, and answers when the page there is as `check` wants it. */
  expectAt(at: number, check: (lines: string[]) => void): Promise<void>;
  page: Page;
}

export async function play(browser: Browser, records: ReplayRecord[]): Promise<Player> {
  const page = await browser.newPage({ viewport: { width: 1500, height: 1000 } });
  await page.setContent("<!doctype html><title>Player</title>");
  await page.addScriptTag({ content: readFileSync(PLAYER, "utf8") });
  await page.addScriptTag({ content: `window.linesOf = ${linesOf}` });
  await page.evaluate((events) => {
    const { Replayer } = window.rrwebReplay;
    window.replayer = new Replayer(events, { root: document.body, showWarning: false, mouseTail: false });
  }, records);
  const start = records[0]?.timestamp ?? 0;
  return {
    page,
    async expectAt(at, check) {
      await page.evaluate((offset) => window.replayer.pause(offset), at - start);
      // Frames and style sheets of a replay are there a moment later.
      await eventually(async () =>
        check(await page.evaluate(() => window.linesOf(window.replayer.iframe.contentDocument as Document))),
      );
    },
  };
}

declare global {
  interface Window {
    linesOf(document: Document): string[];
    replayer: { pause(offset: number): void; iframe: HTMLIFrameElement };
    rrwebReplay: { Replayer: new (events: unknown[], options: object) => Window["replayer"] };
  }
}
