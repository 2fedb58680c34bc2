import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakePage, fakePage } from "../fixtures";
import { startPageViews } from "./page-views";

let page: FakePage;
beforeEach(() => {
  history.replaceState({}, "", "/start");
  document.title = "";
  page = fakePage();
});
afterEach(() => page.stop());

const start = (hashRouting = false) => startPageViews({ page, hashRouting, onLeave: () => {} });
const views = () =>
  page.kinds.map((kind) =>
    "page_view" in kind ? `${kind.page_view.navigation} ${new URL(kind.page_view.url).href.slice(20)}` : "",
  );
const go = (method: "pushState" | "replaceState", url: string) => history[method]({}, "", url);

test("a load, pushes, path-changing replacements; not the same address, nor a replaced query", () => {
  start();
  go("pushState", "/products");
  go("pushState", "/products");
  go("pushState", "/products?page=2");
  go("replaceState", "/products?page=3");
  go("replaceState", "/cart?x=1");
  go("pushState", "/cart?x=1#pay");
  expect(views()).toEqual(["load /start", "push /products", "push /products?page=2", "replace /cart?x=1"]);
});

test("a modal over a replaced query is none: it pushes the same address", () => {
  start();
  go("replaceState", "/start?sort=price");
  go("pushState", "/start?sort=price");
  expect(views()).toEqual(["load /start"]);
});

test("back and forward, where the address has changed", () => {
  const original = history.replaceState;
  start();
  original.call(history, {}, "", "/earlier");
  window.dispatchEvent(new PopStateEvent("popstate"));
  expect(views()).toEqual(["load /start", "pop /earlier"]);
});

test("the hash routes only where the site says so", () => {
  start(true);
  history.replaceState.call(history, {}, "", "/start#/cart");
  expect(views()).toEqual(["load /start", "replace /start#/cart"]);
});

test("a link to a fragment is told once, as a change of the hash, although browsers pop first", () => {
  const original = history.pushState;
  start(true);
  original.call(history, {}, "", "/start#/cart");
  window.dispatchEvent(new PopStateEvent("popstate"));
  window.dispatchEvent(new Event("hashchange"));
  expect(views()).toEqual(["load /start", "hash /start#/cart"]);
});

test("a restore from the back/forward cache is a page view, a plain pageshow none", () => {
  start();
  for (const persisted of [false, true]) {
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
  }
  expect(views()).toEqual(["load /start", "bfcache /start"]);
});

test("the site may tell one itself, and the title that a router sets late is taken", () => {
  const { view } = start();
  go("pushState", "/late");
  document.title = "Late";
  page.advance(500);
  view();
  expect(page.kinds.slice(1)).toEqual([
    {
      page_view: {
        url: "https://shop.example/late",
        title: "Late",
        referrer: "https://shop.example/start",
        navigation: "push",
      },
    },
    {
      page_view: {
        url: "https://shop.example/late",
        title: "Late",
        referrer: "https://shop.example/late",
        navigation: "manual",
      },
    },
  ]);
});

test("stop restores history, unless someone has wrapped it since", () => {
  const { pushState, replaceState } = history;
  start();
  expect(history.pushState).not.toBe(pushState);
  page.stop();
  expect([history.pushState, history.replaceState]).toEqual([pushState, replaceState]);
  start();
  const ours = history.pushState;
  const theirs = (...args: Parameters<History["pushState"]>) => ours.apply(history, args);
  history.pushState = theirs;
  page.stop();
  expect(history.pushState).toBe(theirs);
  history.pushState({}, "", "/still-works");
  expect(location.pathname).toBe("/still-works");
  history.pushState = pushState;
});
