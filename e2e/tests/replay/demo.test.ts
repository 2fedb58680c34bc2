// The demo has replays to watch, that a browser recorded in its shop: among them one of a declined card.

import { expect } from "vitest";
import { linesOf } from "../../src/api";
import { test } from "../../src/test";

test("a newcomer finds the replay of a card that was declined", async ({ api, footpath }) => {
  const { sessions } = await api.list("shop", { q: "has:replay error:PaymentError page:/checkout" });
  const replays = await Promise.all(sessions.map(({ id }) => api.replay(id)));
  // Other tests buy there too, and may not have come to an end yet.
  const told = replays.find(({ complete, tabs }) => complete && (tabs[0]?.chunks.length ?? 0) > 5);
  expect(told).toBeDefined();
  const { session_id, tabs, styles, start, end } = told as NonNullable<typeof told>;
  const { tab_id, chunks, pages } = tabs[0] as (typeof tabs)[0];
  expect(pages.length).toBe(4);
  // Every page's foot names numbers of cards to try, which the server takes for somebody's.
  expect(chunks.map(({ flags }) => flags)).toEqual(chunks.map(({ keyframe }) => (keyframe ? ["scrubbed"] : [])));

  const records = await Promise.all(chunks.map(({ index }) => api.chunk(session_id, tab_id, index)));
  const text = records.flat().join("\n");
  expect(text).toContain("Your bank declined this card");
  // Pictures are where this shop is, and not where it was when it was recorded.
  expect(text).toMatch(new RegExp(`http://localhost:${new URL(footpath).port}/demo/img/`));
  expect(text).not.toMatch(/shop\.example|jane/i);
  for (const hash of styles) expect(String(await api.style(session_id, hash))).toContain("{");

  const rows = await api.rows(session_id, "page,error");
  expect(linesOf(rows)).toContain("Error: PaymentError");
  const error = rows.find(({ line }) => line === "Error: PaymentError");
  expect(error?.at).toBeGreaterThan(start as number);
  expect(error?.at).toBeLessThan(end as number);
});
