import { expect, test } from "vitest";
import { show } from "../fixtures";
import { forbid, interactiveOf, isIgnored, labelOf, nameOf, roleOf, selectorOf } from "./elements";

test.each([
  ["aria-label before text", '<button id="it" aria-label="Close" title="T">x</button>', "Close"],
  ["text before title", '<button id="it" title="T"> Add\n to <b>Cart</b></button>', "Add to Cart"],
  ["title before alt", '<a href="/" id="it" title="Home"><img alt="Logo"></a>', "Home"],
  ["alt of the image within", '<a href="/" id="it"><img alt="Logo"></a>', "Logo"],
  ["alt of an image", '<img id="it" alt="Logo">', "Logo"],
  ["name last", '<input id="it" name="email" value="a@b.c">', "email"],
  ["a field's label", '<label>Newsletter <input type="checkbox" id="it" name="news"></label>', "Newsletter"],
  ["never the value of a button either", '<input type="submit" id="it" value="John Doe">', undefined],
  ["never the text of a textarea", '<textarea id="it">secret</textarea>', undefined],
  ["never the options of a select", '<select id="it"><option>Diabetes</option></select>', undefined],
  ["never what is edited", '<div contenteditable id="it">secret</div>', undefined],
  ["nor fields inside", '<button id="it">Pay <textarea>secret</textarea></button>', "Pay"],
  ["nothing masked", '<div data-fp-mask><button id="it" aria-label="John">John</button></div>', undefined],
  ["no masked part", '<button id="it">Hello <span data-fp-mask>John</span></button>', "Hello"],
  [
    "not by its label's masked words",
    '<p data-fp-mask><label for="it">John</label></p><input id="it" type="radio">',
    undefined,
  ],
  ["not by a masked image within", '<a href="/" id="it"><i data-fp-mask><img alt="John"></i></a>', undefined],
  ["nothing blocked", '<div data-fp-block><button id="it">John</button></div>', undefined],
  ["no code", '<button id="it">Go<script>x()</script><style>a{}</style></button>', "Go"],
])("label: %s", (_name, html, expected) => {
  expect(labelOf(show(html))).toBe(expected);
});

test("the site's selectors hold as the attributes do, until there are others", () => {
  forbid({ mask: [".name", "#iban"], block: [".box"], ignore: ["nav"] });
  const label = (html: string) => labelOf(show(html));
  expect(label('<button id="it">Hello <b class="name">John</b></button>')).toBe("Hello");
  expect(label('<p class="name"><button id="it">John</button></p>')).toBeUndefined();
  expect(label('<button id="it" class="box">John</button>')).toBeUndefined();
  expect(selectorOf(show('<div class="box"><b id="it"></b></div>'))).toBe("html > body > div.box");
  expect(isIgnored(show('<nav><b id="it"></b></nav>'))).toBe(true);
  forbid({});
  expect(label('<button id="it">Hello <b class="name">John</b></button>')).toBe("Hello John");
});

test("a name is not told by the words of a masked part", () => {
  expect(nameOf(show('<p data-fp-mask><input id="" aria-label="John"><i id="it" aria-label="John"></i></p>'))).toBe(
    "it",
  );
  show('<p data-fp-mask><input aria-label="John"></p>');
  expect(nameOf(document.querySelector("input") as Element)).toBeUndefined();
});

test("a label is cut at 100 characters; a paragraph is none", () => {
  const long = "word ".repeat(60);
  const label = labelOf(show(`<button id="it">${long}</button>`)) ?? "";
  expect([label.length, label.endsWith("…")]).toEqual([100, true]);
  expect(labelOf(show(`<p id="it">${long}</p>`))).toBeUndefined();
});

test.each([
  ['<a href="/" id="it">x</a>', "link"],
  ['<a id="it">x</a>', "a"],
  ['<button id="it">x</button>', "button"],
  ['<div role="tab x" id="it">x</div>', "tab"],
  ['<input type="CHECKBOX" id="it">', "checkbox"],
  ['<input type="submit" id="it">', "button"],
  ['<input id="it">', "textbox"],
  ['<select id="it"></select>', "combobox"],
  ['<details><summary id="it">x</summary></details>', "button"],
  ['<section id="it">x</section>', "section"],
])("role of %s", (html, expected) => {
  expect(roleOf(show(html))).toBe(expected);
});

test.each([
  ['<main><div><button id="it" class="css-1x2y3z primary">x</button></div></main>', "button#it"],
  [
    '<main class="shop"><div><button class="primary" data-x>x</button></div></main>',
    "body > main.shop > div > button.primary",
  ],
  ['<div id="user-48213"><i data-x></i></div>', "html > body > div > i"],
  ['<div data-fp-block class="secret"><p class="name" data-x></p></div>', "html > body > div.secret"],
])("selector in %s", (html, expected) => {
  const it = show(html) ?? document.querySelector("[data-x]");
  expect(selectorOf(it)).toBe(expected);
});

test("what is clicked is the interactive element around, and ignored parts are ignored, in shadow trees too", () => {
  const host = show('<a href="/" id="it"><i></i></a><div data-fp-ignore><p></p></div>');
  expect(interactiveOf(host.querySelector("i") as Element)).toBe(host);
  expect(isIgnored(document.querySelector("p") as Element)).toBe(true);
  const inner = document.createElement("b");
  (document.querySelector("p") as Element).attachShadow({ mode: "open" }).append(inner);
  expect(isIgnored(inner)).toBe(true);
});

test("a form's name is its attribute, though a field be called name", () => {
  expect(nameOf(show('<form id="it"><input name="name"><input name="id"></form>'))).toBe("it");
});
