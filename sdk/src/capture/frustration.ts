// Clicks that did not do what the person hoped: rage (many at one spot), dead (nothing happened), error (something
// broke). The signs are deliberately hard to earn: what has an effect that this cannot see (a native picker, another
// window, a download, a navigation that is slow to begin) is never called dead.

import type { Frustration } from "../wire";
import type { SeenClick } from "./clicks";
import { closest, interactiveOf, takesInput, targetOf } from "./elements";
import type { Page } from "./page";

export const RAGE_CLICKS = 4;
export const RAGE_WITHIN_MS = 1000;
export const RAGE_WITHIN_PX = 30;
export const DEAD_AFTER_MS = 2500;
export const ERROR_WITHIN_MS = 1000;

/** What counts as something having happened, besides changes of the DOM, requests and page views. */
const EFFECTS = ["scroll", "hashchange", "submit", "input", "toggle", "pagehide"];

export interface FrustrationCapture {
  clicked(click: SeenClick): void;
  /** Something happened that a person may have wanted: a request, a page view. */
  effect(): void;
  failed(): void;
}

export function startFrustration(page: Page): FrustrationCapture {
  let burst: (SeenClick & { at: number })[] = [];
  let last: (SeenClick & { at: number }) | undefined;
  let failedClick: SeenClick | undefined;
  /** When something last happened to the page, as far as it is watched. */
  let effectAt = 0;
  let watchers = 0;
  /** Clicks that wait for an effect, by element: of a burst only the first. */
  const waiting = new Set<Element>();

  const effect = () => {
    effectAt = page.now();
  };

  const tell = (kind: Frustration["kind"], { recorded, click }: SeenClick) => {
    page.record(
      () =>
        // A click that was dropped leaves nothing to speak of.
        recorded.event && {
          frustration: {
            kind,
            click_seq: recorded.event.seq,
            label: click.label,
            role: click.role,
          },
        },
    );
  };

  const observer = new MutationObserver(effect);
  page.onStop(() => observer.disconnect());
  /** Watches the page from the press, since menus open on it. Costs nothing while nobody clicks. */
  const watch = () => {
    if (!watchers++) {
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    }
    page.setTimer(() => {
      if (!--watchers) observer.disconnect();
    }, DEAD_AFTER_MS + RAGE_WITHIN_MS);
  };

  let pressedAt = 0;
  let pressed: Element | undefined;
  page.listen(document, ["pointerdown", "keydown"], (event) => {
    const target = targetOf(event);
    pressed = target && interactiveOf(target);
    if (!pressed) return;
    pressedAt = page.now();
    watch();
  });
  page.listen(window, EFFECTS, effect);
  page.listen(document, ["focusin"], (event) => {
    // A button takes the focus when it is pressed; that does not mean that it did something.
    const target = targetOf(event);
    if (!target || interactiveOf(target) !== pressed) effect();
  });
  page.listen(window, ["blur"], (event) => {
    // Of the window itself: a dialog, a picker or another window has come up.
    if (event.target === event.currentTarget) effect();
  });

  /** Whether the click's effect, if any, is out of sight. */
  const leavesSight = ({ element, event }: SeenClick): boolean => {
    if (takesInput(element) || closest(element, "video,audio,iframe,object,embed,label")) return true;
    const link = closest(element, "a[href]") as HTMLAnchorElement | undefined;
    // A link that the page let through goes somewhere, however slowly; so does a download or another window.
    return (!!link && !event.defaultPrevented) || !!getSelection()?.toString();
  };

  const checkDead = (click: SeenClick) => {
    const { element } = click;
    if (!click.interactive || waiting.has(element)) return;
    waiting.add(element);
    // From the press on, since menus open on it; a click without one (by a screen reader) from now on.
    const since = pressedAt || page.now();
    pressedAt = 0;
    page.setTimer(() => {
      waiting.delete(element);
      if (effectAt < since && document.visibilityState !== "hidden" && !leavesSight(click)) tell("dead", click);
    }, DEAD_AFTER_MS);
  };

  const checkRage = (click: SeenClick & { at: number }) => {
    const near = (other: SeenClick & { at: number }) =>
      other.element === click.element &&
      click.at - other.at <= RAGE_WITHIN_MS &&
      Math.hypot(click.click.x - other.click.x, click.click.y - other.click.y) <= RAGE_WITHIN_PX;
    burst = [...burst.filter(near), click];
    // Told once per burst, at the click that made it one.
    if (burst.length === RAGE_CLICKS) tell("rage", click);
  };

  return {
    clicked(seen) {
      const click = { ...seen, at: page.now() };
      last = click;
      checkRage(click);
      checkDead(click);
    },
    effect,
    failed() {
      if (!last || last === failedClick || page.now() - last.at > ERROR_WITHIN_MS) return;
      failedClick = last;
      tell("error", last);
    },
  };
}
