// Footpath's public API, as far as tests ask it; typed by the generated schema, so that a change of the API is seen
// here too.

import { expect, vi } from "vitest";
import type { components } from "../../dashboard/src/api/schema.gen";
import type { SiteConfig } from "../../sdk/src/wire-replay";

type Schemas = components["schemas"];
export type Site = Schemas["Site"];
export type Session = Schemas["Session"];
export type SessionPage = Schemas["SessionPage"];
export type TimelineRow = Schemas["TimelineRow"];
export type TimelineEvent = Schemas["Event"];
export type WireBatch = Schemas["WireBatch"];
export type ReplayManifest = Schemas["ReplayManifest"];
export type Receipt = Schemas["Receipt"];
type EventKind = Schemas["EventKind"];
type KindName = EventKind extends infer Kind ? (Kind extends unknown ? keyof Kind : never) : never;
type FieldsOf<Name extends KindName> = Extract<EventKind, Record<Name, unknown>>[Name];

export interface SiteSettings {
  base_path?: string;
  session_timeout_minutes?: number;
}

export interface Api {
  createSite(settings?: SiteSettings): Promise<Site>;
  list(site: string, params?: Record<string, string>): Promise<SessionPage>;
  session(id: string): Promise<Session>;
  rows(id: string, categories?: string): Promise<TimelineRow[]>;
  /** Rules that are left out get their defaults. */
  setRules(site: string, rules: SiteConfig): Promise<unknown>;
  replay(id: string): Promise<ReplayManifest>;
  /** A chunk's records, a line each. */
  chunk(id: string, tab: string, index: number): Promise<string[]>;
  /** The text of a style sheet. */
  style(id: string, hash: string): Promise<unknown>;
  erase(site: string, ids: string[]): Promise<Receipt>;
}

let nSites = 0;

export function openApi(footpath: string): Api {
  const get = async (path: string, init?: RequestInit): Promise<string> => {
    const answer = await fetch(`${footpath}/api/v1${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return text;
  };
  const ask = async <T>(path: string, init?: RequestInit) => JSON.parse(await get(path, init)) as T;
  const tell = (method: string, body: unknown) => ({
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    createSite: (settings = {}) =>
      ask(
        "/sites",
        tell("POST", { id: `t${process.pid}-${nSites++}`, name: "Test site", time_zone: "UTC", ...settings }),
      ),
    list: (site, params = {}) => ask(`/sites/${site}/sessions?${new URLSearchParams(params)}`),
    session: (id) => ask(`/sites/-/sessions/${id}`),
    async rows(id, categories) {
      const rows: TimelineRow[] = [];
      for (let cursor: string | null | undefined = ""; cursor !== null && cursor !== undefined; ) {
        const params = new URLSearchParams({ ...(categories && { categories }), ...(cursor && { cursor }) });
        const page: Schemas["TimelinePage"] = await ask(`/sites/-/sessions/${id}/events?${params}`);
        rows.push(...page.rows);
        cursor = page.next_cursor;
      }
      return rows;
    },
    setRules: (site, rules) => ask(`/sites/${site}/privacy`, tell("PUT", rules)),
    replay: (id) => ask(`/sites/-/sessions/${id}/replay`),
    chunk: async (id, tab, index) =>
      (await get(`/sites/-/sessions/${id}/replay/chunks/${tab}/${index}`)).trimEnd().split("\n"),
    style: async (id, hash) => (await ask<Schemas["ReplayStyle"]>(`/sites/-/sessions/${id}/replay/styles/${hash}`)).css,
    erase: (site, session_ids) => ask(`/sites/${site}/erasures`, tell("POST", { session_ids })),
  };
}

export const linesOf = (rows: TimelineRow[]) => rows.map(({ line }) => line);

/** The fields of all events of one kind, in order. */
export function ofKind<Name extends KindName>(rows: TimelineRow[], name: Name): FieldsOf<Name>[] {
  return rows.flatMap(({ event }) => (event && name in event.kind ? [(event.kind as never)[name]] : []));
}

/** Asks again until `check` no longer fails, and answers what it answers. */
export function eventually<T>(check: () => Promise<T>, timeout = 15_000): Promise<T> {
  return vi.waitFor(check, { timeout, interval: 100 });
}

/** The site's only session, as soon as `check` is content with it and its rows. */
export async function onlySession(
  api: Api,
  site: Site,
  check: (rows: TimelineRow[], session: Session) => void,
): Promise<{ session: Session; rows: TimelineRow[] }> {
  return eventually(async () => {
    const { sessions } = await api.list(site.id);
    expect(sessions).toHaveLength(1);
    const id = sessions[0]?.id ?? "";
    const rows = await api.rows(id);
    const session = await api.session(id);
    // Of the same moment, or else more has arrived in between.
    expect(rows.filter(({ event }) => event)).toHaveLength(session.counts.events);
    check(rows, session);
    return { session, rows };
  });
}
