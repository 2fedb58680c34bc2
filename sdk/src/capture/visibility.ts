// Whether the tab is shown, and the active time: while it is shown, each interaction (and being shown) counts for the
// time up to the next one, and for 30 s at most. So a reader who does not touch the page for a minute was active for
// half of it, and a tab left open overnight for 30 s.

import type { EventKind, Visibility } from "../wire";
import type { Page } from "./page";

/** Longer gaps between interactions are absence (design: active time). */
export const ACTIVE_GAP_MS = 30_000;
/** Active time is told this often while the tab stays shown, so that a crash loses little of it. */
const TELL_EVERY_MS = 60_000;

export interface VisibilityCapture {
  /** What has not been told, for a session that is being closed. */
  parting(): EventKind | undefined;
}

export function startVisibility(page: Page): VisibilityCapture {
  let state: Visibility["state"] = document.visibilityState;
  let activeMs = 0;
  let countedTo = page.now();
  let activeUntil = countedTo + ACTIVE_GAP_MS;

  const count = () => {
    const now = page.now();
    if (state === "visible") activeMs += Math.max(0, Math.min(now, activeUntil) - countedTo);
    countedTo = now;
  };
  const interacted = () => {
    count();
    activeUntil = countedTo + ACTIVE_GAP_MS;
  };
  const take = (): EventKind => {
    count();
    const active_ms = Math.round(activeMs);
    activeMs = 0;
    return { visibility: { state, active_ms } };
  };
  const become = (next: Visibility["state"]) => {
    if (next === state) return;
    count();
    state = next;
    interacted();
    page.record(take());
  };
  const tellAgain = () => {
    page.setTimer(tellAgain, TELL_EVERY_MS);
    count();
    if (activeMs) page.record(take());
  };
  page.setTimer(tellAgain, TELL_EVERY_MS);

  page.listen(window, ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "scroll"], interacted);
  page.listen(document, ["visibilitychange"], () => become(document.visibilityState));
  page.listen(window, ["pagehide"], () => become("hidden"));
  page.listen(window, ["pageshow"], () => become("visible"));

  return {
    parting() {
      count();
      return activeMs ? take() : undefined;
    },
  };
}
