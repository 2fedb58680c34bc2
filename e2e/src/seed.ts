// Sessions that have happened already, told to the real ingest as an SDK that was offline for a while would.

import { randomBytes } from "node:crypto";
import type { Site, WireBatch } from "./api";
import { USER_AGENT } from "./browser";

export type Kind = WireBatch["events"][number]["kind"];
/** Seconds since the session's start, and what happened then. */
export type Happening = [atSeconds: number, kind: Kind];

export interface Past {
  /** When the session started. */
  minutesAgo: number;
  happened: Happening[];
  user?: string;
  /** Version of the site's own code. */
  release?: string;
  who?: Who;
}

/** A session that is made up. */
export interface Who {
  session: string;
  visitor: string;
  tab: string;
}

export const someone = (start: number): Who => ({ session: uuidv7(start), visitor: uuidv7(start), tab: uuidv7(start) });

/** A UUID version 7 (RFC 9562 §5.7). */
export function uuidv7(at: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** As many as ingest takes at once. */
const MAX_EVENTS = 500;

/** Answers the session's id. */
export async function seedSession(
  footpath: string,
  site: Site,
  { minutesAgo, happened, user, release, who }: Past,
): Promise<string> {
  const start = Date.now() - minutesAgo * 60_000;
  const { session: id, visitor: visitor_id, tab: tab_id } = who ?? someone(start);
  const session = { id, start_reason: "first_visit" as const };
  const events = happened.map(([seconds, kind], seq) => ({ seq, at: start + Math.round(seconds * 1000), kind }));
  for (let from = 0; from < events.length; from += MAX_EVENTS) {
    const batch: WireBatch = {
      v: 1,
      sent_at: Date.now(),
      session,
      visitor_id,
      tab_id,
      context: {
        language: "en-US",
        screen: [1920, 1080],
        viewport: [1280, 720],
        ...(user && { user: { id: user } }),
        ...(release && { release }),
      },
      events: events.slice(from, from + MAX_EVENTS),
    };
    const answer = await fetch(`${footpath}/i/${site.key}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "User-Agent": USER_AGENT },
      body: JSON.stringify(batch),
    });
    if (answer.status !== 204) throw new Error(`the batch was answered ${answer.status}: ${await answer.text()}`);
  }
  return session.id;
}

export const pageView = (path: string, title?: string): Kind => ({
  page_view: { url: `https://shop.example${path}`, navigation: "load", ...(title && { title }) },
});

export const click = (label: string, role = "button"): Kind => ({
  click: {
    label,
    role,
    selector: `${role === "link" ? "a" : role}.${label.toLowerCase().replace(/\W+/g, "-")}`,
    x: 340,
    y: 512,
  },
});

export const request = (method: string, path: string, status: number): Kind => ({
  request: { method, url: `https://shop.example${path}`, status, duration_ms: 84, size_bytes: 512, initiator: "fetch" },
});

export const paymentError: Kind = {
  error: {
    name: "PaymentError",
    message: "card network declined",
    stack: "PaymentError: card network declined\n    at validate (https://shop.example/js/payment.js:22:61)",
    source: "uncaught",
  },
};

/** A person who did not get through the checkout. */
export const declinedCard: Happening[] = [
  [0, pageView("/", "Shop")],
  [15, click("Products", "link")],
  [16, pageView("/products", "Products")],
  [45, click("Add to Cart")],
  [46, request("POST", "/api/cart", 200)],
  [80, click("Checkout")],
  [81, pageView("/checkout", "Checkout")],
  [90, { input: { form: "checkout", field: "card_number", first: true } }],
  [95, paymentError],
  [96, { frustration: { kind: "error", click_seq: 5, label: "Checkout", role: "button" } }],
  [101, { input: { form: "checkout", field: "card_number", first: false } }],
  [110, click("Place order")],
  [110.4, request("POST", "/api/payment", 402)],
  [120, pageView("/cart", "Cart")],
];
