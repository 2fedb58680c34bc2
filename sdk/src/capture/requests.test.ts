import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakePage, fakePage } from "../fixtures";
import { startRequests } from "./requests";

const nativeFetch = window.fetch;
let page: FakePage;
let calls = 0;
beforeEach(() => {
  page = fakePage();
  calls = 0;
});
afterEach(() => {
  page.stop();
  window.fetch = nativeFetch;
});

const start = () => startRequests({ page, ownUrl: "https://fp.example/i/", onCall: () => calls++ });
const requests = () => page.kinds.flatMap((kind) => ("request" in kind ? [kind.request] : []));

describe("fetch", () => {
  test("method, URL, status and size are told; the page's arguments and answer pass through", async () => {
    const answer = new Response("{}", { status: 201, headers: { "Content-Length": "2" } });
    const seen: unknown[] = [];
    window.fetch = async (...args) => {
      seen.push(...args);
      return answer;
    };
    start();
    const init = { method: "post", body: "secret", headers: { Authorization: "Bearer secret" } };
    expect(await window.fetch("/api/cart?token=abc#x", init)).toBe(answer);
    expect(seen).toEqual(["/api/cart?token=abc#x", init]);
    expect(requests()).toMatchObject([
      {
        method: "POST",
        url: "https://shop.example/api/cart?token=***",
        status: 201,
        size_bytes: 2,
        initiator: "fetch",
      },
    ]);
    expect(JSON.stringify(page.kinds)).not.toContain("secret");
    expect(calls).toBe(1);
  });

  test("a Request and a URL are understood", async () => {
    window.fetch = async () => new Response(null, { status: 204 });
    start();
    await window.fetch(new Request("https://api.example/a", { method: "DELETE" }));
    await window.fetch(new URL("https://api.example/b"));
    expect(requests().map(({ method, url }) => `${method} ${url}`)).toEqual([
      "DELETE https://api.example/a",
      "GET https://api.example/b",
    ]);
  });

  test.each([
    [new TypeError("Failed to fetch"), "network"],
    [new DOMException("x", "AbortError"), "abort"],
    [new DOMException("x", "TimeoutError"), "timeout"],
  ])("a failure is told and still the page's: %s", async (error, failure) => {
    window.fetch = () => Promise.reject(error);
    start();
    await expect(window.fetch("/api")).rejects.toBe(error);
    expect(requests()).toMatchObject([{ status: 0, failure }]);
  });

  test("the SDK's own traffic and what is no HTTP is left out", async () => {
    window.fetch = async () => new Response(null);
    start();
    await window.fetch("https://fp.example/i/KEY");
    await window.fetch("data:text/plain,x");
    expect([requests(), calls]).toEqual([[], 0]);
  });
});

describe("XMLHttpRequest", () => {
  class FakeXhr extends EventTarget {
    status = 0;
    sent: unknown[] = [];
    open(..._args: unknown[]) {}
    send(...args: unknown[]) {
      this.sent = args;
    }
    finish(status: number, type = "load") {
      this.status = status;
      this.dispatchEvent(new Event(type));
      this.dispatchEvent(new Event("loadend"));
    }
  }
  const native = window.XMLHttpRequest;
  const { open, send } = FakeXhr.prototype;
  const call = (method = "put", url = "/api") => {
    const xhr = new FakeXhr();
    xhr.open(method, url);
    xhr.send("secret");
    return xhr;
  };
  beforeEach(() => {
    window.XMLHttpRequest = FakeXhr as unknown as typeof XMLHttpRequest;
  });
  afterEach(() => {
    page.stop();
    window.XMLHttpRequest = native;
  });

  test("is told at its end, and may be used again", () => {
    start();
    const xhr = call();
    expect(xhr.sent).toEqual(["secret"]);
    expect(requests()).toEqual([]);
    xhr.finish(200);
    xhr.open("GET", "/again");
    xhr.send();
    xhr.finish(500);
    expect(requests().map(({ method, url, status }) => `${method} ${url} ${status}`)).toEqual([
      "PUT https://shop.example/api 200",
      "GET https://shop.example/again 500",
    ]);
  });

  test.each([
    ["error", "network"],
    ["abort", "abort"],
    ["timeout", "timeout"],
  ])("%s", (type, failure) => {
    start();
    call().finish(0, type);
    expect(requests()).toMatchObject([{ status: 0, failure, initiator: "xhr" }]);
  });

  test("stop restores everything", () => {
    const fetchBefore = window.fetch;
    start();
    expect(FakeXhr.prototype.open).not.toBe(open);
    page.stop();
    expect([FakeXhr.prototype.open, FakeXhr.prototype.send, window.fetch]).toEqual([open, send, fetchBefore]);
  });
});
