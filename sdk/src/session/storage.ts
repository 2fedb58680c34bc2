// Web storage that may be blocked (throws on touch), full (throws on write) or wiped (reads null) at any moment.
// A failed read is "nothing there" and a failed write says so; who needs a value to survive keeps it in memory too.

export interface Store {
  read(key: string): string | null;
  /** Whether the value was kept. */
  write(key: string, value: string): boolean;
  remove(key: string): void;
  keys(prefix: string): string[];
}

/** `open` may throw, as `window.localStorage` does where cookies are blocked; `undefined` means there is none. */
export function openStore(open: () => Storage | undefined): Store {
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      const storage = open();
      return storage ? use(storage) : otherwise;
    } catch {
      // Blocked or full: the caller's memory copy carries on.
      return otherwise;
    }
  };
  return {
    read: (key) => attempt((storage) => storage.getItem(key), null),
    write: (key, value) =>
      attempt((storage) => {
        storage.setItem(key, value);
        return true;
      }, false),
    remove: (key) => attempt((storage) => storage.removeItem(key), undefined),
    keys: (prefix) => attempt((storage) => Object.keys(storage).filter((key) => key.startsWith(prefix)), []),
  };
}

/** A stored JSON value, or undefined where there is none or it is damaged. */
export function readJson<T>(store: Store, key: string): T | undefined {
  try {
    return (JSON.parse(store.read(key) ?? "null") as T | null) ?? undefined;
  } catch {
    // Damaged by someone else's code: as good as wiped.
    return undefined;
  }
}
