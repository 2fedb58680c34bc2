// Pages under `pages/`, on a website whose SDK reports to a collector.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Api, eventually } from "./api";
import type { Chunk, Collector } from "./collector";
import type { Routes } from "./website";

/** A page's text, with a tag in the SDK's place. */
export function pageWith(name: string, tag: string): string {
  const html = readFileSync(resolve(import.meta.dirname, "../pages", `${name}.html`), "utf8");
  return html.replace("<!-- SDK -->", tag);
}

export function pageNamed(name: string, collector: Collector, options = ""): string {
  return pageWith(name, sdkTag(collector, options));
}

export function sdkTag(collector: Collector, options = ""): string {
  return `<script src="${collector.url}/footpath.js" data-site="KEY" ${options}></script>`;
}

/** A page of words. */
export function pageOf(body: string, collector: Collector, options = ""): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>A page</title>
${sdkTag(collector, options)}</head><body>${body}</body></html>`;
}

const file =
  (type: string, text: string): Routes[string] =>
  (_, response) =>
    void response.writeHead(200, { "Content-Type": type }).end(text);

/** What the pages ask for besides themselves. */
export const PARTS: Routes = {
  "/site.css": file("text/css", `.c0 { color: rgb(5, 5, 5) } ${".unused { top: 1px } ".repeat(40)}`),
  "/late.css": file("text/css", ".c0 { font-size: 20px }"),
  "/inner": file(
    "text/html",
    "<!doctype html><style>p { color: rgb(2, 2, 2) }</style><p class='inside'>Inside</p><script>document.body.append(location.search)</script>",
  ),
  "/picture.svg": file(
    "image/svg+xml",
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><circle cx="10" cy="10" r="8"/></svg>',
  ),
};

/** The recorder is at work: the page has been told as a whole, and is observed. */
export async function untilRecording(page: Page): Promise<void> {
  // rrweb's mark on a document. (The page's own clock may stand still, so the page cannot wait for it.)
  const observed = () => page.evaluate(() => Object.hasOwn(document, "adoptedStyleSheets"));
  await eventually(async () => expect(await observed()).toBe(true));
}

/** Closes the page, and answers its chunks when the last of them is here. */
export async function chunksOf(page: Page, collector: Collector): Promise<Chunk[]> {
  await page.close({ runBeforeUnload: true });
  let n = -1;
  await eventually(async () => {
    const before = n;
    n = collector.chunks.length;
    expect(n).toBe(before);
    expect(n).toBeGreaterThan(0);
    await new Promise((done) => setTimeout(done, 700));
  });
  return collector.replay();
}

/** Closes a page, and waits until all of its replay after `last`, a moment that is past, is kept. */
export async function untilKept(page: Page, api: Api, id: string, last: number): Promise<void> {
  // Something to tell, so that its arrival says that all has arrived.
  await page.evaluate(() => document.body.setAttribute("data-over", ""));
  await page.close({ runBeforeUnload: true });
  await eventually(async () => expect((await api.replay(id)).end).toBeGreaterThan(last));
}
