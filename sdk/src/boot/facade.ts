// A client's functions, which do nothing until there is one and after it has stopped, so that a page may call them at
// any time and in any order.

import type { StartReplay } from "../replay/host";
import { type Client, startClient } from "./client";
import { browserEnvironment } from "./environment";
import { checkOptions, type Options } from "./options";

const METHODS = [
  "identify",
  "reset",
  "track",
  "page",
  "captureError",
  "setContext",
  "setConsent",
  "startReplay",
  "stopReplay",
  "sessionId",
  "sessionUrl",
  "diagnostics",
  "stop",
] as const satisfies (keyof Client)[];

type Method = (...args: unknown[]) => unknown;

/** Every function of a client; those that answer, answer undefined while there is none. */
export type Facade = {
  [M in keyof Client]: (...args: Parameters<Client[M]>) => ReturnType<Client[M]> | undefined;
} & {
  /** Starts recording. While a client runs, a second call changes nothing. */
  init(options: Options): Facade;
};

export function openFacade(loadReplay: () => Promise<StartReplay>): Facade {
  let client: Client | undefined;
  const facade = {
    init(options: Options) {
      if (client) return facade;
      try {
        const checked = checkOptions(options);
        if (typeof checked === "string") console.warn("footpath:", checked);
        else client = startClient(checked, browserEnvironment(), loadReplay);
      } catch (error) {
        // A page is worth more than its analytics: an environment unlike any browser is told of, and left alone.
        console.warn("footpath:", error);
      }
      return facade;
    },
  } as Facade;
  for (const name of METHODS) {
    (facade as Record<string, Method>)[name] = (...args) => {
      const running = client;
      if (name === "stop") client = undefined;
      return (running?.[name] as Method | undefined)?.(...args);
    };
  }
  return facade;
}
