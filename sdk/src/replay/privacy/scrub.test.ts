import { beforeEach, describe, expect, test } from "vitest";
import { show } from "../../fixtures";
import { type Book, change, mutation, openBook, printed } from "../fixtures";
import { type PartRules, startParts } from "./parts";
import { startScrub } from "./scrub";

const RULES: PartRules = {
  mask: "[data-fp-mask],.iban",
  unmask: "[data-fp-unmask]",
  block: "[data-fp-block]",
  ignore: "[data-fp-ignore]",
  maskInputs: true,
  maskAllText: true,
};

let book: Book;
beforeEach(() => {
  book = openBook();
});

const scrubbing = (rules: Partial<PartRules> = {}) =>
  startScrub({
    parts: startParts({ ...RULES, ...rules }),
    mirror: book,
    style: (css) => (css === "long" ? "fp-style:h" : css),
  });

/** What a whole page tells of the given HTML. */
function told(html: string, rules: Partial<PartRules> = {}): string {
  document.body.innerHTML = html;
  const node = book.serialize(document.body);
  scrubbing(rules)({ type: 2, timestamp: 0, data: { node } });
  return printed(node).replace(/^<body>|<\/body>$/g, "");
}

const SITE_TELLS_TEXT = { maskAllText: false };
const SITE_TELLS_INPUTS = { maskAllText: false, maskInputs: false };

test.each([
  ["text keeps its shape", "<p>Ann owes  $12</p>", "<p>*** ****  ***</p>"],
  ["masked parts do not", "<p data-fp-mask>Ann Smith</p>", '<p data-fp-mask="">*****</p>'],
  ["nor do the site's", '<p class="iban">DE12</p>', '<p class="iban">*****</p>'],
  ["nothing stays nothing", "<p data-fp-mask>  </p>", '<p data-fp-mask=""></p>'],
  [
    "the nearest of mask and unmask wins",
    "<div data-fp-unmask>told<p data-fp-mask>not<b data-fp-unmask>told</b></p></div>",
    '<div data-fp-unmask="">told<p data-fp-mask="">*****<b data-fp-unmask="">told</b></p></div>',
  ],
  ["a block is empty", '<div data-fp-block class="a">x<img src="/a"></div>', '<div data-fp-block="" class="a"></div>'],
  ["unmasked or not", "<div data-fp-block><p data-fp-unmask>x</p></div>", '<div data-fp-block=""></div>'],
  ["style sheets are no text", "<style>a{color:red}</style>", "<style>a{color:red}</style>"],
])("a whole page: %s", (_name, html, expected) => {
  expect(told(html)).toBe(expected);
});

describe("fields", () => {
  test.each([
    ["text", '<input value="ann" placeholder="Your name">'],
    ["number", '<input type="number" value="5">'],
    ["hidden", '<input type="hidden" value="csrf">'],
    ["radio", '<input type="radio" value="yes" checked>'],
  ])("values of any length are the same: %s", (_name, html) => {
    for (const rules of [{}, SITE_TELLS_TEXT]) {
      const text = told(html, rules);
      expect(text).not.toMatch(/ann|"5"|csrf|"yes"|Your|checked/);
      expect(text).toContain('value="*****"');
    }
  });

  test("of selects neither the options nor the choice", () => {
    const html =
      '<select><option value="a">Apples</option><option value="b" selected label="Bee">Bananas</option></select>';
    expect(told(html, SITE_TELLS_TEXT)).toBe(
      '<select value="*****"><option value="*****">*****</option><option value="*****" label="*****">*****</option></select>',
    );
    expect(told(html, SITE_TELLS_INPUTS)).toContain(">Bananas<");
  });

  test("a button's value is its words", () => {
    expect(told('<input type="submit" value="Pay now">', SITE_TELLS_TEXT)).toContain('value="Pay now"');
    expect(told('<input type="submit" value="Pay now">')).toContain('value="*** ***"');
  });

  test.each([
    ['<input type="password" value="hunter2">'],
    ['<input type="hidden" value="hunter2">'],
    ['<input autocomplete="section-a cc-number" value="hunter2">'],
    ['<input autocomplete="new-password" value="hunter2">'],
    ['<input autocomplete="one-time-code" value="hunter2">'],
    ['<input name="card_pin" value="hunter2">'],
    ["<textarea>hunter2</textarea>"],
    ["<div contenteditable>hunter2<p>more</p></div>"],
    ['<div contenteditable="plaintext-only" data-fp-unmask>hunter2</div>'],
    ['<input type="password" data-fp-unmask value="hunter2">'],
    ['<p data-fp-mask><input value="hunter2"></p>'],
  ])("never told, even where the site tells inputs: %s", (html) => {
    expect(told(html, SITE_TELLS_INPUTS)).not.toMatch(/hunter2|more/);
  });

  test("the others are, where the site or the page says so", () => {
    expect(told('<input value="ann">', SITE_TELLS_INPUTS)).toContain('value="ann"');
    expect(told('<input value="ann" data-fp-unmask>')).toContain('value="ann" data-fp-unmask="" data-fp-unmasked=""');
    expect(told('<input value="ann" data-fp-unmask>', SITE_TELLS_INPUTS)).not.toContain("unmasked");
    expect(told('<input type="checkbox" value="news" checked>', SITE_TELLS_INPUTS)).toContain('checked=""');
  });

  test("ever a password", () => {
    const field = show('<input id="it" type="password" value="hunter2">') as HTMLInputElement;
    const scrub = scrubbing(SITE_TELLS_INPUTS);
    const page = () => scrub({ type: 2, timestamp: 0, data: { node: book.serialize(document.body) } });
    page();
    field.type = "text";
    expect(JSON.stringify(page())).not.toContain("hunter2");
    const record = change(5, { id: book.id("#it"), text: "hunter22", isChecked: false });
    expect(scrub(record)?.data.text).toBe("*****");
  });

  test("what is edited is a leaf", () => {
    expect(told("<div contenteditable>a<p>b</p>c</div>")).toBe('<div contenteditable="">*****</div>');
    expect(told("<div contenteditable> </div>")).toBe('<div contenteditable=""></div>');
    expect(told('<div contenteditable="false">abc</div>')).toBe('<div contenteditable="false">***</div>');
  });
});

describe("attributes", () => {
  test.each([
    ["words keep the part's rule", '<a title="Ann" aria-label="B c">x</a>', '<a title="***" aria-label="* *">*</a>'],
    [
      "looks are told",
      '<p class="a b" style="color: red" width="3">x</p>',
      '<p class="a b" style="color: red" width="3">*</p>',
    ],
    [
      "switches are told",
      '<p data-state="open" aria-expanded="true">x</p>',
      '<p data-state="open" aria-expanded="true">*</p>',
    ],
    ["numbers are told", '<p data-index="3" data-at="1.5px">x</p>', '<p data-index="3" data-at="1.5px">*</p>'],
    [
      "the rest is not",
      '<p data-name="Ann Smith" data-mail="a@b.c">x</p>',
      '<p data-name="*****" data-mail="*****">*</p>',
    ],
    ["code is not", '<p onclick="x()" nonce="n">x</p>', "<p>*</p>"],
    [
      "nor what acts at the viewer's",
      '<iframe srcdoc="<b>x</b>"></iframe><input autofocus>',
      "<iframe></iframe><input></input>",
    ],
    ["drawings are told", '<svg viewBox="0 0 9 9"><path d="M0 0L9 9" stroke-width="2"></path></svg>', undefined],
  ])("%s", (_name, html, expected) => {
    expect(told(html)).toBe(expected ?? html);
  });

  test.each([
    ["/a?token=t&b=1", "/a?token=***&b=1"],
    ["https://u:p@a.example/", "https://a.example/"],
    ["mailto:ann@b.c", "mailto:***"],
    ["tel:+491234", "tel:***"],
    ["javascript:alert(1)", "#"],
    ["data:image/png;base64,AAAA", "data:image/png;base64,AAAA"],
    [`data:image/png;base64,${"A".repeat(9000)}`, "data:,"],
  ])("the address %s", (href, expected) => {
    const text = told(`<a href="${href}">x</a>`);
    expect(text).toBe(`<a href="${expected.startsWith("/") ? `https://shop.example${expected}` : expected}">*</a>`);
  });

  test("addresses within styles", () => {
    expect(told('<p style="background: url(/a?key=k)">x</p>')).toContain("url(/a?key=***)");
  });

  test("a style sheet, or what stands for it", () => {
    show('<style id="it"></style>');
    const node = { ...book.serialize(document.body) };
    (node.childNodes?.[0]?.attributes ?? {})._cssText = "long";
    scrubbing()({ type: 2, timestamp: 0, data: { node } });
    expect(printed(node)).toContain('_cssText="fp-style:h"');
  });
});

describe("what was typed is not told where the page repeats it", () => {
  test("in attributes and in text", () => {
    document.body.innerHTML = '<input id="field"><p id="it">x</p>';
    book.serialize(document.body);
    const scrub = scrubbing(SITE_TELLS_TEXT);
    (document.querySelector("input") as HTMLInputElement).value = "hunter2";
    scrub(change(5, { id: book.id("#field"), text: "*****", isChecked: false }));
    const attributes = {
      "data-value": "hunter2",
      "data-part": "hunt",
      "data-state": "open",
      title: "You wrote hunter2",
      style: '--typed: "hunter2"',
      class: "a",
    };
    const id = book.id("#it");
    const text = (document.getElementById("it") as HTMLElement).firstChild as Text;
    const record = scrub(
      mutation({ attributes: [{ id, attributes }], texts: [{ id: book.getId(text), value: "Hello hunter2!" }] }),
    );
    expect(record?.data.attributes[0].attributes).toEqual({
      "data-value": "*****",
      "data-part": "*****",
      "data-state": "open",
      title: "*** ***** *******",
      style: "",
      class: "a",
    });
    expect(record?.data.texts[0].value).toBe("***** ********");
  });
});

describe("changes", () => {
  const page = (html: string, rules: Partial<PartRules> = {}) => {
    document.body.innerHTML = html;
    book.serialize(document.body);
    return scrubbing(rules);
  };
  const textOf = (selector: string) => book.getId(document.querySelector(selector)?.firstChild ?? null);

  test("texts are masked; a fixed mask is told once, or it would count strokes", () => {
    const scrub = page('<p id="a">x</p><p id="b" data-fp-mask>x</p>');
    const say = (value: string) =>
      scrub(
        mutation({
          texts: [
            { id: textOf("#a"), value },
            { id: textOf("#b"), value },
          ],
        }),
      )?.data.texts.map(({ value }: { value: string }) => value);
    expect(say("ab c")).toEqual(["** *", "*****"]);
    expect(say("ab cd")).toEqual(["** **"]);
  });

  test("nothing of what goes on within what is edited, or in a block", () => {
    const scrub = page('<div id="e" contenteditable><p>x</p></div><div id="b" data-fp-block><p>y</p></div>');
    for (const selector of ["#e p", "#b p"]) {
      const inner = book.id(selector);
      const outer = book.getId(document.querySelector(selector)?.parentElement ?? null);
      const text = textOf(selector);
      const node = { type: 3, id: text, textContent: "typed" };
      expect(scrub(mutation({ texts: [{ id: text, value: "typed" }] }))).toBeUndefined();
      expect(scrub(mutation({ adds: [{ parentId: inner, nextId: null, node }] }))).toBeUndefined();
      expect(scrub(mutation({ adds: [{ parentId: outer, nextId: null, node }] }))).toBeUndefined();
      expect(scrub(mutation({ removes: [{ parentId: outer, id: inner }] }))).toBeUndefined();
      expect(scrub(mutation({ attributes: [{ id: inner, attributes: { title: "x" } }] }))).toBeUndefined();
      expect(scrub(change(2, { type: 2, id: inner, x: 1, y: 1 }))).toBeUndefined();
    }
  });

  test("no interaction of ignored parts", () => {
    const scrub = page('<div data-fp-ignore><input id="quiet"></div><input id="loud">');
    const [quiet, loud] = [book.id("#quiet"), book.id("#loud")];
    expect(scrub(change(5, { id: quiet, text: "x", isChecked: false }))).toBeUndefined();
    expect(scrub(change(2, { type: 2, id: quiet }))).toBeUndefined();
    const moves = [quiet, loud].map((id) => ({ id, x: 1, y: 1, timeOffset: 0 }));
    expect(scrub(change(1, { positions: moves }))?.data.positions.map(({ id }: { id: number }) => id)).toEqual([loud]);
    expect(scrub(change(1, { positions: moves.slice(0, 1) }))).toBeUndefined();
    expect(scrub(change(2, { type: 2, id: loud }))).toBeDefined();
  });

  test("which box was ticked is a value", () => {
    const scrub = page('<input id="it" type="checkbox">');
    expect(scrub(change(5, { id: book.id("#it"), text: "on", isChecked: true }))).toBeUndefined();
    const told = page('<input id="it" type="checkbox">', SITE_TELLS_INPUTS);
    expect(told(change(5, { id: book.id("#it"), text: "on", isChecked: true }))?.data.isChecked).toBe(true);
  });

  test("a selection is told only where its words are", () => {
    const scrub = page('<p id="a">x</p><p id="b" data-fp-mask>x</p>');
    const range = (start: string, end: string) => ({
      start: textOf(start),
      startOffset: 0,
      end: textOf(end),
      endOffset: 1,
    });
    expect(scrub(change(14, { ranges: [range("#a", "#a"), range("#a", "#b")] }))?.data.ranges).toHaveLength(1);
    expect(scrub(change(14, { ranges: [range("#b", "#b")] }))).toBeUndefined();
  });

  test("a node that nobody knows any more tells nothing", () => {
    const scrub = page("<p>x</p>");
    const node = {
      type: 2,
      id: 999,
      tagName: "p",
      attributes: { title: "x" },
      childNodes: [{ type: 3, id: 998, textContent: "x" }],
    };
    const record = scrub(mutation({ adds: [{ parentId: book.id("p"), nextId: null, node }] }));
    expect(JSON.stringify(record?.data.adds)).not.toContain('x"');
  });
});

test("rules reach into shadow trees", () => {
  const host = show('<div id="it" data-fp-unmask></div>');
  const root = host.attachShadow({ mode: "open" });
  root.append("told ", document.createElement("b"));
  (root.querySelector("b") as Element).setAttribute("data-fp-mask", "");
  (root.querySelector("b") as Element).append("not");
  book.serialize(document.body);
  const nodes = [...root.childNodes].map((node) => book.serialize(node));
  const scrub = scrubbing();
  const parentId = book.id("#it");
  const record = scrub(mutation({ adds: nodes.map((node) => ({ parentId, nextId: null, node })) }));
  expect(record?.data.adds.map(({ node }: { node: never }) => printed(node)).join("")).toBe(
    'told <b data-fp-mask="">*****</b>',
  );
});
