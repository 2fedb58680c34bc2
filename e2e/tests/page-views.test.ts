// What a single-page app's changes of address are: page views where the path changes, otherwise not.

import { expect } from "vitest";
import { ofKind, onlySession, type TimelineRow } from "../src/api";
import { test } from "../src/test";

const viewsIn = (rows: TimelineRow[]) =>
  rows.flatMap(({ event, line }) =>
    event && "page_view" in event.kind ? [`${event.kind.page_view.navigation} ${line}`] : [],
  );

test("history: a new path is a page view, a replaced query is none", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({ "/shop": tracked({ title: "Shop" }) });
  await page.goto(`${website.url}/shop`);
  await page.evaluate(() => {
    history.replaceState(null, "", "?sort=price");
    history.replaceState({ scroll: 120 }, "");
    history.replaceState(null, "", "#reviews");
    history.pushState({ dialog: true }, "", location.href);
    history.pushState(null, "", "/shop/42");
    document.title = "Forty-two";
    history.replaceState(null, "", "/shop/43?size=l");
  });
  await page.goBack();
  await page.evaluate(() => window.footpath.track("done"));
  const { rows } = await onlySession(api, site, (_, { counts }) => expect(counts.custom).toBe(1));
  expect(viewsIn(rows)).toEqual([
    "load Page: /shop",
    "push Page: /shop/42",
    "replace Page: /shop/43",
    "pop Page: /shop",
  ]);
  const [, pushed] = ofKind(rows, "page_view");
  expect(pushed?.referrer).toBe(`${website.url}/shop`);
});

test.for([
  { options: "data-hash-routing", views: ["load Page: /", "hash Page: /#/cart"] },
  { options: "", views: ["load Page: /"] },
])(
  "hash: a page view where the site routes by it ($options)",
  async ({ options, views }, { page, serve, tracked, api, site }) => {
    const website = await serve({ "/": tracked({ options, body: '<a href="#/cart">Cart</a>' }) });
    await page.goto(website.url);
    await page.getByRole("link").click();
    await page.evaluate(() => window.footpath.track("done"));
    const { rows } = await onlySession(api, site, (_, { counts }) => expect(counts.custom).toBe(1));
    expect(viewsIn(rows)).toEqual(views);
  },
);
