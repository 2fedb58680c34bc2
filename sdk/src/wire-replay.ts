// The wire of replay, version 1, and the site's rules for browsers (docs/wire.md): the server's own types, as in wire.ts.
// Types only: nothing here reaches the bundle.

import type { components } from "./wire.gen";

type Schemas = components["schemas"];

/** The first line of a replay chunk; ours says what recording took. */
export type WireChunkHead = Schemas["WireChunkHead"] & { cost: RecordingCost };
export type ChunkFlag = Schemas["WireChunkFlag"];
export type ReplayTrigger = Schemas["Trigger"];
/** What recording took since the chunk before. */
export type RecordingCost = Required<Schemas["RecordingCost"]>;
/** What a 200 says; a 204 says that the chunk is durable. */
export type WireChunkOutcome = Schemas["WireChunkOutcome"];
/** The site's rules for browsers; what is absent has its default. */
export type SiteConfig = Partial<Schemas["WireRules"]>;
