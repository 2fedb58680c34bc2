// Page views: loads, route changes of a single-page app, restores from the back/forward cache, and those the site
// tells by `page()`. A `replaceState` that keeps the path is none (apps keep state in the query); pushing or popping
// the same address is none either (modals). The hash counts only where the site routes by it.

import type { Navigation, PageView } from "../wire";
import type { Page } from "./page";
import { patch } from "./patch";
import { scrubUrl } from "./url";

/** Routers set the title after they change the address; a page view waits this long for it before it is sent. */
const TITLE_SETTLES_MS = 500;

export interface PageViewDeps {
  page: Page;
  hashRouting: boolean;
  /** Before each page view is recorded, for what belongs to the page before it. */
  onLeave(): void;
}

export function startPageViews({ page, hashRouting, onLeave }: PageViewDeps): { view(): void } {
  /** The path, with or without the query, and the hash where it routes. */
  const address = (query: string) => location.pathname + query + (hashRouting ? location.hash : "");
  let path = "";
  let full = "";
  let shownUrl = "";

  const view = (navigation: Navigation) => {
    onLeave();
    path = address("");
    full = address(location.search);
    const url = scrubUrl(location.href, location.href);
    const referrer = shownUrl || (document.referrer && scrubUrl(document.referrer, location.href));
    const view: PageView = {
      url,
      title: document.title || undefined,
      referrer: referrer || undefined,
      navigation,
    };
    shownUrl = url;
    page.record({ page_view: view });
    page.setTimer(() => {
      if (document.title && shownUrl === url) view.title = document.title;
    }, TITLE_SETTLES_MS);
  };

  // After `stop`, a patch that could not be undone still calls this; nothing records then.
  const moved = (navigation: Navigation) => {
    if (navigation === "replace" ? path !== address("") : full !== address(location.search)) view(navigation);
    // What a replacement has put in the query is the address that a modal pushes again.
    else full = address(location.search);
  };
  const told = page.guard(moved);

  for (const [method, navigation] of [
    ["pushState", "push"],
    ["replaceState", "replace"],
  ] as const) {
    patch(page, history, method, (original) => {
      return function (this: History, ...args: Parameters<typeof original>) {
        original.apply(this, args);
        told(navigation);
      };
    });
  }

  // A link to a fragment pops too, before it is said that the hash has changed.
  page.listen(window, ["popstate", "hashchange"], () =>
    moved(full.split("#")[0] === location.pathname + location.search ? "hash" : "pop"),
  );
  page.listen<PageTransitionEvent>(window, ["pageshow"], (event) => {
    if (!event.persisted) return;
    // What was shown before is another document, which this one cannot know.
    shownUrl = "";
    view("bfcache");
  });
  view("load");

  return { view: () => view("manual") };
}
