// Wires the stages together: capture → recorder (session, tab, context) → delivery, and the page's own comings and
// goings. The one file that knows all of them.

import { startClicks } from "../capture/clicks";
import { forbid } from "../capture/elements";
import { startErrors } from "../capture/errors";
import { startForms } from "../capture/forms";
import { startFrustration } from "../capture/frustration";
import type { Page } from "../capture/page";
import { startPageLoad } from "../capture/page-load";
import { startPageViews } from "../capture/page-views";
import { startRequests } from "../capture/requests";
import { startScroll } from "../capture/scroll";
import { startVisibility } from "../capture/visibility";
import { startVitals } from "../capture/vitals";
import { startDelivery } from "../delivery/delivery";
import type { Replay, StartReplay } from "../replay/host";
import { flatProps, startContext } from "../session/context";
import { startIdentity, startNoIdentity } from "../session/identity";
import { startRecorder } from "../session/recorder";
import { openStore } from "../session/storage";
import { startTab } from "../session/tab";
import { uuidv7 } from "../session/uuid";
import type { EventKind, Props } from "../wire";
import type { SiteConfig } from "../wire-replay";
import { type Decision, startConsent } from "./consent";
import type { Environment } from "./environment";
import { startGuard } from "./guard";
import type { CheckedOptions } from "./options";

export interface Client {
  /** Says who the visitor is; traits are a flat map. */
  identify(id: string, traits?: Props): void;
  /** The person logged out: the next session is of nobody known. */
  reset(): void;
  /** Records an event of the site's own; counts as activity. */
  track(name: string, props?: Props): void;
  /** Records a page view of the present URL. */
  page(): void;
  /** Records an error that the site's code has caught. */
  captureError(error: unknown): void;
  /** Adds to what is sent with every event from now on; a flat map. */
  setContext(props: Props): void;
  /** What the visitor answered when asked whether they may be recorded. */
  setConsent(decision: Decision): void;
  /** Records this session's replay, whatever the site's sample says, if the site records at all. */
  startReplay(): void;
  /** Records no more of this session's replay in this tab. */
  stopReplay(): void;
  /** The present session's id; undefined in cookieless mode. */
  sessionId(): string | undefined;
  /** The present session in the dashboard; undefined in cookieless mode. */
  sessionUrl(): string | undefined;
  /** Undoes every patch, sends what is left and stays silent. */
  stop(): void;
  /** What went wrong on the client's side, in numbers. */
  diagnostics(): { failures: number; refused_events: number; dropped_batches: number };
}

const MAX_NAME = 1024;

export function startClient(
  options: CheckedOptions,
  environment: Environment,
  loadReplay: () => Promise<StartReplay>,
): Client {
  const guard = startGuard();
  const isFrame = window.parent !== window;
  const undo: (() => void)[] = [];
  let stopped = false;
  let parting = (): EventKind | undefined => undefined;
  let rules: SiteConfig = {};

  const mintId = () => uuidv7(environment.now(), environment.randomBytes);
  const setTimer = (run: () => void, ms: number) => {
    const timer = window.setTimeout(guard.wrap(run), ms);
    return () => window.clearTimeout(timer);
  };

  // Session
  const key = `footpath.${options.siteKey}`;
  const stores = [environment.localStorage, environment.sessionStorage];
  const consent = startConsent(options.requireConsent, (allowed) => {
    if (allowed) {
      delivery.adopt();
    } else {
      if (allowed === false) delivery.drop();
      for (const store of stores.map(openStore)) {
        for (const kept of store.keys(key)) store.remove(kept);
      }
    }
    recorder.resume();
  });
  const [local, ofTab] = stores.map((open) =>
    options.cookieless ? undefined : openStore(() => (consent.allowed() ? open() : undefined)),
  );
  const context = startContext(options);
  const tab = startTab({
    // Frames share their page's sessionStorage, but are no tab of it.
    store: isFrame ? undefined : ofTab,
    key: `${key}.tab`,
    now: environment.now,
    mintId,
  });
  const identity = local
    ? startIdentity({ store: local, key, timeoutMs: options.sessionTimeoutMs, mintId })
    : startNoIdentity();
  const { lock } = environment;
  const recorder = startRecorder({
    identity,
    tab,
    lock: local && lock && ((change) => lock(key, change)),
    context: context.snapshot,
    allowed: consent.allowed,
    anonymous: () => !!rules.anonymise_users,
    beforeSend: options.beforeSend,
    parting: () => parting(),
    guarded: guard.run,
    deliver(envelope, event) {
      delivery.add(envelope, event);
      tell((recorder) => recorder.event(envelope, event));
    },
  });

  // Delivery
  const ownUrl = `${options.endpoint}/i/`;
  const url = ownUrl + encodeURIComponent(options.siteKey);
  const alive = { bytes: 0 };
  const delivery = startDelivery({
    ...environment,
    url,
    alive,
    compress: new URL(options.endpoint).origin === location.origin,
    online: () => navigator.onLine !== false && !!consent.allowed(),
    store: local,
    prefix: `${key}.outbox.`,
    tabId: tab.id,
    setTimer,
  });

  // Replay
  let replay: Replay | undefined;
  /** What the recorder is to be told when it is there; undefined where none will come. */
  let untold: ((recorder: Replay) => void)[] | undefined = [];
  const tell = (what: (recorder: Replay) => void) => {
    if (replay) what(replay);
    else untold?.push(what);
  };
  const learn = async () => {
    try {
      rules = await (await environment.fetch(`${url}/config`, { credentials: "omit" })).json();
    } catch {
      // A server that does not say has no rules.
    }
    forbid(rules);
    if (!rules.replay?.enabled || isFrame) untold = undefined;
    consent.learn(rules);
    if (!untold) return;
    const start = await loadReplay();
    if (stopped) return;
    replay = start(options, rules, alive);
    for (const what of untold) what(replay);
  };
  const leaving = () => {
    consent.presume();
    recorder.settle();
    if (!consent.allowed()) return;
    delivery.last();
    replay?.leave();
  };

  // Capture
  const startCapture = () => {
    const listening = new AbortController();
    undo.push(() => listening.abort());
    const page: Page = {
      record: (kind) => (stopped ? {} : recorder.record(kind)),
      now: environment.now,
      listen(target, types, handle, listenOptions) {
        for (const type of types) {
          target.addEventListener(type, guard.wrap(handle) as (event: Event) => void, {
            capture: true,
            passive: true,
            signal: listening.signal,
            ...listenOptions,
          });
        }
      },
      setTimer: (run, ms) => setTimer(() => stopped || run(), ms),
      guard: guard.wrap,
      onStop: (run) => void undo.push(run),
    };
    const begin = guard.run;

    // Before anything hears that the page is back from the back/forward cache, and records it: it is a new tab lane.
    // `visibilitychange` comes before `pageshow`.
    page.listen(window, ["visibilitychange", "pageshow"], () => {
      if (document.visibilityState === "visible" && tab.resume()) delivery.resume();
    });
    const frustration = begin(() => startFrustration(page));
    const forms = begin(() => startForms(page));
    const scroll = begin(() => startScroll(page));
    pageViews = begin(() =>
      startPageViews({
        page,
        hashRouting: !!options.hashRouting,
        onLeave() {
          scroll?.newPage();
          forms?.newPage();
          frustration?.effect();
          context.refresh();
        },
      }),
    );
    const visibility = begin(() => startVisibility(page));
    if (visibility) parting = visibility.parting;
    begin(() => startClicks(page, (click) => frustration?.clicked(click)));
    errors = begin(() => startErrors(page, () => frustration?.failed()));
    begin(() => startRequests({ page, ownUrl, onCall: () => frustration?.effect() }));
    begin(() => startPageLoad({ page, ownUrl }));
    begin(() => startVitals(page));

    // The bubble phase at the window comes last: everyone else has said their last word by then.
    const late = { capture: false };
    page.listen(
      window,
      ["visibilitychange", "pagehide"],
      ({ type }) => {
        const going = type === "pagehide";
        if (going || document.visibilityState === "hidden") {
          scroll?.newPage();
          leaving();
        }
        if (going) tab.giveBack();
      },
      late,
    );
    page.listen(window, ["online"], delivery.retryNow);
    learn().catch(() => {
      // The recorder is not where it should be: there is no replay.
      untold = undefined;
    });
  };

  let pageViews: ReturnType<typeof startPageViews> | undefined;
  let errors: ReturnType<typeof startErrors> | undefined;
  /** Calls made while the page is only prerendered: nobody has seen it yet. */
  let early: (() => void)[] | undefined = [];
  const begin = guard.wrap(() => {
    if (stopped) return;
    startCapture();
    for (const call of early ?? []) guard.run(call);
    early = undefined;
  });
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener("prerenderingchange", begin, { once: true });
  } else {
    begin();
  }

  const call =
    <A extends unknown[]>(run: (...args: A) => void) =>
    (...args: A): void => {
      if (stopped) return;
      if (early) early.push(() => run(...args));
      else guard.run(() => run(...args));
    };
  const sessionId = () =>
    guard.run(() => {
      if (stopped || early) return undefined;
      consent.presume();
      return consent.allowed() ? recorder.sessionId() : undefined;
    });

  return {
    identify: call((id, traits) => {
      const flat = flatProps(traits);
      // Sites pass numbers too; nothing at all would make everyone one person.
      if (id)
        recorder.identify({ id: String(id).slice(0, MAX_NAME), ...(Object.keys(flat).length && { traits: flat }) });
    }),
    reset: call(recorder.reset),
    track: call(
      (name, props) =>
        void recorder.record({ custom: { name: String(name).slice(0, MAX_NAME), props: flatProps(props) } }),
    ),
    page: call(() => pageViews?.view()),
    captureError: call((error) => errors?.capture(error)),
    setContext: call(context.setProps),
    setConsent: call(consent.decide),
    startReplay: call(() => tell((recorder) => recorder.start())),
    stopReplay: call(() => tell((recorder) => recorder.stop())),
    sessionId,
    sessionUrl() {
      const id = sessionId();
      return id && `${options.endpoint}/sites/-/sessions/${id}`;
    },
    stop() {
      if (stopped) return;
      guard.run(() => {
        leaving();
        replay?.end();
        delivery.stop();
        tab.giveBack();
      });
      stopped = true;
      // The last patch first, as each was put over the one before.
      for (const run of undo.reverse()) guard.run(run);
    },
    diagnostics: () => ({ failures: guard.failures(), ...delivery.diagnostics() }),
  };
}
