// Web vitals by Google's own definitions, and what caused them: the element, the resource or script behind it, how
// far the document was loaded, and the parts of the time. The cause is read from the entries that the metric brings
// (web-vitals has a build that does more of it, for 2.2 KB gzip more than this).

import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Vital, VitalAttribution, VitalRating } from "../wire";
import { selectorOf } from "./elements";
import { observe } from "./observe";
import type { Page } from "./page";
import { scrubUrl } from "./url";

interface LongFrame extends PerformanceEntry {
  scripts: (PerformanceEntry & { sourceURL?: string })[];
}

interface LayoutShift extends PerformanceEntry {
  value: number;
  sources?: { node?: Node | null }[];
}

interface LargestPaint extends PerformanceEntry {
  element?: Element | null;
  url?: string;
}

/** Frames in which a slow interaction's script is looked for. */
const MAX_FRAMES = 50;

export function startVitals(page: Page): void {
  let frames: LongFrame[] = [];

  observe(page, "long-animation-frame", true, (entries: LongFrame[]) => {
    frames = [...frames, ...entries].slice(-MAX_FRAMES);
  });

  const navigation = () => performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;

  const loadStateAt = (time: number): string | undefined => {
    const load = navigation();
    if (!load) return undefined;
    // A moment that has not come yet reads 0.
    const before = (moment: number) => time < (moment || Number.POSITIVE_INFINITY);
    if (before(load.domInteractive)) return "loading";
    if (before(load.domContentLoadedEventStart)) return "dom-interactive";
    return before(load.domComplete) ? "dom-content-loaded" : "complete";
  };

  const lcp = (value: number, entry: LargestPaint) => {
    const ttfb = navigation()?.responseStart ?? 0;
    const resource = entry.url
      ? (performance.getEntriesByName(entry.url, "resource")[0] as PerformanceResourceTiming | undefined)
      : undefined;
    const requested = Math.max(ttfb, resource?.requestStart || resource?.startTime || 0);
    const loaded = Math.min(value, Math.max(requested, resource?.responseEnd ?? 0));
    return {
      element: entry.element,
      url: entry.url,
      at: entry.startTime,
      phases: {
        time_to_first_byte: ttfb,
        resource_load_delay: requested - ttfb,
        resource_load_duration: loaded - requested,
        element_render_delay: value - loaded,
      },
    };
  };

  const inp = (value: number, entries: PerformanceEventTiming[]) => {
    const first = entries[0] as PerformanceEventTiming;
    const start = first.startTime;
    const processing = Math.min(...entries.map((entry) => entry.processingStart));
    const processed = Math.max(processing, ...entries.map((entry) => entry.processingEnd));
    const overlap = (script: PerformanceEntry) =>
      Math.min(script.startTime + script.duration, start + value) - Math.max(script.startTime, start);
    const slowest = frames
      .flatMap((frame) => frame.scripts)
      .filter((script) => overlap(script) > 0)
      .sort((a, b) => overlap(b) - overlap(a))[0];
    return {
      element: entries.find((entry) => entry.target)?.target,
      url: slowest?.sourceURL,
      at: start,
      interaction: first.name.startsWith("key") ? "keyboard" : "pointer",
      phases: {
        input_delay: processing - start,
        processing_duration: processed - processing,
        presentation_delay: Math.max(0, start + value - processed),
      },
    };
  };

  const cls = (entries: LayoutShift[]) => {
    const worst = entries.reduce((a, b) => (b.value > a.value ? b : a));
    return { element: worst.sources?.find((source) => source.node)?.node, at: worst.startTime };
  };

  const ttfb = (load: PerformanceNavigationTiming) => ({
    phases: {
      waiting: load.workerStart || load.fetchStart,
      dns: load.domainLookupEnd - load.domainLookupStart,
      connection: load.connectEnd - load.connectStart,
      request: load.responseStart - load.requestStart,
    },
  });

  const causeOf = ({ name, value, entries }: Metric) => {
    const first = entries[0];
    const last = entries[entries.length - 1];
    if (!first || !last) return {};
    if (name === "LCP") return lcp(value, last as LargestPaint);
    if (name === "INP") return inp(value, entries as PerformanceEventTiming[]);
    if (name === "CLS") return cls(entries as LayoutShift[]);
    return name === "TTFB" ? ttfb(first as PerformanceNavigationTiming) : { at: first.startTime };
  };

  const attributionOf = (metric: Metric): VitalAttribution => {
    const { element, url, at, interaction, phases } = causeOf(metric) as {
      element?: Node | null;
      url?: string;
      at?: number;
      interaction?: string;
      phases?: Record<string, number>;
    };
    const target = element?.nodeType === 1 ? (element as Element) : element?.parentElement;
    return {
      target: target ? selectorOf(target) : undefined,
      resource_url: url ? scrubUrl(url, document.baseURI) : undefined,
      interaction,
      load_state: at === undefined ? undefined : loadStateAt(at),
      phases_ms:
        phases && Object.fromEntries(Object.entries(phases).map(([name, ms]) => [name, Math.round(Math.max(0, ms))])),
    };
  };

  const tell = page.guard((metric: Metric) => {
    const vital: Vital = {
      name: metric.name,
      // A tenth of a millisecond, and for CLS the fourth decimal, is finer than any browser measures.
      value: Number(metric.value.toFixed(metric.name === "CLS" ? 4 : 1)),
      rating: metric.rating.replace("-", "_") as VitalRating,
      attribution: attributionOf(metric),
    };
    page.record({ vital });
  });
  // web-vitals cannot be told to stop; what it reports after `stop` is no longer recorded.
  for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB]) measure(tell);
}
