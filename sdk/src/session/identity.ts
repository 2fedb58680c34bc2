// Visitor, user and session of this browser: first-party storage shared by tabs, and a copy in memory that carries on
// where storage is blocked or wiped, so that there is never one session per event. Changes are made by the recorder
// under a Web Lock; the time of the last activity is a key of its own, written without one, so that a tab that merely
// notes activity can never write back a session that another tab has just replaced.

import type { BoundaryReason, User, WireSession } from "../wire";
import { dueBoundary } from "./rules";
import { readJson, type Store } from "./storage";

/** Who is there. The same objects as long as nothing changes. */
export interface IdentityState {
  visitor_id?: string;
  session?: WireSession;
  user?: User;
}

interface StoredIdentity extends IdentityState {
  visitor_id: string;
  /** When the session started. */
  started_at?: number;
}

export interface Identity {
  /** The present state, as any tab left it. */
  read(): IdentityState;
  due(event: { at: number; activity: boolean }): BoundaryReason | undefined;
  lastActivityAt(): number;
  noteActivity(at: number): void;
  /** Starts the next session; `user` is who it is of. */
  turn(reason: BoundaryReason, at: number, user: User | undefined): void;
  setUser(user: User): void;
}

export interface IdentityDeps {
  store: Store;
  key: string;
  timeoutMs: number;
  mintId(): string;
}

export function startIdentity({ store, key, timeoutMs, mintId }: IdentityDeps): Identity {
  const activityKey = `${key}.at`;
  let state: StoredIdentity | undefined;
  let written: string | null = null;
  let activityAt = 0;

  const save = (next: StoredIdentity) => {
    state = next;
    written = JSON.stringify(next);
    store.write(key, written);
  };

  const read = (): StoredIdentity | undefined => {
    const text = store.read(key);
    if (text === null) {
      // Wiped or blocked under a running page: put back what this tab knows.
      if (state) save(state);
    } else if (text !== written) {
      const found = readJson<StoredIdentity>(store, key);
      if (found?.visitor_id) {
        state = found;
        written = text;
      } else if (state) {
        save(state);
      }
    }
    return state;
  };

  const lastActivityAt = () => Math.max(activityAt, Number(store.read(activityKey)) || 0);

  const noteActivity = (at: number) => {
    activityAt = at;
    store.write(activityKey, String(at));
  };

  return {
    read: () => read() ?? {},
    due(event) {
      const now = read();
      const times = now?.session && { startedAt: now.started_at ?? 0, lastActivityAt: lastActivityAt() };
      return dueBoundary(times, event, timeoutMs);
    },
    lastActivityAt,
    noteActivity,
    turn(reason, at, user) {
      const before = read();
      save({
        visitor_id: before?.visitor_id ?? mintId(),
        session: { id: mintId(), start_reason: reason, previous_id: before?.session?.id },
        started_at: at,
        user,
      });
      noteActivity(at);
    },
    setUser(user) {
      const before = read();
      save({ ...before, visitor_id: before?.visitor_id ?? mintId(), user });
    },
  };
}

/** The identity of cookieless mode: nobody, and no session; the server tells visitors apart by a daily salt. */
export function startNoIdentity(): Identity {
  let user: User | undefined;
  return {
    read: () => ({ user }),
    due: () => undefined,
    lastActivityAt: () => 0,
    noteActivity: () => {},
    turn: (_reason, _at, next) => {
      user = next;
    },
    setUser: (next) => {
      user = next;
    },
  };
}
