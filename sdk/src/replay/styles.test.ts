import { expect, test } from "vitest";
import { hashOf, MAX_STYLES, startStyles } from "./styles";

const LONG = `a { color: red } ${".filler { top: 1px } ".repeat(20)}`;

test("a style sheet is told once, and referred to from then on", () => {
  const styles = startStyles();
  const reference = styles.refer(LONG);
  expect(reference).toBe(`fp-style:${hashOf(LONG)}`);
  expect(styles.refer(LONG)).toBe(reference);
  expect(styles.take(5)).toEqual([
    { type: 5, timestamp: 5, data: { tag: "fp.style", payload: { hash: hashOf(LONG), css: LONG } } },
  ]);
  expect(styles.take(6)).toEqual([]);
});

test("an adopted one's rules too; a short one is told as it is", () => {
  const styles = startStyles();
  const rules = [{ rule: LONG, index: 0 }];
  expect(styles.refer(rules)).toMatch(/^fp-style:/);
  expect(styles.take(0)[0]?.data.payload.css).toEqual(rules);
  expect(styles.refer("a { top: 0 }")).toBe("a { top: 0 }");
});

test("what may be unknown to the reader is told again", () => {
  const styles = startStyles();
  styles.refer(LONG);
  styles.take(0);
  styles.forget([hashOf(LONG)]);
  styles.refer(LONG);
  expect(styles.take(0)).toHaveLength(1);
  styles.begin([hashOf(LONG)]);
  styles.refer(LONG);
  expect(styles.take(0)).toHaveLength(0);
  styles.begin([]);
  styles.refer(LONG);
  expect(styles.take(0)).toHaveLength(1);
});

test("no more at once than a chunk may hold; addresses lose their secrets", () => {
  const styles = startStyles();
  const sheets = Array.from({ length: MAX_STYLES + 5 }, (_, n) => `/* ${n} */ url("/a?key=k&b=1") url(/c) ${LONG}`);
  const told = sheets.map((sheet) => styles.refer(sheet));
  expect(told.filter((css) => String(css).startsWith("fp-style:"))).toHaveLength(MAX_STYLES);
  expect(told.at(-1)).toBe(sheets.at(-1)?.replace("key=k", "key=***"));
  expect(styles.take(0)[0]?.data.payload.css).toContain('url("/a?key=***&b=1") url(/c)');
});

test("hashes differ with the text, and do not depend on anything else", () => {
  const texts = Array.from({ length: 5000 }, (_, n) => `.a${n} {}`);
  expect(new Set(texts.map(hashOf)).size).toBe(5000);
  expect(hashOf("a{}")).toBe(hashOf("a{}"));
  expect(hashOf(LONG)).toMatch(/^[0-9a-z]{1,11}$/);
});
