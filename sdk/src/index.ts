// The npm package's door. Importing it does nothing; `init` starts the one client of the page and answers a handle
// with the same functions as are exported here. Before `init` and after `stop` they do nothing.

import { openFacade } from "./boot/facade";

export type { Client } from "./boot/client";
export type { Decision } from "./boot/consent";
export type { Facade } from "./boot/facade";
export type { Options } from "./boot/options";
export type { BeforeSendReplay } from "./replay/host";
export type { BeforeSend } from "./session/recorder";
export type { EventKind, Props, PropValue } from "./wire";

export const {
  init,
  identify,
  reset,
  track,
  page,
  captureError,
  setContext,
  setConsent,
  startReplay,
  stopReplay,
  sessionId,
  sessionUrl,
  diagnostics,
  stop,
} = /* @__PURE__ */ openFacade(() => import("./replay/index").then((recorder) => recorder.startReplay));
