// HTTP calls of the page by `fetch` and `XMLHttpRequest`: method, URL, status, duration, size. Never bodies, never
// headers. The patches pass everything through, arguments, results and failures alike, and can be undone.
//
// Duration and size are refined by the browser's resource timing, which knows the last byte, as long as the event has
// not been sent. Limit: a URL called twice at the same moment may swap the two durations.

import type { Initiator, Request, RequestFailure } from "../wire";
import { observe } from "./observe";
import type { Page } from "./page";
import { patch } from "./patch";
import { scrubUrl } from "./url";

/** Calls that wait for their resource timing; more at once than a page makes. */
const MAX_OPEN = 100;

export interface RequestDeps {
  page: Page;
  /** URLs that begin like this are the SDK's own traffic. */
  ownUrl: string;
  onCall(): void;
}

type Done = (status: number, failure?: RequestFailure, size?: number) => void;
type Begin = (initiator: Initiator, method: string, url: string | URL) => Done | undefined;

interface OpenCall {
  url: string;
  startedAt: number;
  request: Request;
}

export function startRequests({ page, ownUrl, onCall }: RequestDeps): void {
  const { guard } = page;
  let open: OpenCall[] = [];

  const begin: Begin = (initiator, method, to) => {
    const url = new URL(to, document.baseURI);
    url.hash = "";
    if (url.href.startsWith(ownUrl) || !/^http/.test(url.protocol)) return undefined;
    onCall();
    const startedAt = performance.now();
    return guard((status, failure, size) => {
      const request: Request = {
        method: method.toUpperCase(),
        url: scrubUrl(url, url.href),
        status,
        duration_ms: Math.round(performance.now() - startedAt),
        size_bytes: size || undefined,
        initiator,
        failure,
      };
      page.record({ request });
      open = [...open.slice(1 - MAX_OPEN), { url: url.href, startedAt, request }];
    });
  };

  observe(page, "resource", false, (entries: PerformanceResourceTiming[]) => {
    for (const entry of entries) {
      // A millisecond of grace: the two clocks are rounded differently.
      const call = open.find(({ url, startedAt }) => url === entry.name && entry.startTime >= startedAt - 1);
      if (!call) continue;
      open = open.filter((other) => other !== call);
      call.request.duration_ms = Math.max(0, Math.round(entry.responseEnd - call.startedAt));
      if (entry.encodedBodySize) call.request.size_bytes = entry.encodedBodySize;
    }
  });

  patchFetch(page, guard(begin));
  patchXhr(page, guard(begin));
}

function patchFetch(page: Page, begin: Begin): void {
  const start = page.guard((input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof globalThis.Request ? input : undefined;
    return begin("fetch", init?.method ?? request?.method ?? "GET", request?.url ?? (input as string | URL));
  });
  patch(page, window, "fetch", (original) => {
    return function (this: unknown, ...args: Parameters<typeof fetch>) {
      const done = start(...args);
      const answer = original.apply(this as Window, args);
      // The page gets the promise derived here: with the original it would no longer see its own unhandled rejections.
      return done
        ? answer.then(
            (response: Response) => {
              done(response.status, undefined, Number(response.headers.get("Content-Length")));
              return response;
            },
            (error: unknown) => {
              done(0, failureOf(error));
              throw error;
            },
          )
        : answer;
    };
  });
}

function failureOf(error: unknown): RequestFailure {
  const name = (error as Error | undefined)?.name;
  return name === "AbortError" ? "abort" : name === "TimeoutError" ? "timeout" : "network";
}

function patchXhr(page: Page, begin: Begin): void {
  const prototype = window.XMLHttpRequest?.prototype;
  const opened = new WeakMap<XMLHttpRequest, [method: string, url: string | URL]>();
  const watch = page.guard((xhr: XMLHttpRequest) => {
    const to = opened.get(xhr);
    const done = to && begin("xhr", ...to);
    if (!done) return;
    let failure: RequestFailure | undefined;
    for (const type of ["error", "abort", "timeout", "loadend"] as const) {
      const heard = () => {
        if (type === "loadend") done(xhr.status, failure);
        else failure = type === "error" ? "network" : type;
      };
      xhr.addEventListener(type, heard, { once: true });
    }
  });
  patch(page, prototype, "open", (original) => {
    return function (this: XMLHttpRequest, ...args: [string, string | URL]) {
      opened.set(this, [args[0], args[1]]);
      return original.apply(this, args as unknown as Parameters<typeof original>);
    } as typeof original;
  });
  patch(page, prototype, "send", (original) => {
    return function (this: XMLHttpRequest, ...args: Parameters<typeof original>) {
      watch(this);
      return original.apply(this, args);
    };
  });
}
