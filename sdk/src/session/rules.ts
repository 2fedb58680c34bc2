// When a session ends and the next begins, as pure functions of times (design: a session is a maximal run of activity
// with no gap over the timeout, at most 24 h long). The server applies the same rules again and has the last word.

import type { BoundaryReason, EventKind } from "../wire";

/** No session is longer, so that a screen that is never left alone still yields days one can compare. */
export const SESSION_CAP_MS = 24 * 60 * 60 * 1000;

const ACTIVITY = ["page_view", "click", "submit", "input", "scroll", "custom"];

/** Whether this extends a session: a trusted interaction, a navigation, or an explicit custom event. */
export function isActivity(kind: EventKind): boolean {
  return ACTIVITY.includes(Object.keys(kind)[0] as string);
}

/** The times of a session that decide whether it goes on. */
export interface SessionTimes {
  startedAt: number;
  lastActivityAt: number;
}

/** Why an event of this time cannot belong to the session, or undefined where it does. */
export function dueBoundary(
  session: SessionTimes | undefined,
  event: { at: number; activity: boolean },
  timeoutMs: number,
): BoundaryReason | undefined {
  if (!session) return "first_visit";
  // What is no activity never opens a session: a poll after an hour still speaks of the page left behind.
  if (!event.activity) return undefined;
  // Absolute, so that a clock once set to the future does not keep a session alive until that future comes.
  if (Math.abs(event.at - session.lastActivityAt) > timeoutMs) return "idle";
  if (event.at - session.startedAt > SESSION_CAP_MS) return "cap";
  return undefined;
}
