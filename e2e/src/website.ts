// A little website, of another origin than Footpath's, whose pages carry the SDK as any site's would.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
/** By path; a string is a page. */
export type Routes = Record<string, string | Handler>;

export interface Website {
  url: string;
  close(): Promise<void>;
}

export async function startWebsite(routes: Routes): Promise<Website> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const route = routes[pathname];
    if (typeof route === "function") route(request, response);
    else if (route === undefined) response.writeHead(404).end();
    else
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache" }).end(route);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

export interface PageParts {
  /** Where the script comes from. */
  footpath: string;
  siteKey: string;
  /** Further attributes of the script's tag. */
  options?: string;
  /** Before the SDK. */
  head?: string;
  title?: string;
  body?: string;
}

export function trackedPage({ footpath, siteKey, options = "", head = "", title = "A page", body = "" }: PageParts) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>${title}</title>
${head}
<script src="${footpath}/footpath.js" data-site="${siteKey}" ${options}></script>
</head>
<body>${body}</body>
</html>`;
}
