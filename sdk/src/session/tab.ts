// Which tab this is, and how far its events have counted. The id and the next `seq` live in sessionStorage, which
// survives reloads and navigations of one tab. The browser copies it into a duplicated tab or a window.open'ed one,
// so the record says whether a page is using it: it is taken (`open`) when the first event is recorded and given back
// at `pagehide`. Who finds it taken is a copy, and mints an id of its own. A page that died without `pagehide` gets a
// new id too, which only costs a tab lane. This needs no lock (a held Web Lock keeps a page out of the back/forward
// cache) and no channel, and answers synchronously.
//
// A page restored from the back/forward cache gets a new id as well: it may be shown before the page that it replaces
// hears `pagehide`, and storage of two processes agrees only later, so how far that page has counted cannot be known.
//
// Limit: without sessionStorage, and in frames (which share their top page's), each page load is a tab.

import { readJson, type Store } from "./storage";

export interface Tab {
  id(): string;
  nextSeq(): number;
  /** This moment on the client's clock, never before an earlier answer of this page. Touches no storage. */
  stamp(): number;
  /** A stamp, or if an earlier page of the tab has made a later one, that. */
  notBefore(stamp: number): number;
  /** The page may be leaving: gives the record back. */
  giveBack(): void;
  /** The page is shown: whether it came back from the back/forward cache. */
  resume(): boolean;
}

interface TabRecord {
  id: string;
  /** The next one to give out. */
  seq: number;
  /** The latest time it has given out, when this page took it. */
  at: number;
  open: boolean;
}

export interface TabDeps {
  /** Undefined in cookieless mode and in frames. */
  store: Store | undefined;
  key: string;
  now(): number;
  mintId(): string;
}

export function startTab({ store, key, now, mintId }: TabDeps): Tab {
  let mine: TabRecord | undefined;
  let released = false;
  let at = 0;

  const save = (open: boolean) => store?.write(key, JSON.stringify({ ...mine, at, open }));

  const fresh = (): TabRecord => ({ id: mintId(), seq: 0, at: 0, open: true });

  const claim = (): TabRecord => {
    if (!mine) {
      const found = store && readJson<TabRecord>(store, key);
      mine = found && !found.open && typeof found.id === "string" && found.seq >= 0 ? found : fresh();
      at = Math.max(at, mine.at);
      save(true);
    }
    return mine;
  };

  return {
    id: () => claim().id,
    nextSeq() {
      const seq = claim().seq++;
      // After the release too: what `pagehide` still makes others record must not be numbered again by the next page.
      save(!released);
      return seq;
    },
    stamp() {
      at = Math.max(at, now());
      return at;
    },
    notBefore: (stamp) => Math.max(stamp, claim().at),
    giveBack() {
      if (!mine) return;
      released = true;
      save(false);
    },
    resume() {
      if (!released) return false;
      released = false;
      mine = fresh();
      save(true);
      return true;
    },
  };
}
