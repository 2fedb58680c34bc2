// Options written as attributes of the script tag.

import type { Options } from "./options";

/** The tag's options, the server being where the script came from; undefined where the tag names no site. */
export function optionsOfTag(tag: HTMLScriptElement): Options | undefined {
  const { site, endpoint, release, environment, sessionTimeoutMinutes, hashRouting, cookieless, requireConsent } =
    tag.dataset;
  // As with HTML's own boolean attributes, being there is enough; "false" is understood all the same.
  const isOn = (value: string | undefined) => value !== undefined && value !== "false";
  return site
    ? {
        siteKey: site,
        endpoint: endpoint ?? tag.src.replace(/\/[^/]*$/, ""),
        release,
        environment,
        sessionTimeoutMinutes: sessionTimeoutMinutes ? Number(sessionTimeoutMinutes) : undefined,
        hashRouting: isOn(hashRouting),
        cookieless: isOn(cookieless),
        requireConsent: isOn(requireConsent),
      }
    : undefined;
}
