import { expect, test } from "vitest";
import { dueBoundary, isActivity, SESSION_CAP_MS } from "./rules";

const MINUTE = 60_000;
const TIMEOUT = 30 * MINUTE;

test.each([
  ["no session yet", undefined, { at: 0, activity: false }, "first_visit"],
  ["a gap of the timeout", { startedAt: 0, lastActivityAt: 0 }, { at: TIMEOUT, activity: true }, undefined],
  ["a gap over the timeout", { startedAt: 0, lastActivityAt: 0 }, { at: TIMEOUT + 1, activity: true }, "idle"],
  ["what is no activity", { startedAt: 0, lastActivityAt: 0 }, { at: 9 * TIMEOUT, activity: false }, undefined],
  [
    "exactly the cap",
    { startedAt: 0, lastActivityAt: SESSION_CAP_MS - MINUTE },
    { at: SESSION_CAP_MS, activity: true },
    undefined,
  ],
  [
    "over the cap",
    { startedAt: 0, lastActivityAt: SESSION_CAP_MS - MINUTE },
    { at: SESSION_CAP_MS + 1, activity: true },
    "cap",
  ],
  ["a clock set back by years", { startedAt: 9e12, lastActivityAt: 9e12 }, { at: 1e12, activity: true }, "idle"],
])("%s", (_name, session, event, expected) => {
  expect(dueBoundary(session, event, TIMEOUT)).toBe(expected);
});

test("polling, vitals, errors and visibility are no activity", () => {
  expect(isActivity({ custom: { name: "x", props: {} } })).toBe(true);
  expect(isActivity({ scroll: { depth_pct: 10 } })).toBe(true);
  expect(isActivity({ visibility: { state: "visible", active_ms: 1 } })).toBe(false);
  expect(isActivity({ identify: { user_id: "a", traits: {} } })).toBe(false);
});
