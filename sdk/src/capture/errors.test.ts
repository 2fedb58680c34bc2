import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakePage, fakePage } from "../fixtures";
import { errorName, startErrors } from "./errors";

let page: FakePage;
let failed = 0;
let capture: (error: unknown) => void;
beforeEach(() => {
  page = fakePage();
  failed = 0;
  capture = startErrors(page, () => failed++).capture;
});
afterEach(() => page.stop());

class PaymentError extends Error {}
class t extends Error {}
class Named extends Error {
  override name = "CardDeclined";
}

test.each([
  [new PaymentError("x"), "PaymentError"],
  [new Named("x"), "CardDeclined"],
  [new TypeError("x"), "TypeError"],
  [new t("x"), "Error"],
  [new DOMException("x", "AbortError"), "AbortError"],
  ["text", "Error"],
  [undefined, "Error"],
  [{ name: 7 }, "Error"],
])("the name of %s", (error, expected) => {
  expect(errorName(error)).toBe(expected);
});

const uncaught = (message: string, error: unknown) =>
  window.dispatchEvent(Object.assign(new Event("error"), { message, error }));

test("uncaught errors, rejections and captured ones are told apart, with their stack", () => {
  const error = new PaymentError("card declined");
  uncaught("Uncaught PaymentError", error);
  window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: "no" }));
  capture(new TypeError("boo"));
  expect(page.kinds).toMatchObject([
    { error: { name: "PaymentError", message: "card declined", source: "uncaught", stack: error.stack } },
    { error: { name: "Error", message: "no", source: "rejection" } },
    { error: { name: "TypeError", message: "boo", source: "captured" } },
  ]);
  expect(failed).toBe(3);
});

test("an error of another origin's script keeps its message", () => {
  uncaught("Script error.", null);
  expect(page.kinds).toMatchObject([{ error: { name: "Error", message: "Script error." } }]);
});

test("images that fail to load and layout's own notices are no errors", () => {
  document.body.innerHTML = "<img>";
  document.querySelector("img")?.dispatchEvent(new Event("error"));
  uncaught("ResizeObserver loop completed with undelivered notifications.", null);
  expect([page.kinds, failed]).toEqual([[], 0]);
});

test("secrets in stacks are masked, and stacks cut", () => {
  const error = new Error("failed at https://a/?password=hunter2");
  error.stack = `at https://a/?token=abc\n${"x".repeat(20_000)}`;
  capture(error);
  const [kind] = page.kinds;
  const told = kind && "error" in kind ? kind.error : undefined;
  expect(told?.message).toBe("failed at https://a/?password=***");
  expect(told?.stack?.slice(0, 25)).toBe("at https://a/?token=***\nx");
  expect(told?.stack?.length).toBe(16_384);
});

test("a loop that fails each frame is told 60 times a minute", () => {
  for (let i = 0; i < 100; i++) capture(new Error("again"));
  expect(page.kinds.length).toBe(60);
  page.advance(60_000);
  capture(new Error("again"));
  expect(page.kinds.length).toBe(61);
});
