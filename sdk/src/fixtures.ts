// What unit tests put in the place of the browser: a clock that moves when told, storage, and a page that notes what
// was recorded. Not part of any build.

import type { Page } from "./capture/page";
import type { KindSource, Recorded } from "./session/recorder";
import type { EventKind } from "./wire";

export interface FakeTime {
  now(): number;
  setTimer(run: () => void, ms: number): () => void;
  /** Moves the clock, running what falls due on the way, in order. */
  advance(ms: number): void;
}

export function fakeTime(start = 1_795_442_400_000): FakeTime {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    setTimer(run, ms) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = until;
    },
  };
}

export function memoryStorage(): Storage {
  const storage = Object.create({
    getItem(this: Record<string, string>, key: string) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      this[key] = value;
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key];
    },
  });
  return storage as Storage;
}

export interface FakePage extends Page, FakeTime {
  /** What was recorded, by kind, in order. */
  kinds: EventKind[];
  stop(): void;
}

/** `time` is shared where a test needs several. */
export function fakePage(time = fakeTime()): FakePage {
  const kinds: EventKind[] = [];
  const undo: (() => void)[] = [];
  return {
    ...time,
    kinds,
    record(source: KindSource): Recorded {
      const kind = typeof source === "function" ? source() : source;
      if (!kind) return {};
      kinds.push(kind);
      return { event: { seq: kinds.length - 1, at: time.now(), kind } };
    },
    listen(target, types, handle, options) {
      for (const type of types) {
        const listener = handle as (event: Event) => void;
        target.addEventListener(type, listener, { capture: true, ...options });
        undo.push(() => target.removeEventListener(type, listener, { capture: true, ...options }));
      }
    },
    guard: (run) => run,
    onStop: (run) => void undo.push(run),
    stop() {
      for (const run of undo.reverse()) run();
    },
  };
}

/** The event as if a person had caused it. */
export function trusted<E extends Event>(event: E): E {
  Object.defineProperty(event, "isTrusted", { value: true });
  return event;
}

export function click(element: Element, at: { x: number; y: number } = { x: 5, y: 5 }): MouseEvent {
  const options = { bubbles: true, cancelable: true, composed: true, clientX: at.x, clientY: at.y };
  element.dispatchEvent(trusted(new MouseEvent("pointerdown", options)));
  const event = trusted(new MouseEvent("click", options));
  element.dispatchEvent(event);
  return event;
}

/** Puts HTML into the page and answers the element with the id `it`. */
export function show(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.getElementById("it") as HTMLElement;
}

/** Random bytes that differ each time, and are the same in each run. */
export function countingBytes(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => new Uint8Array(length).map(() => (count++ * 37) % 256);
}
