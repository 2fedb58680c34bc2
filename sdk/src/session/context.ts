// What holds for every event of a batch: the device as the browser tells it, and what the site says of itself.

import type { Props, WireContext, WireHints } from "../wire";
import { SDK } from "./sdk";

/** As the wire's limits: the server would cut the rest. */
const MAX_STRING = 1024;
const MAX_ENTRIES = 64;

/** Parts of Navigator that TypeScript's DOM library does not know, since not every browser has them. */
interface ModernNavigator {
  connection?: { effectiveType?: string };
  userAgentData?: {
    mobile?: boolean;
    platform?: string;
    brands?: { brand: string; version: string }[];
    getHighEntropyValues?(hints: string[]): Promise<{
      platformVersion?: string;
      model?: string;
      fullVersionList?: { brand: string; version: string }[];
    }>;
  };
}

export interface ContextSource {
  /** The same object as long as nothing in it has changed. */
  snapshot(): WireContext;
  setProps(props: Props): void;
  /** Looks at what may change while a page lives. */
  refresh(): void;
}

/** Keeps what the wire can carry: a flat map of strings, finite numbers and booleans. */
export function flatProps(props: unknown): Props {
  const flat: Props = {};
  for (const [name, value] of Object.entries(props ?? {}).slice(0, MAX_ENTRIES)) {
    if (typeof value === "string") flat[name] = value.slice(0, MAX_STRING);
    else if (typeof value === "boolean" || Number.isFinite(value)) flat[name] = value as number;
  }
  return flat;
}

export function startContext(site: { release?: string | undefined; environment?: string | undefined }): ContextSource {
  const { connection, userAgentData } = navigator as ModernNavigator;
  let context: WireContext = {};
  let props: Props | undefined;

  const hints: WireHints | undefined = userAgentData && {
    mobile: userAgentData.mobile,
    platform: userAgentData.platform,
    brands: userAgentData.brands,
  };

  const refresh = () => {
    const next: WireContext = {
      language: navigator.language,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      screen: [screen.width, screen.height],
      viewport: [innerWidth, innerHeight],
      connection: connection?.effectiveType,
      release: site.release,
      environment: site.environment,
      hints,
      automated: navigator.webdriver || undefined,
      sdk: SDK,
      props,
    };
    if (JSON.stringify(next) !== JSON.stringify(context)) context = next;
  };
  refresh();

  // The full versions come a moment later, in time for the first batch.
  userAgentData
    ?.getHighEntropyValues?.(["platformVersion", "model", "fullVersionList"])
    .then((full) => {
      Object.assign(hints as WireHints, {
        platform_version: full.platformVersion,
        model: full.model || undefined,
        brands: full.fullVersionList ?? userAgentData.brands,
      });
    })
    .catch(() => {
      // A permissions policy may forbid it; the low-entropy hints stay.
    });

  return {
    snapshot: () => context,
    setProps(next) {
      props = { ...props, ...flatProps(next) };
      refresh();
    },
    refresh,
  };
}
