// What an element is called in a session: its label, role and selector, the names of its form and field; and what the
// page's author has forbidden to tell, by `data-fp-ignore` (record no interaction), `data-fp-block` (its box only) and
// `data-fp-mask` (no text), or the site by selectors of its own. Nothing here ever reads the value of a field.

import type { SiteConfig } from "../wire-replay";

const MAX_LABEL = 100;
const MAX_SELECTOR = 200;
const SELECTOR_DEPTH = 4;

/** What people expect to react to a click. */
const INTERACTIVE =
  "a[href],button,input,select,textarea,label,summary,option,[role=button],[role=link],[role=tab],[role^=menuitem],[role=option],[role=checkbox],[role=radio],[role=switch],[onclick]";

/** Holders of what a person typed or chose: their text is a value. */
const VALUE_HOLDER = "input,textarea,select,option,datalist,[contenteditable]:not([contenteditable=false])";

/** Selectors of what is forbidden, and of all that has no words to tell. One page has one site. */
let block: string;
let masked: string;
let ignore: string;
let noText: string;

/** Takes the site's selectors, in place of those it took before. */
export function forbid(rules: SiteConfig): void {
  const all = (rule: "mask" | "block" | "ignore") => [`[data-fp-${rule}]`].concat(rules[rule] ?? []);
  block = `${all("block")}`;
  masked = `${all("mask")},${block}`;
  ignore = `${all("ignore")}`;
  noText = `${VALUE_HOLDER},script,style,noscript,template,${masked},${ignore}`;
}
forbid({});

const INPUT_ROLES: Record<string, string> = {
  button: "button",
  submit: "button",
  reset: "button",
  image: "button",
  checkbox: "checkbox",
  radio: "radio",
  range: "slider",
};

/** The element an event is about, through open shadow roots. */
export function targetOf(event: Event): Element | undefined {
  const node = (event.composedPath()[0] ?? event.target) as Node | null;
  const element = node?.nodeType === 1 ? (node as Element) : node?.parentElement;
  return element ?? undefined;
}

/** `closest`, through open shadow roots. */
export function closest(element: Element, selector: string): Element | undefined {
  for (let at: Element | undefined = element; at; at = (at.getRootNode() as ShadowRoot).host) {
    const found = at.closest(selector);
    if (found) return found;
  }
  return undefined;
}

export function interactiveOf(element: Element): Element | undefined {
  return closest(element, INTERACTIVE);
}

export function isIgnored(element: Element): boolean {
  return !!closest(element, ignore);
}

/** Whether its words may not be told. */
const isMasked = (element: Element) => !!closest(element, masked);

/** Whether a person fills this with a value by typing, choosing or dragging, rather than pressing it. */
export function takesInput(element: Element): boolean {
  return element.matches(VALUE_HOLDER) && roleOf(element) !== "button";
}

export function roleOf(element: Element): string {
  const role = element.getAttribute("role")?.trim().split(/\s/)[0];
  if (role) return role.slice(0, MAX_LABEL);
  const tag = element.localName;
  if (tag === "a" && element.hasAttribute("href")) return "link";
  if (tag === "summary") return "button";
  if (tag === "select") return "combobox";
  if (tag === "textarea") return "textbox";
  if (tag === "input") return INPUT_ROLES[element.getAttribute("type")?.toLowerCase() ?? ""] ?? "textbox";
  return tag;
}

const tidy = (text: string | null): string => {
  const line = (text ?? "").replace(/\s+/g, " ").trim();
  return line.length > MAX_LABEL ? `${line.slice(0, MAX_LABEL - 1)}…` : line;
};

/** Visible words of an element, without masked parts and values. Stops when it has more than enough. */
function textOf(element: Element): string {
  let text = "";
  const walk = (node: Node) => {
    for (const child of node.childNodes) {
      if (text.length > MAX_LABEL * 4) return;
      if (child.nodeType === 3) text += child.nodeValue;
      else if (child.nodeType === 1 && !(child as Element).matches(noText)) {
        // A space where blocks meet, so that "Cart" and "3 items" are not one word.
        text += " ";
        walk(child);
      }
    }
  };
  if (!element.matches(noText) && !isMasked(element)) walk(element);
  return text;
}

/**
 * A readable name: aria-label, text, title, alt, name. Undefined where there is none to tell. Of an element that is
 * not interactive, a text over the limit is no name (someone clicked on a paragraph).
 */
export function labelOf(element: Element): string | undefined {
  if (isMasked(element)) return undefined;
  const attribute = (name: string, of = element) => tidy(of.getAttribute(name));
  const text = () => {
    const labelled = (element as HTMLInputElement).labels?.[0];
    const words = tidy(textOf(labelled ?? element));
    return words.endsWith("…") && !element.matches(INTERACTIVE) ? "" : words;
  };
  const image = [...element.querySelectorAll("img[alt]")].find((each) => !isMasked(each));
  return (
    attribute("aria-label") ||
    text() ||
    attribute("title") ||
    attribute("alt", image ?? element) ||
    attribute("name") ||
    undefined
  );
}

/** An id or class a person wrote: tools that generate them use digits, or make them long. */
const isStable = (name: string) => /^[a-z]+([-_][a-z]+)*\d?$/i.test(name) && name.length < 40;

/** A short CSS selector, good enough to find the element's kind again; not promised to be unique. */
export function selectorOf(element: Element): string {
  const parts: string[] = [];
  for (
    let at: Element | null = closest(element, block) ?? element;
    at && parts.length < SELECTOR_DEPTH;
    at = at.parentElement
  ) {
    const tag = at.localName;
    const id = at.getAttribute("id");
    const unique = !!id && isStable(id);
    const name = [...at.classList].find(isStable);
    parts.unshift(tag + (unique ? `#${id}` : name ? `.${name}` : ""));
    if (unique) break;
  }
  return parts.join(" > ").slice(0, MAX_SELECTOR);
}

/** A field's or form's name, id or label, from attributes only. (`form.name` could be a field called "name".) */
export function nameOf(element: Element): string | undefined {
  const attribute = (name: string) => tidy(element.getAttribute(name));
  return attribute("name") || attribute("id") || (!isMasked(element) && attribute("aria-label")) || undefined;
}
