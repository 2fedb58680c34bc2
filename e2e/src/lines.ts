// How a document looks, line by line, so that a recorded page and a replayed one can be held against each other.

import type { Frame, Page } from "playwright-core";
import { rebuilt } from "./watching";

/** How a page, or what a frame shows, looks right now, line by line. */
export function linesOfPage(page: Page | Frame): Promise<string[]> {
  return page.evaluate(`(${linesOf})(document)`);
}

/** How the page on the dashboard's stage looks, in the player's own frame with its sandbox and its policy. */
export async function linesOnStage(page: Page): Promise<string[]> {
  // The frame within runs no scripts at all; the player's own reaches into it, as the player does.
  const { outer } = await rebuilt(page);
  return outer.evaluate(`(${linesOf})(document.querySelector("iframe").contentDocument)`);
}

/**
 * A document as lines, with what a replay cannot and need not have left out: code, comments, space between elements, where
 * frames and style sheets came from. Runs in pages.
 */
export function linesOf(document: Document): string[] {
  const lines: string[] = [];
  const rulesOf = (sheet: CSSStyleSheet | null | undefined): string[] => {
    try {
      return [...(sheet?.cssRules ?? [])].map((rule) => {
        // The player lets what looks different under a pointer look so by a class too.
        const text = rule.cssText.replace(/,[^,{}]*\\:hover[^,{}]*?(?=\s*[,{])/g, "");
        return `{} ${text.replace(/\s+/g, " ")}`;
      });
    } catch {
      return ["{} of another origin"];
    }
  };
  // The last stands where something was that is not told to anybody, such as a link to an icon.
  const skipped = /^(script|noscript|meta|base|title|object|embed|fp-removed)$/;
  // A replay has addresses as a whole, since it is elsewhere; those within a page as they were when it was told.
  const address = (value: string) => {
    try {
      const { hash, href } = new URL(value, document.baseURI);
      return hash || href;
    } catch {
      return value;
    }
  };
  const attributesOf = (element: Element) =>
    [...element.attributes]
      .filter(
        ({ name }) => !/^(rr_|rrweb|on|data-rr|_cssText|nonce|integrity|autofocus|autocomplete|srcdoc)/i.test(name),
      )
      .filter(({ name }) => !(element.localName === "iframe" && /^(src|sandbox)$/.test(name)))
      .map(({ name, value }) => {
        // The player marks what a pointer is over.
        if (name === "class") return `class=${value.replace(/:hover|rrweb-paused/g, "").trim()}`;
        if (name === "style") return `style=${(element as HTMLElement).style.cssText}`;
        if (name === "srcset")
          return `srcset=${value.replace(/(^|,\s*)(\S+)/g, (_, comma, url) => comma + address(url))}`;
        return /^(src|href|poster)$/.test(name) ? `${name}=${address(value)}` : `${name}=${value}`;
      })
      .filter((line) => line !== "class=")
      .sort();
  const walk = (node: Node, depth: number) => {
    const say = (text: string) => lines.push(" ".repeat(depth) + text);
    for (const child of node.childNodes) {
      if (child.nodeType === 3 && child.nodeValue?.trim()) say(child.nodeValue.replace(/\s+/g, " ").trim());
      if (child.nodeType !== 1) continue;
      const element = child as HTMLElement;
      const tag = element.localName;
      if (skipped.test(tag)) continue;
      if (tag === "style" || (tag === "link" && (element as HTMLLinkElement).sheet)) {
        // The player's own lies beside the head.
        if (element.parentElement?.localName !== "html")
          for (const rule of rulesOf((element as HTMLStyleElement).sheet)) say(rule);
        continue;
      }
      if (tag === "link") continue;
      say(`<${[tag, ...attributesOf(element)].join(" ")}>`);
      const { shadowRoot } = element;
      if (shadowRoot) {
        say(" #shadow");
        for (const sheet of shadowRoot.adoptedStyleSheets) for (const rule of rulesOf(sheet)) say(`  ${rule}`);
        walk(shadowRoot, depth + 2);
      }
      const inner = tag === "iframe" ? (element as HTMLIFrameElement).contentDocument : undefined;
      if (inner) {
        say(" #document");
        walk(inner, depth + 2);
      }
      walk(element, depth + 1);
    }
  };
  for (const sheet of document.adoptedStyleSheets) lines.push(...rulesOf(sheet));
  walk(document, 0);
  return lines;
}
