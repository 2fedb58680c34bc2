// The wire format, version 1, as the browser writes it (docs/wire.md): the server's own types, generated from
// docs/openapi.json. Types only: nothing here reaches the bundle.

import type { components } from "./wire.gen";

type Schemas = components["schemas"];

export type WireBatch = Schemas["WireBatch"];
export type WireSession = Schemas["WireSession"];
export type BoundaryReason = Schemas["BoundaryReason"];
export type WireContext = Schemas["WireContext"];
export type User = Schemas["User"];
export type WireHints = Schemas["WireHints"];
export type PropValue = Schemas["PropValue"];
export type Props = Schemas["Props"];
export type WireEvent = Schemas["WireEvent"];
export type EventKind = Schemas["EventKind"];
export type Navigation = Schemas["Navigation"];
export type PageView = Schemas["PageView"];
export type Click = Schemas["Click"];
export type Submit = Schemas["Submit"];
export type Input = Schemas["Input"];
export type Scroll = Schemas["Scroll"];
export type Custom = Schemas["Custom"];
export type Initiator = Schemas["Initiator"];
export type RequestFailure = Schemas["RequestFailure"];
export type Request = Schemas["Request"];
export type ErrorSource = Schemas["ErrorSource"];
export type PageError = Schemas["PageError"];
export type VitalName = Schemas["VitalName"];
export type VitalRating = Schemas["VitalRating"];
export type Vital = Schemas["Vital"];
export type VitalAttribution = Schemas["VitalAttribution"];
export type PageLoad = Schemas["PageLoad"];
export type Resources = Schemas["Resources"];
export type ResourceTotal = Schemas["ResourceTotal"];
export type Resource = Schemas["Resource"];
export type Visibility = Schemas["Visibility"];
export type Frustration = Schemas["Frustration"];
export type Identify = Schemas["Identify"];
export type SessionEnd = Schemas["SessionEnd"];
