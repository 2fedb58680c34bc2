import { expect, test } from "vitest";
import { memoryStorage } from "../fixtures";
import { openStore } from "./storage";
import { startTab } from "./tab";

function opener(storage: Storage | undefined) {
  let minted = 0;
  let now = 1000;
  return {
    open: (from: Storage | undefined = storage) =>
      startTab({
        store: from && openStore(() => from),
        key: "tab",
        now: () => now,
        mintId: () => `tab-${++minted}`,
      }),
    setClock: (to: number) => {
      now = to;
    },
  };
}

const copyOf = (storage: Storage): Storage => Object.assign(memoryStorage(), storage);

test("a reload goes on with the id, the numbers and the clock", () => {
  const { open, setClock } = opener(memoryStorage());
  const before = open();
  expect([before.id(), before.nextSeq(), before.nextSeq(), before.stamp()]).toEqual(["tab-1", 0, 1, 1000]);
  before.giveBack();
  setClock(500);
  const after = open();
  expect(after.stamp()).toBe(500);
  expect([after.notBefore(500), after.id(), after.nextSeq(), after.stamp()]).toEqual([1000, "tab-1", 2, 1000]);
});

test("what is recorded after pagehide is not numbered again", () => {
  const { open } = opener(memoryStorage());
  const before = open();
  before.nextSeq();
  before.giveBack();
  expect(before.nextSeq()).toBe(1);
  expect(open().nextSeq()).toBe(2);
});

test("a duplicated tab gets an id of its own, from 0", () => {
  const storage = memoryStorage();
  const { open } = opener(storage);
  const original = open();
  original.nextSeq();
  const duplicate = open(copyOf(storage));
  expect([duplicate.id(), duplicate.nextSeq()]).toEqual(["tab-2", 0]);
  expect([original.id(), original.nextSeq()]).toEqual(["tab-1", 1]);
});

test("a page back from the back/forward cache is a new lane, whatever the page between has counted", () => {
  const { open } = opener(memoryStorage());
  const first = open();
  first.nextSeq();
  first.giveBack();
  const between = open();
  expect([between.id(), between.nextSeq()]).toEqual(["tab-1", 1]);
  expect(first.resume()).toBe(true);
  expect([first.id(), first.nextSeq(), first.resume()]).toEqual(["tab-2", 0, false]);
});

test("without storage each page load is a tab", () => {
  const { open } = opener(undefined);
  const page = open();
  expect([page.id(), page.nextSeq(), page.nextSeq()]).toEqual(["tab-1", 0, 1]);
  page.giveBack();
  expect(open().id()).toBe("tab-2");
});

test("a stamp touches no storage", () => {
  const storage = memoryStorage();
  opener(storage).open().stamp();
  expect(Object.keys(storage)).toEqual([]);
});

test("a damaged record is as good as none", () => {
  const storage = memoryStorage();
  storage.setItem("tab", '{"id":7}');
  expect(opener(storage).open().id()).toBe("tab-1");
});
