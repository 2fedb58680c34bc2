// Clicks of a person, on the interactive element they fell on, or else on what was hit.

import type { Recorded } from "../session/recorder";
import type { Click } from "../wire";
import { interactiveOf, isIgnored, labelOf, roleOf, selectorOf, targetOf } from "./elements";
import type { Page } from "./page";

export interface SeenClick {
  recorded: Recorded;
  click: Click;
  element: Element;
  interactive: boolean;
  event: MouseEvent;
}

export function startClicks(page: Page, onClick: (click: SeenClick) => void): void {
  page.listen<MouseEvent>(document, ["click"], (event) => {
    const target = event.isTrusted && targetOf(event);
    if (!target || isIgnored(target)) return;
    const interactive = interactiveOf(target);
    const element = interactive ?? target;
    // The browser clicks the field of a label next; once is enough, and the field says more.
    if (element.localName === "label" && (element as HTMLLabelElement).control) return;
    const click: Click = {
      label: labelOf(element),
      role: roleOf(element),
      selector: selectorOf(element),
      x: Math.round(event.clientX),
      y: Math.round(event.clientY),
    };
    onClick({ recorded: page.record({ click }), click, element, interactive: !!interactive, event });
  });
}
