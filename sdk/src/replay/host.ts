// What the core gives the recorder, and what the recorder gives the core. The two are built apart, and the core's script has
// its own short names; so no name in here may be one of those (build.mjs).

import type { Envelope } from "../session/recorder";
import type { WireEvent } from "../wire";
import type { SiteConfig } from "../wire-replay";

/** What a site may do to a record before it is kept: change it, or drop it with `null` or `false`. It is masked already. */
export type BeforeSendReplay = (
  record: { type: number; timestamp: number; data: unknown },
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that only changes the record answers nothing
) => object | null | boolean | undefined | void;

/** Of the core's options, those that say how to record. */
export interface ReplayOptions {
  siteKey: string;
  /** Without a slash at its end. */
  endpoint: string;
  sessionTimeoutMinutes?: number | undefined;
  cookieless?: boolean | undefined;
  beforeSendReplay?: BeforeSendReplay | undefined;
}

export interface Replay {
  /** An event has its place: whose session this is, that an error occurred, that a page was shown. */
  event(envelope: Envelope, event: WireEvent): void;
  /** The site asks for this session to be recorded, whatever its sample says. */
  start(): void;
  /** The site asks for no more records of this session. */
  stop(): void;
  /** The page may be going; events have gone. */
  leave(): void;
  /** The end; `drop` loses what has not been sent. */
  end(drop?: boolean): void;
}

/** `alive` counts the bytes of requests that would outlive the page, all of ours together: browsers grant 64 KB. */
export type StartReplay = (options: ReplayOptions, config: SiteConfig, alive: { bytes: number }) => Replay;
