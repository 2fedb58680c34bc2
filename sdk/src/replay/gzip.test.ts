import { gunzipSync, strFromU8, strToU8 } from "fflate";
import { afterEach, expect, test, vi } from "vitest";
import { gzipNow, gzipSlowly } from "./gzip";

afterEach(() => vi.unstubAllGlobals());

/** Longer than a slice, with characters of two units wherever a slice may end. */
const LINES = ["short\n", `${"x😀é".repeat(30_000)}\n`, "", `${JSON.stringify({ a: "\u2028" })}\n`];
const TEXT = LINES.join("");

const turns = () => {
  let n = 0;
  const turn = async (run: () => void) => {
    n++;
    await Promise.resolve();
    run();
  };
  return { turn, n: () => n };
};

test("at once", () => {
  const { gzip, bytes } = gzipNow(LINES);
  expect(strFromU8(gunzipSync(gzip))).toBe(TEXT);
  expect(bytes).toBe(strToU8(TEXT).length);
});

test.each(["by the browser", "by a script, where there is no other"])("a slice at a time, %s", async (by) => {
  if (by !== "by the browser") vi.stubGlobal("CompressionStream", undefined);
  const { turn, n } = turns();
  const { gzip, bytes } = await gzipSlowly(LINES, turn);
  expect(strFromU8(gunzipSync(gzip))).toBe(TEXT);
  expect(bytes).toBe(strToU8(TEXT).length);
  expect(n()).toBeGreaterThan(2);
});
