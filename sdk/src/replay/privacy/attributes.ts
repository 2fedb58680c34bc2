// What of an element's attributes is told: how it looks and where it is, never a value that should not be, no code, and
// of words only what its part allows. An attribute we do not know could hold anything (pages copy what is typed into one,
// for their style sheet to show), so where text is masked it is told only if it looks like a switch or a number.

import { scrubText, scrubUrl } from "../../capture/url";
import type { Attributes, AttributeValue } from "../records";
import type { Echoes } from "./echoes";
import { maskFixed, maskShape } from "./masks";
import type { Parts } from "./parts";

/** Code, a frame's whole page, keys of the page's policy, words about the page, and what would act at the viewer's. */
const NEVER = /^on|^(srcdoc|nonce|integrity|autofocus|content|ping|http-equiv)$/;
const ADDRESS = /^((xlink:)?href|(rr_)?src|(form)?action|poster|data|background|cite|manifest|longdesc)$/;
/** Words for people, and what assistive technology is told of a value. */
const WORDS =
  /^(title|alt|label|summary|abbr|download|placeholder|aria-(label|description|placeholder|roledescription|value(now|text)))$/;
/** How it looks and what it is. */
const LOOKS =
  /^(class|style|id|name|type|for|form|role|rel|media|lang|dir|sizes|scope|headers|autocomplete|accept|target|method|enctype|shape|coords|usemap|is|slot|part|exportparts|color|face|viewBox|xmlns.*|d|points|transform|fill|stroke.*|filter|mask|clip-path|font-.*|rr_.*)$/;
const SWITCH = /^[\w-]{0,24}$/;
const NUMBERS = /^[-+\d.,%\s]*(e[-+]?\d+)?(px|r?em|deg|m?s)?$/i;

/** An image within the page itself that is larger than an icon is likely what a person has chosen or made. */
const MAX_DATA_URL = 8192;
/** Set on what is told of a field although values are masked (docs/wire.md). */
export const UNMASKED = "data-fp-unmasked";
/** As the events'. */
const MAX_URL = 2048;

/** Any URL as it leaves the page. */
export function scrubAddress(url: string): string {
  if (/^(mailto|tel|sms):/i.test(url)) return url.replace(/:.*/s, ":***");
  if (/^javascript:/i.test(url)) return "#";
  if (/^data:/i.test(url)) return url.length > MAX_DATA_URL ? "data:," : url;
  // Most links of most pages have nothing to be looked at.
  return /[?#;@]/.test(url) || url.length > MAX_URL ? scrubUrl(url, document.baseURI) : url;
}

/** The same for those in a style sheet. */
export const scrubCss = (css: string): string =>
  css.replace(/url\((["']?)(.*?)\1\)/g, (_, quote, url) => `url(${quote}${scrubText(url)}${quote})`);

export interface AttributeRules {
  parts: Parts;
  echoes: Echoes;
  /** The text of a style sheet, or what stands for it. */
  style(css: string): string;
}

export function scrubAttributes(
  attributes: Attributes,
  element: Element,
  { parts, echoes, style }: AttributeRules,
): Attributes {
  const { telling } = parts.of(element);
  const free = telling === "plain" || telling === "open";
  const words = (text: string) => {
    if (telling === "fixed") return maskFixed(text);
    return free && !echoes.inText(text) ? text : maskShape(text);
  };

  const tag = element.localName;
  const isButton = tag === "input" && /^(submit|button|reset|image)$/.test((element as HTMLInputElement).type);
  const isField = /^(input|select|textarea|option)$/.test(tag) && !isButton;
  const field = (tag === "option" && element.closest("select")) || element;
  const masked = isField && parts.masksValue(field);

  // Of text that a style sheet may show, only strings are looked at: a value that someone typed may be a keyword too.
  const repeats = (css: unknown) => /["']/.test(String(css)) && echoes.inText(String(css));

  const told = (name: string, value: AttributeValue): AttributeValue | undefined => {
    if (NEVER.test(name) || (masked && /^(checked|selected)$/.test(name))) return undefined;
    if (value && typeof value === "object") {
      // A change of style, by property.
      const changes = Object.entries(value).filter(([, css]) => !repeats(css));
      // With its priority, where it has one; `false` takes it away.
      const clean = (css: unknown): unknown =>
        Array.isArray(css) ? css.map(clean) : typeof css === "string" ? scrubCss(css) : css;
      return Object.fromEntries(changes.map(([name, css]) => [name, clean(css)]));
    }
    if (typeof value !== "string") return value;
    if (name === "_cssText") return style(value);
    if (masked && /^(value|placeholder|label)$/.test(name)) return maskFixed(value);
    if (ADDRESS.test(name)) return scrubAddress(value);
    if (name === "srcset") return scrubText(value);
    if (WORDS.test(name) || (isButton && name === "value")) return words(value);
    if (LOOKS.test(name)) return repeats(value) ? "" : scrubCss(value);
    if ((free || SWITCH.test(value) || NUMBERS.test(value)) && !echoes.inToken(value)) return value;
    return maskFixed(value);
  };

  const scrubbed: Attributes = {};
  for (const name of Object.keys(attributes)) {
    const value = told(name, attributes[name] as AttributeValue);
    if (value !== undefined) scrubbed[name] = value;
  }
  // The server masks values too, but for those that are told on purpose.
  if (isField && !masked && parts.unmasksValue(field)) scrubbed[UNMASKED] = "";
  return scrubbed;
}
