// The other end of the network for tests of the recorder: hands out the built SDK and the site's rules, and keeps what
// arrives as it arrived. It decodes the wire as docs/wire.md tells it, on its own.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { SiteConfig, WireChunkHead } from "../../sdk/src/wire-replay";
import type { WireBatch } from "./api";

const SDK = resolve(import.meta.dirname, "../../sdk/dist");

export interface ReplayRecord {
  type: number;
  timestamp: number;
  // biome-ignore lint/suspicious/noExplicitAny: rrweb's own, of which a test looks at parts
  data: any;
}

export interface Chunk {
  head: WireChunkHead;
  records: ReplayRecord[];
  /** Of the whole request. */
  bytes: number;
  contentType: string;
  /** When it arrived. */
  at: number;
}

export interface Collector {
  url: string;
  /** What it answers when it is asked for the site's rules; undefined is a 404. */
  rules: SiteConfig | undefined;
  /** What it answers to chunks. */
  answer: { status: number; body?: string; headers?: Record<string, string> };
  chunks: Chunk[];
  batches: WireBatch[];
  /** Everything that left the browser, inflated, as text. */
  everything(): string;
  /** Chunks in the order of their numbers, the last of those that were sent again. */
  replay(): Chunk[];
  close(): Promise<void>;
}

const CORS = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" };

function decode(body: Buffer): { head: WireChunkHead; records: ReplayRecord[]; text: string } {
  const end = body.indexOf("\n");
  const text = gunzipSync(body.subarray(end + 1)).toString();
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last record is not ended by a line feed");
  return {
    head: JSON.parse(body.subarray(0, end).toString()),
    records: lines.map((line) => JSON.parse(line)),
    text,
  };
}

export async function startCollector(): Promise<Collector> {
  const files = Object.fromEntries(
    ["footpath.js", "footpath-replay.js", "index.js"].map((name) => [`/${name}`, readFileSync(resolve(SDK, name))]),
  );
  const texts: string[] = [];
  const collector: Omit<Collector, "url"> = {
    rules: undefined,
    answer: { status: 204 },
    chunks: [],
    batches: [],
    everything: () => texts.join("\n"),
    replay() {
      const byIndex = new Map(collector.chunks.map((chunk) => [chunk.head.index, chunk]));
      return [...byIndex.values()].sort((a, b) => a.head.index - b.head.index);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://collector");
    const file = files[pathname];
    if (file) return response.writeHead(200, { ...CORS, "Content-Type": "text/javascript" }).end(file);
    if (pathname.endsWith("/config")) {
      const { rules } = collector;
      return response
        .writeHead(rules ? 200 : 404, { ...CORS, "Content-Type": "application/json" })
        .end(JSON.stringify(rules ?? { code: "unknown_path" }));
    }
    if (request.method === "OPTIONS") {
      texts.push("a preflight");
      return response.writeHead(403).end();
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (!pathname.endsWith("/replay")) {
      texts.push(body.toString());
      collector.batches.push(JSON.parse(body.toString()));
      return response.writeHead(204, CORS).end();
    }
    const { head, records, text } = decode(body);
    texts.push(JSON.stringify(head), text);
    const contentType = request.headers["content-type"] ?? "";
    collector.chunks.push({ head, records, bytes: body.length, contentType, at: Date.now() });
    const { status, body: answer, headers } = collector.answer;
    return response.writeHead(status, { ...CORS, ...headers }).end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(collector, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
