// How deep a page was seen. Only scrolling by a person counts: by wheel, touch, key or the scroll bar, and the
// momentum that follows; carousels and `scrollTo` would keep a session alive with nobody there.

import type { Page } from "./page";

/** Scrolling that pauses this long has settled. */
const SETTLED_MS = 250;
/** Scrolling this soon after a gesture is its effect. */
const GESTURE_MS = 1000;
/** A step worth an event. */
const STEP_PCT = 10;
/** Reading up and down without new depth is told again after this, so that it is not taken for absence. */
export const STILL_SCROLLING_MS = 60_000;

export function startScroll(page: Page): { newPage(): void } {
  let deepest = 0;
  let told = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  let gestureAt = Number.NEGATIVE_INFINITY;
  let moving = false;
  let cancel = () => {};

  const tell = () => {
    told = deepest;
    toldAt = page.now();
    page.record({ scroll: { depth_pct: deepest } });
  };
  const settled = () => {
    moving = false;
    const step = deepest === 100 ? 1 : STEP_PCT;
    if (deepest - told >= step || page.now() - toldAt >= STILL_SCROLLING_MS) tell();
  };

  page.listen(window, ["wheel", "touchmove", "keydown", "pointerdown"], () => {
    gestureAt = page.now();
  });
  page.listen(window, ["scroll"], () => {
    if (!moving && page.now() - gestureAt > GESTURE_MS) return;
    moving = true;
    const { scrollHeight } = document.documentElement;
    const seen = Math.round(((scrollY + innerHeight) / scrollHeight) * 100);
    deepest = Math.max(deepest, Math.min(seen, 100));
    cancel();
    cancel = page.setTimer(settled, SETTLED_MS);
  });

  return {
    newPage() {
      cancel();
      if (moving && deepest > told) tell();
      moving = false;
      deepest = told = 0;
      toldAt = Number.NEGATIVE_INFINITY;
    },
  };
}
