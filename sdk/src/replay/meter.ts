// What recording costs the page, and promise 10 once more: everything the recorder does in the page's main thread runs in
// here, where it is timed and cannot throw.

import type { RecordingCost } from "../wire-replay";

export interface Meter {
  /** The function's answer, or undefined where it threw. */
  around<T>(run: () => T): T | undefined;
  /** What it cost since this was last asked. */
  take(): RecordingCost;
}

export function startMeter(): Meter {
  let depth = 0;
  let total = 0;
  let longest = 0;
  let failures = 0;

  return {
    around(run) {
      const start = depth++ ? 0 : performance.now();
      try {
        return run();
      } catch {
        // What is not recorded is missing from a replay; what is thrown would be missing from the page.
        failures++;
        return undefined;
      } finally {
        if (!--depth) {
          const took = performance.now() - start;
          total += took;
          longest = Math.max(longest, took);
        }
      }
    },
    take() {
      const tenths = (ms: number) => Math.round(ms * 10) / 10;
      const cost = { main_ms: tenths(total), longest_ms: tenths(longest), failures };
      total = longest = failures = 0;
      return cost;
    },
  };
}
