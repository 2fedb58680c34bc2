// The recorder: rrweb sees the page, `privacy` decides what may be told of it, `chunks` gathers, `courier` sends; and this
// file decides when. Which sessions are recorded is known from their id and the site's rules. Those that only an error makes
// worth it are recorded into memory until it comes.
//
// Not in here: frames record nothing on their own (a page records its frames of the same origin).

import { record as observe } from "@rrweb/record";
import { isActivity } from "../session/rules";
import { openStore } from "../session/storage";
import { uuidv7 } from "../session/uuid";
import type { ReplayTrigger, SiteConfig } from "../wire-replay";
import { startAllowance } from "./allowance";
import { CANVAS_EVERY_MS, startCanvases } from "./canvas";
import { startChunks } from "./chunks";
import { startCourier } from "./courier";
import type { Replay, ReplayOptions } from "./host";
import { startMeter } from "./meter";
import { maskFixed } from "./privacy/masks";
import { startParts } from "./privacy/parts";
import { startScrub } from "./privacy/scrub";
import { custom, FULL_SNAPSHOT, INCREMENTAL, META, type Mirror, type ReplayRecord } from "./records";
import { type Hint, isSame, isSampled, keepSeries, openSeries, type Series } from "./series";
import { startStyles } from "./styles";

/** Playing can begin at a keyframe, so one is never farther away than this. */
export const KEYFRAME_EVERY_MS = 30_000;
/** A minute is held while a replay is not certain, so none may ask for more. */
const LONGEST_MIN_MS = 60_000;
/** How long the recorder waits for the page to have time. */
const IDLE_WITHIN_MS = 500;

const MEDIA = "img,picture,video,audio,canvas,object,embed,image,input[type=image]";

export function startReplay(options: ReplayOptions, config: SiteConfig, alive: { bytes: number }): Replay {
  const key = `footpath.${options.siteKey}.replay`;
  const timeoutMs = (options.sessionTimeoutMinutes ?? 30) * 60_000;
  const rules = config.replay ?? {};
  const meter = startMeter();
  const store = openStore(() => (options.cookieless ? undefined : window.sessionStorage));
  const now = () => Date.now();
  const mirror = observe.mirror as unknown as Mirror;

  let series: Series | undefined;
  let pageId = "";
  /** Ends rrweb's observing. */
  let stopObserving: (() => void) | undefined;
  /** Whether the site's sample has this session. */
  let sampled = false;
  /** What the site asked for before there was a session. */
  let asked: boolean | undefined;
  let ended = false;
  let activeAt = now();
  let keyframeAt = 0;
  let keyframeDue = false;

  const setTimer = (run: () => void, ms: number) => {
    const timer = window.setTimeout(() => ended || meter.around(run), ms);
    return () => window.clearTimeout(timer);
  };
  const idle = (run: () => void) => {
    const timed = () => void meter.around(run);
    if (typeof requestIdleCallback === "function") requestIdleCallback(timed, { timeout: IDLE_WITHIN_MS });
    else setTimeout(timed, 20);
  };

  const selector = (rule: string, more: string[] = []) => [`[data-fp-${rule}]`, ...more].join();
  const masks = { inputs: rules.mask_inputs !== false, text: rules.mask_all_text !== false };
  const selectors = {
    mask: selector("mask", config.mask),
    unmask: selector("unmask", config.unmask),
    block: selector("block", [...(config.block ?? []), ...(rules.block_media ? [MEDIA] : [])]),
    ignore: selector("ignore", config.ignore),
  };
  const parts = startParts({ ...selectors, maskInputs: masks.inputs, maskAllText: masks.text });
  /** A rule that cannot be read is no permission: then nothing is recorded. */
  const isReadable = meter.around(() => !document.createElement("i").matches(Object.values(selectors).join()));
  const styles = startStyles();
  const scrub = startScrub({ parts, mirror, style: styles.refer });

  const keep = (of: Series) => {
    if (of === series) keepSeries(store, key, of);
  };
  const courier = startCourier({
    url: `${options.endpoint}/i/${encodeURIComponent(options.siteKey)}/replay`,
    alive,
    masks,
    now,
    random: Math.random,
    setTimer,
    around: meter.around,
    turn: (run) => new Promise((done) => idle(() => done(run()))),
    onMoved: keep,
    onLost(chunk) {
      styles.forget(chunk.styles);
      // What follows is of use only from a keyframe on.
      if (chunk.sure && chunk.series === series) keyframeSoon();
    },
    onRefused: () => end(true),
  });
  const chunks = startChunks({
    series: () => series as Series,
    pageId: () => pageId,
    cost: meter.take,
    degraded: () => allowance.degraded(),
    onChunk(chunk) {
      chunk.sure = chunk.series.wanted === true;
      courier.push(chunk);
    },
    onFull: () => keyframeSoon(),
    setTimer,
    idle,
  });

  const isWanted = () => !!series && (series.wanted ?? (sampled || rules.on_error === true));

  const want = (trigger: ReplayTrigger) => {
    if (!series || series.wanted !== undefined) return;
    series.wanted = true;
    series.trigger = trigger;
    keep(series);
    courier.release(series);
  };

  const tell = (record: ReplayRecord) => {
    if (!series || ended) return;
    chunks.add(record);
    const enough = Math.min(rules.min_duration_ms ?? 0, LONGEST_MIN_MS);
    if (sampled && record.timestamp - series.since >= enough) want("sampled");
  };

  /** A record as it may be told, or undefined. */
  const filtered = (record: ReplayRecord): ReplayRecord | undefined => {
    const filter = options.beforeSendReplay;
    if (!filter) return record;
    let answer: unknown = false;
    meter.around(() => {
      answer = filter(record);
    });
    if (answer === null || answer === false) return undefined;
    return typeof answer === "object" ? (answer as ReplayRecord) : record;
  };

  const take = (record: ReplayRecord) => {
    const { type, timestamp } = record;
    // Milestones of loading, which the events tell.
    if (type < FULL_SNAPSHOT || !stopObserving || !series) return;
    if (timestamp - activeAt > timeoutMs) {
      // The session is over, whatever still moves on its page.
      halt();
      return;
    }
    if (type === META) {
      // What is not certain to be sent cannot be referred to.
      if (series.wanted !== true) styles.begin(series.styles);
      canvases?.renew();
      keyframeAt = timestamp;
    }
    const told = scrub(record);
    for (const style of styles.take(timestamp)) tell(style);
    const passed = told && filtered(told);
    if (passed) tell(passed);
    if (type === INCREMENTAL && timestamp - keyframeAt >= KEYFRAME_EVERY_MS) keyframeSoon();
  };

  const keyframe = () => {
    if (stopObserving) observe.takeFullSnapshot(true);
  };
  const keyframeSoon = () => {
    if (keyframeDue) return;
    keyframeDue = true;
    idle(() => {
      keyframeDue = false;
      keyframe();
    });
  };

  const allowance = startAllowance({
    mirror,
    now,
    setTimer,
    emit: tell,
    mayTell(element) {
      parts.renew();
      return !parts.of(element).closed;
    },
    keyframe,
  });

  const canvases = rules.canvas
    ? startCanvases({
        mirror,
        mayTell(canvas) {
          parts.renew();
          const { closed, telling } = parts.of(canvas);
          return !closed && telling !== "fixed";
        },
        tell: (payload) => void meter.around(() => tell(custom("fp.canvas", payload, now()))),
      })
    : undefined;
  const lookAtCanvases = () => {
    if (stopObserving) canvases?.look();
    setTimer(lookAtCanvases, CANVAS_EVERY_MS);
  };
  if (canvases) lookAtCanvases();

  const begin = () => {
    if (stopObserving || ended || !isReadable || !isWanted()) return;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => void meter.around(begin), { once: true });
      return;
    }
    const settings = {
      emit: take,
      around: meter.around,
      admit: allowance.admit,
      blockSelector: selectors.block,
      maskInputOptions: { input: true, textarea: true },
      maskInputFn(value: string, field: Element) {
        parts.renew();
        return parts.masksValue(field) ? maskFixed(value) : value;
      },
      slimDOMOptions: "all",
      inlineStylesheet: true,
      sampling: { mousemove: 50, mousemoveCallback: 500, scroll: 150, media: 800 },
    };
    // Set before the first record comes, which is at once.
    stopObserving = () => {};
    stopObserving = observe(settings as unknown as Parameters<typeof observe>[0]);
  };

  const halt = () => {
    const stop = stopObserving;
    stopObserving = undefined;
    stop?.();
    chunks.cut();
  };

  /** The session or the tab is another. */
  const turn = (hint: Hint) => {
    // What was recorded until now is of the one before.
    chunks.cut();
    if (series) courier.drop(series);
    if (series?.tab_id !== hint.tab_id)
      pageId = uuidv7(now(), (length) => crypto.getRandomValues(new Uint8Array(length)));
    series = openSeries(store, key, hint, now());
    styles.begin(series.styles);
    sampled = isSampled(series, rules.sample_rate ?? 0);
    if (asked) want("manual");
    else if (asked === false) series.wanted = false;
    asked = undefined;
    keep(series);
    if (!isWanted()) halt();
    else if (stopObserving) keyframe();
  };

  const leave = () => {
    chunks.cut();
    courier.last();
  };

  const end = (drop?: boolean) => {
    if (ended) return;
    halt();
    if (drop) {
      if (series) courier.drop(series);
    } else {
      leave();
    }
    ended = true;
  };

  return {
    event(envelope, { kind }) {
      meter.around(() => {
        const hint: Hint = { session: envelope.session, visitor_id: envelope.visitor_id, tab_id: envelope.tab_id };
        if (isActivity(kind)) activeAt = now();
        if (!series || !isSame(series, hint)) turn(hint);
        if ("error" in kind) want("error");
        // Polling and the like do not make a session of a page that was left alone.
        if (!stopObserving) now() - activeAt > timeoutMs || begin();
        else if ("page_view" in kind && kind.page_view.navigation !== "load") keyframeSoon();
      });
    },
    start() {
      meter.around(() => {
        activeAt = now();
        if (!series) asked = true;
        else if (!series.wanted) {
          series.wanted = undefined;
          want("manual");
        }
        begin();
      });
    },
    stop() {
      meter.around(() => {
        if (!series) {
          asked = false;
          return;
        }
        halt();
        courier.drop(series);
        series.wanted = false;
        keep(series);
      });
    },
    leave: () => void meter.around(leave),
    end: (drop) => void meter.around(() => end(drop)),
  };
}
