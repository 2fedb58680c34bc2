// The built files themselves: the byte budget, and that the script with its shortened names still does its work.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { SDK } from "./src/session/sdk";

/** Core with web vitals; and the recorder, which is loaded where a site records. */
const BUDGETS_GZIP_BYTES = { "footpath.js": 12_288, "footpath-replay.js": 28_672 };

const directory = mkdtempSync(join(tmpdir(), "footpath-sdk-"));
execFileSync(process.execPath, ["build.mjs", directory]);
const built = (file) => readFileSync(join(directory, file), "utf8");
const script = built("footpath.js");
const module = built("index.js");
afterAll(() => rmSync(directory, { recursive: true }));

test.each(Object.entries(BUDGETS_GZIP_BYTES))("%s fits its budget of %i bytes", (file, budget) => {
  const bytes = gzipSync(built(file), { level: 9 }).length;
  console.info(`${file}: ${built(file).length} bytes, ${bytes} gzip, budget ${budget}`);
  expect(bytes).toBeLessThanOrEqual(budget);
});

test("no file needs what a strict policy forbids", () => {
  for (const code of [script, module, built("footpath-replay.js")])
    expect(code).not.toMatch(/\beval\(|new Function\(|new Worker\(|createObjectURL/);
});

test("the package's version is the one that batches name", () => {
  expect(JSON.parse(readFileSync("package.json", "utf8")).version).toBe(SDK.version);
});

test("importing the module does nothing", async () => {
  const before = [window.fetch, history.pushState, Object.keys(window).length];
  const footpath = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(module)}`);
  expect([window.fetch, history.pushState, Object.keys(window).length]).toEqual(before);
  expect(Object.keys(footpath).sort()).toEqual(
    "captureError diagnostics identify init page reset sessionId sessionUrl setConsent setContext startReplay stop stopReplay track".split(
      " ",
    ),
  );
  footpath.track("before init", {});
  expect(footpath.sessionId()).toBeUndefined();
});

test("the built script reads its tag and sends", async () => {
  const sent = [];
  const native = window.fetch;
  window.fetch = async (url, init) => {
    if (url.endsWith("/config")) return new Response(null, { status: 404 });
    sent.push(JSON.parse(init.body));
    return new Response(null, { status: 204 });
  };
  // The test's window has no `fetch` that outlives it: the last flush is a beacon.
  navigator.sendBeacon = (_url, body) => sent.push(JSON.parse(body)) > 0;
  document.head.innerHTML =
    '<script type="text/plain" data-site="KEY" data-release="1" src="https://fp.example/footpath.js"></script>';
  new Function(script)();
  const { footpath } = window;
  footpath.identify("U", { plan: "pro" });
  footpath.track("bought", { items: 2 });
  footpath.captureError(new TypeError("boo"));
  const id = footpath.sessionId();
  expect(footpath.sessionUrl()).toBe(`https://fp.example/sites/-/sessions/${id}`);
  footpath.stop();
  window.fetch = native;
  // A beacon cannot know whether the request before it will arrive, so it may repeat what that carries.
  const kinds = new Map(sent.flatMap(({ events }) => events.map(({ seq, kind }) => [seq, Object.keys(kind)[0]])));
  expect([...kinds.entries()].sort()).toEqual([
    [0, "page_view"],
    [1, "identify"],
    [2, "custom"],
    [3, "error"],
  ]);
  expect(sent.at(-1)).toMatchObject({ v: 1, session: { id, start_reason: "first_visit" }, context: { release: "1" } });
});
