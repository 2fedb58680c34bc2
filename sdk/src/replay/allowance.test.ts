import { beforeEach, expect, test } from "vitest";
import { type FakeTime, fakeTime } from "../fixtures";
import { ALLOWANCE, type Allowance, CALM_MS, startAllowance } from "./allowance";
import { type Book, openBook } from "./fixtures";
import type { ReplayRecord } from "./records";

let time: FakeTime;
let book: Book;
let emitted: ReplayRecord[];
let keyframes: number[];
let allowance: Allowance;

beforeEach(() => {
  time = fakeTime(0);
  book = openBook();
  emitted = [];
  keyframes = [];
  document.body.innerHTML =
    '<main class="m"><h1>x</h1><ul class="list"></ul><p id="after">y</p></main><footer data-fp-block></footer>';
  book.serialize(document);
  allowance = startAllowance({
    mirror: book,
    now: time.now,
    setTimer: time.setTimer,
    emit: (record) => emitted.push(record),
    mayTell: (element) => !element.matches("[data-fp-block]"),
    keyframe: () => keyframes.push(time.now()),
  });
});

const find = (selector: string) => document.querySelector(selector) as Element;

/** The record of so many elements put into another. */
function added(to: Element, n: number): MutationRecord {
  const nodes = Array.from({ length: n }, () => to.appendChild(document.createElement("li")));
  return { type: "childList", target: to, addedNodes: nodes, removedNodes: [] } as unknown as MutationRecord;
}

const attribute = (target: Element) =>
  ({ type: "attributes", target, addedNodes: [], removedNodes: [] }) as unknown as MutationRecord;

const tags = () => emitted.map(({ data }) => data.tag ?? "structure");

test("what is within the allowance is followed, and the allowance comes back with time", () => {
  const most = added(find("ul"), ALLOWANCE);
  expect(allowance.admit([most])).toEqual([most]);
  time.advance(1000);
  const more = added(find("ul"), 1500);
  expect(allowance.admit([more])).toEqual([more]);
  expect([emitted, allowance.degraded()]).toEqual([[], false]);
});

test("what goes beyond is told by its structure; what happens elsewhere is followed", () => {
  const elsewhere = attribute(find("h1"));
  expect(allowance.admit([added(find("ul"), ALLOWANCE + 500), elsewhere])).toEqual([elsewhere]);
  expect(allowance.degraded()).toBe(true);
  expect(tags()).toEqual(["fp.degraded", "structure"]);
  expect(emitted[0]?.data.payload).toEqual({ id: book.id("ul"), nodes: ALLOWANCE + 500 });
  const { adds, removes } = emitted[1]?.data ?? {};
  expect(removes).toEqual([{ parentId: book.id("main"), id: book.id("ul") }]);
  expect(adds[0]).toMatchObject({ parentId: book.id("main"), nextId: book.id("#after"), node: { tagName: "ul" } });
  expect(adds[0].node.attributes).toEqual({ class: "list" });
  // No more of it than a reader can use, in ids that the recorder never gives.
  expect(adds).toHaveLength(500);
  expect(new Set(adds.map(({ node }: { node: { id: number } }) => node.id)).size).toBe(500);
  expect(adds[1].node.id).toBeGreaterThanOrEqual(2 ** 30);
  // As long as it lasts, nothing within is followed.
  const within = attribute(find("li"));
  expect(allowance.admit([within, elsewhere])).toEqual([elsewhere]);
});

test("at rest it is told in full; a little change is rest, much is not", () => {
  allowance.admit([added(find("ul"), ALLOWANCE + 1)]);
  time.advance(CALM_MS / 2);
  allowance.admit([added(find("ul"), 500)]);
  time.advance(CALM_MS - 1);
  expect(keyframes).toEqual([]);
  allowance.admit([attribute(find("li"))]);
  time.advance(1);
  expect(keyframes).toEqual([1.5 * CALM_MS]);
  expect(tags().at(-1)).toBe("fp.recovered");
  expect(allowance.degraded()).toBe(false);
});

test("who does not come to rest for long is waited for longer each time", () => {
  const wait = () => {
    const at = time.now();
    allowance.admit([added(find("ul"), 2 * ALLOWANCE)]);
    const before = keyframes.length;
    while (keyframes.length === before) time.advance(500);
    return time.now() - at;
  };
  expect([wait(), wait(), wait(), wait(), wait(), wait(), wait()]).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ]);
  time.advance(60_000);
  expect(wait()).toBe(CALM_MS);
});

test("nodes that went unseen are taken out of the book", () => {
  const gone = find("h1");
  const id = book.getId(gone);
  allowance.admit([added(find("ul"), ALLOWANCE + 1)]);
  gone.remove();
  time.advance(CALM_MS);
  expect(book.getNode(id)).toBeNull();
  expect(book.getNode(book.id("ul"))).toBe(find("ul"));
});

test("a large book is looked through in turns, and the page told in one of its own", () => {
  added(find("ul"), 5000);
  book.serialize(document);
  const turns: number[] = [];
  let looked = 0;
  const counting = startAllowance({
    mirror: {
      ...book,
      getNode(id) {
        looked++;
        return book.getNode(id);
      },
    },
    now: time.now,
    setTimer: (run, ms) =>
      time.setTimer(() => {
        looked = 0;
        run();
        turns.push(looked);
      }, ms),
    emit: (record) => emitted.push(record),
    mayTell: () => true,
    keyframe: () => keyframes.push(looked),
  });
  counting.admit([added(find("ul"), ALLOWANCE + 1)]);
  time.advance(CALM_MS);
  expect(turns.slice(0, -1).every((n) => n > 0 && n <= 2000)).toBe(true);
  expect(turns.length).toBeGreaterThan(3);
  expect([turns.at(-1), keyframes]).toEqual([0, [0]]);
});

test("many small changes all over have one part in common", () => {
  const many = added(find("ul"), 10);
  const changes = [many, ...Array.from({ length: ALLOWANCE }, () => attribute(find("h1")))];
  changes.push(...Array.from({ length: ALLOWANCE }, () => attribute(find("#after"))));
  allowance.admit(changes);
  expect(emitted[0]?.data.payload.id).toBe(book.id("main"));
});

test("of a block not even the structure is told", () => {
  allowance.admit([added(find("footer"), ALLOWANCE + 1)]);
  expect(tags()).toEqual(["fp.degraded"]);
});

test("what is in no document any more is nobody's part", () => {
  const detached = document.createElement("div");
  expect(allowance.admit([added(detached, ALLOWANCE + 1)])).toEqual([]);
  expect([emitted, allowance.degraded()]).toEqual([[], false]);
});
