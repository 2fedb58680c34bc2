// Plays what a collector has, by rrweb's own player in a page of its own, and tells how the page looked.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import type { Browser, Frame, Page } from "playwright-core";
import { eventually } from "./api";
import type { Chunk, ReplayRecord } from "./collector";

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

/** How a page, or what a frame shows, looks right now, line by line. */
export function linesOfPage(page: Page | Frame): Promise<string[]> {
  return page.evaluate(`(${linesOf})(document)`);
}

/**
 * A document as lines, with what a replay cannot and need not have left out: code, comments, space between elements, where
 * frames and style sheets came from. Runs in pages.
 */
function linesOf(document: Document): string[] {
  const lines: string[] = [];
  const rulesOf = (sheet: CSSStyleSheet | null | undefined): string[] => {
    try {
      return [...(sheet?.cssRules ?? [])].map((rule) => {
        // The player lets what looks different under a pointer look so by a class too.
        const text = rule.cssText.replace(/,[^,{}]*\\:hover[^,{}]*?(?=\s*[,{])/g, "");
        return `{} ${text.replace(/\s+/g, " ")}`;
      });
    } catch {
      return ["{} of another origin"];
    }
  };
  // The last stands where something was that is not told to anybody, such as a link to an icon.
  const skipped = /^(script|noscript|meta|base|title|object|embed|fp-removed)$/;
  // A replay has addresses as a whole, since it is elsewhere; those within a page as they were when it was told.
  const address = (value: string) => {
    try {
      const { hash, href } = new URL(value, document.baseURI);
      return hash || href;
    } catch {
      return value;
    }
  };
  const attributesOf = (element: Element) =>
    [...element.attributes]
      .filter(
        ({ name }) => !/^(rr_|rrweb|on|data-rr|_cssText|nonce|integrity|autofocus|autocomplete|srcdoc)/i.test(name),
      )
      .filter(({ name }) => !(element.localName === "iframe" && /^(src|sandbox)$/.test(name)))
      .map(({ name, value }) => {
        // The player marks what a pointer is over.
        if (name === "class") return `class=${value.replace(/:hover|rrweb-paused/g, "").trim()}`;
        if (name === "style") return `style=${(element as HTMLElement).style.cssText}`;
        if (name === "srcset")
          return `srcset=${value.replace(/(^|,\s*)(\S+)/g, (_, comma, url) => comma + address(url))}`;
        return /^(src|href|poster)$/.test(name) ? `${name}=${address(value)}` : `${name}=${value}`;
      })
      .filter((line) => line !== "class=")
      .sort();
  const walk = (node: Node, depth: number) => {
    const say = (text: string) => lines.push(" ".repeat(depth) + text);
    for (const child of node.childNodes) {
      if (child.nodeType === 3 && child.nodeValue?.trim()) say(child.nodeValue.replace(/\s+/g, " ").trim());
      if (child.nodeType !== 1) continue;
      const element = child as HTMLElement;
      const tag = element.localName;
      if (skipped.test(tag)) continue;
      if (tag === "style" || (tag === "link" && (element as HTMLLinkElement).sheet)) {
        // The player's own lies beside the head.
        if (element.parentElement?.localName !== "html")
          for (const rule of rulesOf((element as HTMLStyleElement).sheet)) say(rule);
        continue;
      }
      if (tag === "link") continue;
      say(`<${[tag, ...attributesOf(element)].join(" ")}>`);
      const { shadowRoot } = element;
      if (shadowRoot) {
        say(" #shadow");
        for (const sheet of shadowRoot.adoptedStyleSheets) for (const rule of rulesOf(sheet)) say(`  ${rule}`);
        walk(shadowRoot, depth + 2);
      }
      const inner = tag === "iframe" ? (element as HTMLIFrameElement).contentDocument : undefined;
      if (inner) {
        say(" #document");
        walk(inner, depth + 2);
      }
      walk(element, depth + 1);
    }
  };
  for (const sheet of document.adoptedStyleSheets) lines.push(...rulesOf(sheet));
  walk(document, 0);
  return lines;
}

declare global {
  interface Window {
    linesOf(document: Document): string[];
    replayer: { pause(offset: number): void; iframe: HTMLIFrameElement };
    rrwebReplay: { Replayer: new (events: unknown[], options: object) => Window["replayer"] };
  }
}
