// What a site sets, checked. A wrong option is told on the console, by name and remedy, and never thrown.

import type { BeforeSendReplay } from "../replay/host";
import type { BeforeSend } from "../session/recorder";

export interface Options {
  /** The site's key, as shown in its settings. */
  siteKey: string;
  /** Where the Footpath server is, such as `https://footpath.example.com`. */
  endpoint: string;
  /** Version of the site's own code. */
  release?: string | undefined;
  /** Deployment of the site's own code, such as `production`. */
  environment?: string | undefined;
  /** A pause longer than this ends a session; 1–240, as the site's setting on the server. Default 30. */
  sessionTimeoutMinutes?: number | undefined;
  /** The hash is the route (`#/cart`): its changes are page views. Default false. */
  hashRouting?: boolean | undefined;
  /** Nothing is stored on the device and no id of it is sent. Default false. */
  cookieless?: boolean | undefined;
  /** Nothing is sent or stored before `setConsent("granted")`. Default false; the site's rules may ask for it too. */
  requireConsent?: boolean | undefined;
  /** Sees each event before it is sent: may change it, or drop it by answering `null` or `false`. */
  beforeSend?: BeforeSend | undefined;
  /** The same for records of a replay, which are masked already. */
  beforeSendReplay?: BeforeSendReplay | undefined;
}

export interface CheckedOptions extends Options {
  /** Without a slash at its end. */
  endpoint: string;
  sessionTimeoutMs: number;
}

/** The options ready for use, or a sentence on what is wrong. */
export function checkOptions(options: Options): CheckedOptions | string {
  const { siteKey, endpoint, sessionTimeoutMinutes: minutes = 30 } = options ?? {};
  if (typeof siteKey !== "string" || !siteKey) return "siteKey is missing";
  if (typeof endpoint !== "string" || !/^https?:\/\/[^/]/.test(endpoint)) {
    return "endpoint must be an http(s) URL";
  }
  if (!(minutes >= 1 && minutes <= 240)) return "sessionTimeoutMinutes must be from 1 to 240";
  return { ...options, siteKey, endpoint: endpoint.replace(/\/+$/, ""), sessionTimeoutMs: minutes * 60_000 };
}
