// The wire of replay, version 1, and the site's rules for browsers, as docs/wire.md tells them. Written by hand until the
// server generates them as it does the events' (wire.ts). Types only: nothing here reaches the bundle.

import type { WireContext, WireSession } from "./wire";

/** The first line of a replay chunk. */
export interface WireChunkHead {
  v: 1;
  /** The client's clock when the request is made, Unix ms. */
  sent_at: number;
  session?: WireSession | undefined;
  visitor_id?: string | undefined;
  tab_id: string;
  /** One document from its load, or its return from the back/forward cache, to its end. */
  page_id: string;
  /** From 0 per session and tab. */
  index: number;
  /** The client's clock at the first and last record, Unix ms. */
  first_at: number;
  last_at: number;
  /** Begins with a whole page. */
  keyframe: boolean;
  records: number;
  /** Size of the records, inflated. */
  bytes: number;
  flags?: ChunkFlag[] | undefined;
  /** Hashes of the style sheets whose text is in this chunk. */
  styles?: string[] | undefined;
  masks: { inputs: boolean; text: boolean };
  trigger: ReplayTrigger;
  cost: RecordingCost;
  sdk: WireContext["sdk"];
}

export type ChunkFlag = "degraded" | "gap" | "truncated";

export type ReplayTrigger = "sampled" | "error" | "manual";

/** What recording took since the chunk before. */
export interface RecordingCost {
  /** Of the page's main thread. */
  main_ms: number;
  /** At once. */
  longest_ms: number;
  /** How often the recorder failed at something. */
  failures: number;
}

/** What a 200 says; a 204 says that the chunk is durable. */
export interface WireChunkOutcome {
  outcome: "dropped";
  reason: string;
  message: string;
}

/** The site's rules for browsers; what is absent has its default. */
export interface SiteConfig {
  v?: 1;
  consent_required?: boolean;
  honour_gpc?: boolean;
  honour_dnt?: boolean;
  anonymise_users?: boolean;
  /** Selectors, in addition to `data-fp-mask` and its like. */
  mask?: string[];
  unmask?: string[];
  block?: string[];
  ignore?: string[];
  replay?: ReplayConfig;
}

export interface ReplayConfig {
  enabled?: boolean;
  /** 0–1. */
  sample_rate?: number;
  on_error?: boolean;
  min_duration_ms?: number;
  mask_inputs?: boolean;
  mask_all_text?: boolean;
  block_media?: boolean;
  canvas?: boolean;
}
