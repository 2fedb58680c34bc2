// Errors nobody caught, rejections nobody handled, and what the site hands to `captureError`.

import type { ErrorSource } from "../wire";
import type { Page } from "./page";
import { scrubText } from "./url";

/** As the wire's limits. */
const MAX_MESSAGE = 1024;
const MAX_STACK = 16_384;
/** A loop that fails each frame says nothing new after this many in a minute. */
const MAX_PER_MINUTE = 60;
/** Says that layout settled one frame later: no fault of the page, and in every browser's console. */
const BENIGN = /^ResizeObserver loop/;

/** The error's own name; where it kept `Error`, its class, unless minified beyond meaning. */
export function errorName(error: unknown): string {
  const { name } = (error ?? {}) as Partial<Error>;
  if (typeof name !== "string" || !name || !(error instanceof Object)) return "Error";
  const className = error.constructor?.name ?? "";
  return (name === "Error" && "stack" in error && className.length > 2 ? className : name).slice(0, MAX_MESSAGE);
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as Partial<Error>;
  return scrubText(String(typeof message === "string" ? message : error)).slice(0, MAX_MESSAGE);
}

export function startErrors(page: Page, onError: () => void): { capture(error: unknown): void } {
  let minute = 0;
  let inMinute = 0;

  const tell = (error: unknown, source: ErrorSource, fallback = "") => {
    const now = Math.floor(page.now() / 60_000);
    inMinute = now === minute ? inMinute + 1 : 1;
    minute = now;
    const message = error === undefined || error === null ? fallback || String(error) : messageOf(error);
    if (inMinute > MAX_PER_MINUTE || BENIGN.test(message)) return;
    const { stack } = (error ?? {}) as Partial<Error>;
    page.record({
      error: {
        name: errorName(error),
        message,
        stack: typeof stack === "string" ? scrubText(stack).slice(0, MAX_STACK) : undefined,
        source,
      },
    });
    onError();
  };

  page.listen<ErrorEvent>(window, ["error"], (event) => {
    // Images and scripts that fail to load arrive here too, without a message: they are no error of code.
    if (event.message !== undefined) tell(event.error, "uncaught", event.message);
  });
  page.listen<PromiseRejectionEvent>(window, ["unhandledrejection"], (event) => tell(event.reason, "rejection"));

  return { capture: (error) => tell(error, "captured") };
}
