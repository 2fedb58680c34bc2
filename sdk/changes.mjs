// Named changes to the text of a library that we bundle, where it has no setting for what we need. Each says why. A change
// whose place is not found exactly as often as expected stops the build, so that an update of the library cannot lose one
// unseen; their versions are pinned for the same reason.

/** Replaces a text that occurs `times` times; a pattern may use `$1` in what it puts. */
export const swap = (find, put, times = 1) => ({ find, put, times });

/** Replaces all from one text up to, not including, another. */
export const cut = (from, to, put = "") => ({ from, to, put });

/** `changes` is a list of changes by their reason. */
export function change(text, changes) {
  let changed = text;
  for (const [why, list] of Object.entries(changes)) {
    for (const { find, from, to, put, times } of list) {
      const expect = (isThere, what) => {
        if (!isThere) throw new Error(`${what} is not there as expected; it is changed because: ${why}`);
      };
      if (from === undefined) {
        const pattern = find instanceof RegExp && new RegExp(find, "g");
        const n = pattern ? [...changed.matchAll(pattern)].length : changed.split(find).length - 1;
        expect(n === times, `${find}, ${times} times and not ${n},`);
        changed = changed.replaceAll(pattern || find, pattern ? put : () => put);
      } else {
        const start = changed.indexOf(from);
        const end = changed.indexOf(to, start + from.length);
        expect(start >= 0 && end >= 0 && changed.indexOf(from, start + 1) < 0, `${from} … ${to}`);
        changed = changed.slice(0, start) + put + changed.slice(end);
      }
    }
  }
  return changed;
}
