// Performance entries of one type, where the browser has them.

import type { Page } from "./page";

/** `buffered` also brings those from before. */
export function observe<E extends PerformanceEntry>(
  page: Page,
  type: string,
  buffered: boolean,
  see: (entries: E[]) => void,
): void {
  if (!window.PerformanceObserver?.supportedEntryTypes?.includes(type)) return;
  const observer = new PerformanceObserver(page.guard((list) => see(list.getEntries() as E[])));
  observer.observe({ type, buffered });
  page.onStop(() => observer.disconnect());
}
