// Wrapping a function of the browser so that it can be undone. Where someone else has wrapped ours since, undoing
// would cut theirs out: then ours stays in the chain, and what it tells is no longer heard.

import type { Page } from "./page";

// biome-ignore lint/suspicious/noExplicitAny: the wrapper passes on whatever arguments the browser's function takes
type Callable = (...args: any[]) => any;

export function patch<K extends string, F extends Callable>(
  page: Page,
  owner: { [name in K]: F } | undefined,
  name: K,
  wrap: (original: F) => F,
): void {
  const original = owner?.[name];
  if (!owner || !original) return;
  const wrapped = wrap(original);
  owner[name] = wrapped as (typeof owner)[K];
  page.onStop(() => {
    if (owner[name] === wrapped) owner[name] = original;
  });
}
