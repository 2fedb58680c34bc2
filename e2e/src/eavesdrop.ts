// Stands between a browser and Footpath with its demo shop, passes everything on, and keeps what the SDK has sent: for
// the demo's recordings.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { WireChunkHead } from "../../sdk/src/wire-replay";
import type { WireBatch } from "./api";

/** A request of the SDK, as `demo/recordings` has it. */
export type Sent = { batch: WireBatch } | { chunk: { head: WireChunkHead; records: unknown[] } };

export interface Eavesdropper {
  url: string;
  sent: Sent[];
  close(): Promise<void>;
}

function chunkOf(body: Buffer): Sent {
  const end = body.indexOf("\n");
  const lines = gunzipSync(body.subarray(end + 1))
    .toString()
    .trimEnd()
    .split("\n");
  return {
    chunk: {
      head: JSON.parse(body.subarray(0, end).toString()),
      records: lines.map((line) => JSON.parse(line)),
    },
  };
}

function batchOf(body: Buffer, encoding: string | undefined): Sent {
  return { batch: JSON.parse((encoding === "gzip" ? gunzipSync(body) : body).toString()) };
}

export async function eavesdrop(footpath: string): Promise<Eavesdropper> {
  const sent: Sent[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const path = request.url ?? "/";
    const encoding = request.headers["content-encoding"];
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(host|connection|content-length|accept-encoding|expect)$/.test(name),
    );
    const answer = await fetch(footpath + path, {
      method: request.method ?? "GET",
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      redirect: "manual",
      ...(body.length && { body }),
    });
    if (request.method === "POST" && path.startsWith("/i/")) {
      if (answer.status !== 204) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
      sent.push(path.endsWith("/replay") ? chunkOf(body) : batchOf(body, encoding));
    }
    const kept = [...answer.headers].filter(
      ([name]) => !/^(content-encoding|content-length|transfer-encoding|connection)$/.test(name),
    );
    response.writeHead(answer.status, Object.fromEntries(kept)).end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // By its name, as people call it; the SDK takes both for one machine.
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    sent,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
