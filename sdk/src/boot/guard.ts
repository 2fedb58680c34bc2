// Promise 10: the SDK never throws into the page. Every entry point, listener and callback runs in here; what fails
// is counted, and visible to whoever asks for `diagnostics()`.

export interface Guard {
  /** The function's answer, or undefined where it threw. */
  run<T>(run: () => T): T | undefined;
  /** The same function, which answers undefined where it throws. */
  wrap<A extends unknown[], T>(run: (...args: A) => T): (...args: A) => T | undefined;
  failures(): number;
}

export function startGuard(): Guard {
  let failures = 0;
  const run = <T>(attempt: () => T): T | undefined => {
    try {
      return attempt();
    } catch {
      failures++;
      return undefined;
    }
  };
  return {
    run,
    wrap:
      (wrapped) =>
      (...args) =>
        run(() => wrapped(...args)),
    failures: () => failures,
  };
}
