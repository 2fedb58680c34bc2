// Whether anything may be told of this visitor. Until the site's rules are here, events wait in memory with their times, and
// nothing is stored; if the rules ask for consent, until the site has said what the visitor answered. Where a page that says
// nothing of consent itself has no time to wait for the rules (it is going, or asks for the session's id), it is presumed
// that there are none: the loss of every short visit would be the price of the other.

import type { SiteConfig } from "../wire-replay";

export type Decision = "granted" | "refused";

export interface Consent {
  /** `undefined` while nobody knows. */
  allowed(): boolean | undefined;
  /** There is no time to wait. */
  presume(): void;
  /** The visitor has answered. */
  decide(decision: Decision): void;
  /** The site's rules are here, or are known to be none. */
  learn(rules: SiteConfig): void;
}

/** `required` where the page says itself that consent is needed. `onChange` also hears that it is withdrawn. */
export function startConsent(required: boolean | undefined, onChange: (allowed?: boolean) => void): Consent {
  const { globalPrivacyControl, doNotTrack } = navigator as {
    globalPrivacyControl?: boolean;
    doNotTrack?: string | null;
  };
  const signal = globalPrivacyControl || doNotTrack === "1";
  let allowed: boolean | undefined;
  let presumable = !required && !signal;
  let decided = false;

  const become = (next?: boolean) => {
    presumable = false;
    if (next === allowed) return;
    allowed = next;
    onChange(next);
  };

  return {
    allowed: () => allowed,
    presume: () => presumable && become(true),
    decide(decision) {
      decided = true;
      become(decision === "granted");
    },
    learn(rules) {
      if (decided) return;
      const objects = (rules.honour_gpc && globalPrivacyControl) || (rules.honour_dnt && doNotTrack === "1");
      become(objects ? false : required || rules.consent_required ? undefined : true);
    },
  };
}
