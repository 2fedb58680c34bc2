// How a full page load went: navigation timing, and a summary of what it loaded, by type. Both once per document, at
// its end: a route change of a single-page app loads none, and what it fetches later is told as requests.

import type { Resources } from "../wire";
import type { Page } from "./page";
import { scrubUrl } from "./url";

const MAX_HEAVIEST = 5;

export interface PageLoadDeps {
  page: Page;
  /** URLs that begin like this are the SDK's own traffic. */
  ownUrl: string;
}

export function startPageLoad({ page, ownUrl }: PageLoadDeps): void {
  const tell = () => {
    const load = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
    if (load?.loadEventEnd) {
      // Of a prerendered page, from the moment it was shown.
      const shown = (load as { activationStart?: number }).activationStart ?? 0;
      const since = (time: number) => Math.max(0, Math.round(time - shown));
      page.record({
        page_load: {
          ttfb_ms: since(load.responseStart),
          dom_ready_ms: since(load.domContentLoadedEventEnd),
          load_ms: since(load.loadEventEnd),
          transfer_bytes: load.transferSize || undefined,
        },
      });
    }
    const resources = summary(performance.getEntriesByType("resource") as PerformanceResourceTiming[], ownUrl);
    if (Object.keys(resources.by_type).length) page.record({ resources });
  };
  // `loadEventEnd` is known only when the load event's listeners are done.
  const loaded = () => void page.setTimer(tell, 0);
  if (document.readyState === "complete") loaded();
  else page.listen(window, ["load"], loaded);
}

function summary(entries: PerformanceResourceTiming[], ownUrl: string): Resources {
  const by_type: Resources["by_type"] = {};
  const resources = entries
    .filter(({ name }) => !name.startsWith(ownUrl))
    .map(({ name, initiatorType, transferSize, duration }) => ({
      url: scrubUrl(name, name),
      type: initiatorType || "other",
      transfer_bytes: transferSize || 0,
      duration_ms: Math.round(duration),
    }));
  for (const { type, transfer_bytes, duration_ms } of resources) {
    const total = by_type[type] ?? { count: 0, transfer_bytes: 0, duration_ms: 0 };
    by_type[type] = total;
    total.count++;
    total.transfer_bytes += transfer_bytes;
    total.duration_ms += duration_ms;
  }
  const heaviest = resources
    .filter(({ transfer_bytes }) => transfer_bytes)
    .sort((a, b) => b.transfer_bytes - a.transfer_bytes)
    .slice(0, MAX_HEAVIEST);
  return { by_type, heaviest };
}
