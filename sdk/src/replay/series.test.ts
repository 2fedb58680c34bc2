import { expect, test } from "vitest";
import { memoryStorage } from "../fixtures";
import { openStore } from "../session/storage";
import { fraction, type Hint, isSampled, keepSeries, openSeries } from "./series";

const HINT: Hint = { session: { id: "s", start_reason: "first_visit" }, visitor_id: "v", tab_id: "t" };

test("the sample is the one that the wire's document tells", () => {
  // Of the reference vectors of FNV-1a, 32 bits.
  expect([fraction(""), fraction("a"), fraction("foobar")].map((part) => part * 2 ** 32)).toEqual([
    0x811c9dc5, 0xe40c292c, 0xbf9cf968,
  ]);
});

test("a share of the sessions is in the sample, whatever their time", () => {
  const ids = Array.from({ length: 4000 }, (_, n) => {
    const tail = (n * 2654435761).toString(16).padStart(12, "0").slice(-12);
    return `019a0f5e-7c00-7000-8000-${tail}`;
  });
  const share = (rate: number) =>
    ids.filter((id) => isSampled({ ...HINT, session: { id, start_reason: "idle" } }, rate)).length / ids.length;
  expect(share(0)).toBe(0);
  expect(share(1)).toBe(1);
  expect(share(0.1)).toBeGreaterThan(0.07);
  expect(share(0.1)).toBeLessThan(0.13);
  expect(share(0.5)).toBeGreaterThan(0.46);
});

test("without a session the tab decides", () => {
  const hint = { ...HINT, session: undefined };
  expect(isSampled(hint, fraction("t") + 1e-9)).toBe(true);
  expect(isSampled(hint, fraction("t"))).toBe(false);
});

test("the next page of the tab goes on; another session, and a duplicated tab, begin anew", () => {
  const store = openStore(() => storage);
  const storage = memoryStorage();
  const first = openSeries(store, "k", HINT, 1000);
  Object.assign(first, { index: 7, wanted: true, styles: ["a"] });
  keepSeries(store, "k", first);
  expect(openSeries(store, "k", HINT, 2000)).toMatchObject({ index: 7, since: 1000, wanted: true, styles: ["a"] });
  for (const other of [
    { ...HINT, tab_id: "duplicate" },
    { ...HINT, session: { id: "next", start_reason: "idle" as const } },
    { ...HINT, session: undefined },
  ]) {
    expect(openSeries(store, "k", other, 2000)).toMatchObject({ ...other, index: 0, since: 2000, styles: [] });
  }
});

test("what is stored is bounded, and damage is as good as nothing", () => {
  const storage = memoryStorage();
  const store = openStore(() => storage);
  const series = openSeries(store, "k", HINT, 0);
  series.styles = Array.from({ length: 1000 }, (_, n) => `style-${n}`);
  keepSeries(store, "k", series);
  expect(openSeries(store, "k", HINT, 0).styles).toHaveLength(200);
  expect(openSeries(store, "k", HINT, 0).styles.at(-1)).toBe("style-999");
  for (const damage of ["{", "{}", '{"tab_id":"t","session":{"id":"s"},"index":-1,"styles":[]}']) {
    storage.setItem("k", damage);
    expect(openSeries(store, "k", HINT, 5).since).toBe(5);
  }
});
