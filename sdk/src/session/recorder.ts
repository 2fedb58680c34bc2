// The one door between capture and delivery: gives each thing that happened its time, its session, its `seq` and the
// context it happened in, in the order in which it happened.
//
// A change of session is made under a Web Lock shared by the site's tabs, which is asynchronous; what is recorded
// meanwhile waits, in order. Where there is no Web Lock (an insecure origin, an old browser), or the page is about to
// go, or the site asks for the session's id at once, the change is made without: two tabs might then start a session
// each, which costs a session too many and loses nothing.

import type { BoundaryReason, EventKind, User, WireContext, WireEvent } from "../wire";
import type { Identity, IdentityState } from "./identity";
import { isActivity } from "./rules";
import type { Tab } from "./tab";

/** All that a batch says once, for each of its events. Its parts are the same objects as long as nothing changes. */
export interface Envelope extends IdentityState {
  tab_id: string;
  context: WireContext;
}

/** What became of something recorded: set once it has its place, never if it was dropped. */
export interface Recorded {
  event?: WireEvent;
}

/** A kind, or how to make it when its turn comes (to speak of an earlier event's `seq`); undefined drops it. */
export type KindSource = EventKind | (() => EventKind | undefined);

/** What a site may do to an event before it is sent: change it, replace it, or drop it with `null` or `false`. */
export type BeforeSend = (
  event: { at: number; kind: EventKind },
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that only changes the event answers nothing
) => { kind: EventKind } | null | boolean | undefined | void;

export interface Recorder {
  record(kind: KindSource): Recorded;
  identify(user: User): void;
  reset(): void;
  /** Gives everything that waits its place, without a lock if need be. */
  settle(): void;
  /** Whether events may be placed has changed. */
  resume(): void;
  sessionId(): string | undefined;
}

export interface RecorderDeps {
  identity: Identity;
  tab: Tab;
  /** Runs `change` while no other tab does; undefined where the browser cannot. */
  lock: ((change: () => void) => Promise<unknown>) | undefined;
  context(): WireContext;
  /** Whether events may be placed: `undefined` lets them wait, `false` drops them. */
  allowed(): boolean | undefined;
  /** Whether no traits of users may be told. */
  anonymous(): boolean;
  beforeSend: BeforeSend | undefined;
  /** What a session is still owed when it is closed, such as the active time since it was last told. */
  parting(): EventKind | undefined;
  deliver(envelope: Envelope, event: WireEvent): void;
  /** Runs what may fail; answers undefined where it did. */
  guarded<T>(run: () => T): T | undefined;
}

/** More events than a person makes before a banner is answered. */
const MAX_WAITING = 1000;

interface Waiting {
  at: number;
  recorded: Recorded;
  kind?: KindSource;
  /** A user to become, or null to become nobody. */
  user?: User | null;
}

export function startRecorder(deps: RecorderDeps): Recorder {
  const { identity, tab } = deps;
  const waiting: Waiting[] = [];
  let locking = false;
  let draining = false;

  const place = (kind: EventKind, at: number, recorded: Recorded) => {
    const { session, visitor_id, user } = identity.read();
    const event: WireEvent = { seq: tab.nextSeq(), at: tab.notBefore(at), kind };
    recorded.event = event;
    deps.deliver({ session, visitor_id, user, tab_id: tab.id(), context: deps.context() }, event);
  };

  const turn = (reason: BoundaryReason, at: number, user: User | undefined) => {
    if (reason !== "first_visit") {
      // An idle session ended with its last activity, not when someone came back to it; `at` may not run backwards.
      const endedAt = reason === "idle" ? Math.min(at, Math.max(identity.lastActivityAt(), placedAt)) : at;
      const parting = deps.parting();
      if (parting) place(parting, endedAt, {});
      place({ session_end: { reason } }, endedAt, {});
    }
    identity.turn(reason, at, user);
  };

  let placedAt = 0;

  /** Whether the item found its place; false where that takes a change of session and `mayTurn` is false. */
  const settleOne = (item: Waiting, mayTurn: boolean): boolean => {
    let kind = typeof item.kind === "function" ? item.kind() : item.kind;
    if (item.user !== undefined) {
      const known = identity.read().user;
      const user = item.user && (deps.anonymous() ? { id: item.user.id } : item.user);
      // Sites identify on every page; once is enough while nothing changed.
      if (user && JSON.stringify(known) === JSON.stringify(user)) return true;
      if (!mayTurn) return false;
      if (!user) turn("logout", item.at, undefined);
      else if (known && known.id !== user.id) turn("user_switch", item.at, user);
      else identity.setUser(user);
      kind = user ? { identify: { user_id: user.id, traits: user.traits ?? {} } } : undefined;
    }
    if (!kind) return true;
    const activity = isActivity(kind);
    const reason = identity.due({ at: item.at, activity });
    if (reason && !mayTurn) return false;
    if (deps.beforeSend) {
      const answer = deps.beforeSend({ at: item.at, kind });
      if (answer === null || answer === false) return true;
      if (typeof answer === "object") kind = answer.kind;
    }
    if (reason) turn(reason, item.at, identity.read().user);
    place(kind, item.at, item.recorded);
    placedAt = item.at;
    if (activity) identity.noteActivity(item.at);
    return true;
  };

  const drain = (mayTurn: boolean) => {
    // A site's `beforeSend` may itself track: what it adds waits its turn.
    if (draining || !deps.allowed()) return;
    draining = true;
    for (let item = waiting[0]; item; item = waiting[0]) {
      const now = item;
      // What failed (a throwing `beforeSend`) is dropped: it must not be sent unscrubbed, nor hold up the others.
      if (deps.guarded(() => settleOne(now, mayTurn || !deps.lock)) === false) break;
      waiting.shift();
    }
    draining = false;
    if (waiting.length && deps.lock && !locking) {
      locking = true;
      const change = () => {
        locking = false;
        drain(true);
      };
      deps.lock(change).catch(change);
    }
  };

  const resume = () => {
    if (deps.allowed() === false) waiting.length = 0;
    if (!locking) drain(false);
  };

  const enqueue = (item: Omit<Waiting, "at" | "recorded">): Recorded => {
    const recorded: Recorded = {};
    if (waiting.length < MAX_WAITING) waiting.push({ ...item, at: tab.stamp(), recorded });
    resume();
    return recorded;
  };

  return {
    record: (kind) => enqueue({ kind }),
    identify: (user) => void enqueue({ user }),
    reset: () => void enqueue({ user: null }),
    settle: () => drain(true),
    resume,
    sessionId() {
      drain(true);
      return identity.read().session?.id;
    },
  };
}
