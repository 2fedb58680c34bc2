// Which rules hold where on a page: the page's own attributes (`data-fp-mask`, `-unmask`, `-block`, `-ignore`), the
// site's selectors for the same, and what people write in, which is masked whatever anyone says. The nearest of mask and
// unmask wins; a block and an editable part close everything below them. Rules reach through shadow roots and frames.

import { isSecretName } from "../../capture/url";

/**
 * How text is told. `plain` is the default of a site that masks no text, `shape` of one that does; `fixed` and `open` are
 * asked for.
 */
export type Telling = "plain" | "open" | "shape" | "fixed";

export interface Part {
  telling: Telling;
  /** Below something closed: not told at all. */
  hidden: boolean;
  /** Nothing below is told. */
  closed: boolean;
  /** No interaction is told. */
  ignored: boolean;
}

export interface PartRules {
  mask: string;
  unmask: string;
  block: string;
  ignore: string;
  maskInputs: boolean;
  maskAllText: boolean;
}

export interface Parts {
  /** Answers of before are forgotten: the page may have changed. */
  renew(): void;
  of(node: Node): Part;
  /** Whether the value of a field may not be told. */
  masksValue(field: Element): boolean;
  /** Whether it is told only since the page or the site asks for that. */
  unmasksValue(field: Element): boolean;
}

export const EDITABLE = "[contenteditable]:not([contenteditable=false])";

/** Fields whose value is never told: of cards, passwords and codes, also where they look like something else. */
const SECRET_FIELD = /\bcc-|password|one-time/;

export function startParts({ mask, unmask, block, ignore, maskInputs, maskAllText }: PartRules): Parts {
  const anyRule = [mask, unmask, block, ignore, EDITABLE].join();
  const top: Part = { telling: maskAllText ? "shape" : "plain", hidden: false, closed: false, ignored: false };
  /** A password stays one when the page shows it, by another type of its field. */
  const everPassword = new WeakSet<Element>();
  let known = new Map<Node, Part>();

  const above = (node: Node): Node | null | undefined =>
    // A link has a `host` too, which is a text.
    node.parentNode ??
    (node.nodeType === 11 ? (node as ShadowRoot).host : (node as Document).defaultView?.frameElement);

  const derive = (node: Node, outer: Part): Part => {
    const hidden = outer.hidden || outer.closed;
    const element = node.nodeType === 1 ? (node as Element) : undefined;
    const ruled = element?.matches(anyRule);
    const written = ruled ? element?.matches(EDITABLE) : (node as Document).designMode === "on";
    if (hidden === outer.hidden && !outer.closed && !ruled && !written) return outer;
    let { telling } = outer;
    if (written || (ruled && element?.matches(mask))) telling = "fixed";
    else if (ruled && element?.matches(unmask)) telling = "open";
    return {
      telling,
      hidden,
      closed: hidden || !!written || !!(ruled && element?.matches(block)),
      ignored: outer.ignored || !!(ruled && element?.matches(ignore)),
    };
  };

  const of = (node: Node): Part => {
    let part = known.get(node);
    if (!part) {
      const outer = above(node);
      part = derive(node, outer ? of(outer) : top);
      known.set(node, part);
    }
    return part;
  };

  const isSecret = (field: Element): boolean => {
    const { type, localName, id } = field as HTMLInputElement;
    if (type === "password") everPassword.add(field);
    const attribute = (name: string) => field.getAttribute(name) ?? "";
    return (
      everPassword.has(field) ||
      localName === "textarea" ||
      type === "hidden" ||
      SECRET_FIELD.test(attribute("autocomplete")) ||
      isSecretName(attribute("name") || id)
    );
  };

  return {
    renew() {
      known = new Map();
    },
    of,
    masksValue(field) {
      // Always asked, so that every password is remembered.
      const secret = isSecret(field);
      const { telling } = of(field);
      return secret || telling === "fixed" || (maskInputs && telling !== "open");
    },
    unmasksValue: (field) => maskInputs && of(field).telling === "open",
  };
}
