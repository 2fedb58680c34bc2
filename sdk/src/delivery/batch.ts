// A batch on its way: the part it says once, as JSON, and its events, each as JSON, so that it can be split, counted,
// kept in storage and sent again with a fresh `sent_at` without parsing anything.

import type { Envelope } from "../session/recorder";

export interface Batch {
  /** The envelope as a JSON object. */
  head: string;
  events: string[];
  /** Handed to the browser; its answer is awaited. */
  posted?: boolean;
  /** There is a copy in storage. */
  kept?: boolean;
}

/** The wire's session hint, visitor, tab and context; what is undefined is left out. */
export function headOf({ session, visitor_id, tab_id, user, context }: Envelope): string {
  return JSON.stringify({ session, visitor_id, tab_id, context: { user, ...context } });
}

/** Whether two envelopes say the same, by their parts: whoever changes one makes a new object of it. */
export function sameEnvelope(a: Envelope | undefined, b: Envelope): boolean {
  return (Object.keys(b) as (keyof Envelope)[]).every((part) => a?.[part] === b[part]);
}

/** The request's body: `WireBatch` as JSON. */
export function bodyOf({ head, events }: Batch, sentAt: number): string {
  return `{"v":1,"sent_at":${sentAt},${head.slice(1, -1)},"events":[${events.join()}]}`;
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether the event is an error; a quote inside a string would be escaped, so the text cannot deceive. */
export function isError(event: string): boolean {
  return event.includes('"kind":{"error":');
}
