// What the browser gives, gathered in one place so that tests can give something else: the clock, randomness, storage,
// locks and the network as they were before anything was patched.

import type { RandomBytes } from "../session/uuid";

/**
 * Tabs of two processes see each other's storage a moment after they see each other's lock: some milliseconds, and over
 * a hundred on a busy machine. Only the first event of a session waits for it.
 */
const STORAGE_AGREES_MS = 250;

export interface Environment {
  now(): number;
  random(): number;
  randomBytes: RandomBytes;
  localStorage(): Storage | undefined;
  sessionStorage(): Storage | undefined;
  /** Runs the change while no other page of the origin does; undefined where the browser cannot. */
  lock: ((name: string, change: () => void) => Promise<unknown>) | undefined;
  fetch: typeof fetch;
  beacon: ((url: string, body: string) => boolean) | undefined;
  /** Whether `fetch` can outlive the page. */
  keepalive: boolean;
}

export function browserEnvironment(): Environment {
  const nativeFetch = window.fetch;
  return {
    now: () => Date.now(),
    random: Math.random,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    // Reading the property is what throws where storage is blocked, so it is left to whoever can catch it.
    localStorage: () => window.localStorage,
    sessionStorage: () => window.sessionStorage,
    lock:
      navigator.locks &&
      ((name, change) =>
        navigator.locks.request(
          name,
          () => new Promise<void>((done) => setTimeout(() => done(change()), STORAGE_AGREES_MS)),
        )),
    fetch: (...args) => nativeFetch.apply(window, args),
    beacon: navigator.sendBeacon?.bind(navigator),
    keepalive: "keepalive" in Request.prototype,
  };
}
