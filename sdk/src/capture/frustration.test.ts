import { afterEach, beforeEach, expect, test } from "vitest";
import { click, type FakePage, fakePage, show } from "../fixtures";
import { startClicks } from "./clicks";
import { DEAD_AFTER_MS, type FrustrationCapture, startFrustration } from "./frustration";

let page: FakePage;
let frustration: FrustrationCapture;
beforeEach(() => {
  page = fakePage();
  frustration = startFrustration(page);
  startClicks(page, frustration.clicked);
});
afterEach(() => page.stop());

const signs = () => page.kinds.flatMap((kind) => ("frustration" in kind ? [kind.frustration] : []));
/** Lets the observer of the DOM speak, then the time pass. */
const wait = async (ms = DEAD_AFTER_MS) => {
  await new Promise((resolve) => setTimeout(resolve, 0));
  page.advance(ms);
};

test("four clicks within a second at one spot are rage, told once per burst", () => {
  const button = show('<button id="it">Save</button>');
  for (let i = 0; i < 6; i++) {
    click(button, { x: i, y: 0 });
    page.advance(150);
  }
  expect(signs()).toEqual([{ kind: "rage", click_seq: 3, label: "Save", role: "button" }]);
});

test.each([
  ["three", 3, 100, 0],
  ["slow ones", 6, 400, 0],
  ["ones far apart", 6, 100, 31],
])("%s are no rage", (_name, count, everyMs, stepPx) => {
  const button = show('<button id="it">Save</button>');
  for (let i = 0; i < count; i++) {
    click(button, { x: i * stepPx, y: 0 });
    page.advance(everyMs);
  }
  expect(signs().filter(({ kind }) => kind === "rage")).toEqual([]);
});

test("a click on a button that does nothing is dead, after 2.5 s, once per burst", async () => {
  const button = show('<button id="it">Save</button>');
  click(button);
  click(button);
  await wait(DEAD_AFTER_MS - 1);
  expect(signs()).toEqual([]);
  page.advance(1);
  expect(signs()).toEqual([{ kind: "dead", click_seq: 0, label: "Save", role: "button" }]);
});

test.each<[string, () => void]>([
  ["the DOM changes", () => document.body.append("!")],
  ["an attribute changes", () => document.body.setAttribute("class", "open")],
  ["the page scrolls", () => window.dispatchEvent(new Event("scroll"))],
  ["the window loses the focus", () => window.dispatchEvent(new Event("blur"))],
  [
    "another element gets the focus",
    () => document.querySelector("input")?.dispatchEvent(new FocusEvent("focusin", { bubbles: true })),
  ],
  ["a request is made, or a page view", () => frustration.effect()],
])("not dead when %s", async (_name, effect) => {
  const button = show('<button id="it">Save</button><input>');
  await wait(0);
  page.advance(10);
  click(button);
  page.advance(10);
  effect();
  await wait();
  expect(signs()).toEqual([]);
});

test("the focus that a press gives the button itself is no effect", async () => {
  const button = show('<button id="it">Save</button>');
  await wait(0);
  click(button);
  page.advance(10);
  button.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
  await wait();
  expect(signs().map(({ kind }) => kind)).toEqual(["dead"]);
});

test.each([
  '<a id="it" href="/slow">Go</a>',
  '<a id="it" href="/file.zip" download>File</a>',
  '<a id="it" href="mailto:a@example.com">Mail</a>',
  '<a id="it" href="/" target="_blank">New</a>',
  '<input id="it">',
  '<textarea id="it"></textarea>',
  '<select id="it"></select>',
  '<label id="it">Name</label>',
  '<p id="it">Just text</p>',
])("never dead: %s", async (html) => {
  const element = show(html);
  await wait(0);
  page.advance(10);
  click(element);
  await wait();
  expect(signs()).toEqual([]);
});

test("a link whose click the page has taken over, and then did nothing, is dead", async () => {
  const link = show('<a id="it" href="#">Go</a>');
  link.addEventListener("click", (event) => event.preventDefault());
  await wait(0);
  page.advance(10);
  click(link);
  await wait();
  expect(signs().map(({ kind }) => kind)).toEqual(["dead"]);
});

test("an error within a second after a click is told once", () => {
  click(show('<p id="it">Pay</p>'));
  page.advance(1000);
  frustration.failed();
  frustration.failed();
  expect(signs()).toEqual([{ kind: "error", click_seq: 0, label: "Pay", role: "p" }]);
  click(show('<p id="it">Pay</p>'));
  page.advance(1001);
  frustration.failed();
  expect(signs().length).toBe(1);
});
