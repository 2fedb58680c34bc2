// Stands between the SDK and Footpath's ingest: sees the bytes that leave the browser, and can be a bad line.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/**
 * `open` passes everything on; `down` breaks every connection; `overloaded` answers 503; `deaf` passes requests on and
 * breaks the connection before the answer, so that the SDK cannot know that its batch has arrived.
 */
export type RelayState = "open" | "down" | "overloaded" | "deaf";

export interface Relay {
  url: string;
  /** Bodies as sent, in order of arrival, those not passed on included. */
  bodies: string[];
  become(state: RelayState): void;
  close(): Promise<void>;
}

const CORS = { "Access-Control-Allow-Origin": "*" };

export async function startRelay(footpath: string): Promise<Relay> {
  const bodies: string[] = [];
  let state: RelayState = "open";
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const zipped = request.headers["content-encoding"] === "gzip";
    // Only what is told: the SDK also asks for the site's rules.
    if (request.method === "POST") bodies.push((zipped ? gunzipSync(body) : body).toString());
    if (state === "down") return request.socket.destroy();
    if (state === "overloaded") return response.writeHead(503, CORS).end();
    const asked = state;
    const answer = await fetch(`${footpath}${request.url}`, {
      method: request.method ?? "POST",
      headers: {
        "Content-Type": request.headers["content-type"] ?? "",
        "User-Agent": request.headers["user-agent"] ?? "",
        ...(zipped && { "Content-Encoding": "gzip" }),
      },
      ...(request.method === "POST" && { body }),
    });
    if (asked === "deaf") return request.socket.destroy();
    const text = await answer.text();
    return response.writeHead(answer.status, CORS).end(text || undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    become(next) {
      state = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
