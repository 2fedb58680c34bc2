// How long the dashboard's session list takes until its first rows are there, in Chromium, as somebody sees it who was there
// before: the browser has the dashboard's files and their compiled code, and nothing of the page itself. Prints the
// milliseconds of each navigation, from its start until a row's link is in the document.
//
//     node list.mjs ADDRESS

import { launch, newVisitor, until } from "./chromium.mjs";

const NAVIGATIONS = 20;
/** Until then the browser learns what it keeps. */
const WARM_UP = 3;

const browser = await launch();
const context = await newVisitor(browser);
await context.addInitScript(() => {
  const isThere = () => document.querySelector("[data-index] a[data-row-link]");
  const observer = new MutationObserver(() => {
    if (!isThere()) return;
    window.firstRowMs = performance.now();
    observer.disconnect();
  });
  observer.observe(document, { childList: true, subtree: true });
});
const page = await context.newPage();
const took = [];
for (let n = -WARM_UP; n < NAVIGATIONS; n++) {
  await page.goto(process.argv[2]);
  const ms = await until("the list's first row", () => page.evaluate(() => window.firstRowMs), 60_000);
  if (n >= 0) took.push(ms);
  await page.goto("about:blank");
}
console.log(JSON.stringify({ chromium: browser.version(), took }));
await browser.close();
