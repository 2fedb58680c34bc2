// A website whose pages are recorded by one of several recorders, or by none, and the other end of all of them: it takes
// what they send, and knows of each whether it did record. Each recorder is set up as its own documentation says, with its
// defaults, to record every session.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { bundle, here, ours } from "./bundle.mjs";

const RULES = { v: 1, replay: { enabled: true, sample_rate: 1 } };

/** What an application's bundle would hold; where the recorder comes in a file of its own, that is fetched as usual. */
const ENTRIES = {
  "@rrweb/record": `
    import { record } from "@rrweb/record";
    window.nRecords = 0;
    record({ emit: () => { window.nRecords += 1 } });`,
  "@sentry/browser": `
    import { init, replayIntegration } from "@sentry/browser";
    init({ dsn: location.origin.replace("//", "//key@") + "/1", integrations: [replayIntegration()], replaysSessionSampleRate: 1 });`,
  "posthog-js": `
    import posthog from "posthog-js";
    posthog.init("KEY", { api_host: location.origin });`,
};

export const BARE = "bare";
export const OURS = "footpath";
/** In the order of a round. */
export const RECORDERS = [BARE, OURS, ...Object.keys(ENTRIES)];

/** What the SDK of PostHog asks its server for before it records. */
const POSTHOG_CONFIG = {
  supportedCompression: ["gzip", "gzip-js"],
  hasFeatureFlags: false,
  featureFlags: {},
  sessionRecording: { endpoint: "/s/", recorderVersion: "v2", scriptConfig: { script: "lazy-recorder" } },
};

/** The browser tests' page of ten thousand nodes; here it is as large from the start. */
const TABLE = readFileSync(here("../../e2e/pages/table.html"), "utf8").replace(
  "</body>",
  "<script>step(1)</script></body>",
);
/** A style sheet as large as many sites' own. */
const SHEET = Array.from(
  { length: 600 },
  (_, n) => `.part-${n} { margin: ${n % 60}px; color: #${(n * 6991).toString(16)}; display: flex }`,
);

const PAGES = {
  table: () => TABLE,
  work: () => TABLE.replace("</head>", `<style>${SHEET.join("\n")}</style></head>`),
  list: () => `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>A list</title>
<!-- SDK --></head><body><h1>List</h1><ul></ul><script>
  // In a frame's own time, so that waiting for the next one is not in it: what is put in, all that observes it, style,
  // layout and paint, until the frame is done and the page's next task begins.
  const list = document.querySelector("ul");
  let n = 0;
  window.insert = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    const start = performance.now();
    port1.onmessage = () => done(performance.now() - start);
    for (let i = 0; i < 100; i++) {
      const item = document.createElement("li");
      item.className = "item";
      item.innerHTML = '<a href="/item/' + n + '"><b>Item ' + n++ + '</b> <span class="price">9.99</span></a>';
      list.append(item);
    }
    port2.postMessage(0);
  }));
  window.clear = () => { list.textContent = "" };
</script></body></html>`,
};

/** The tag, or tags, that a page carries. */
const tagOf = (recorder) => {
  if (recorder === BARE) return "";
  if (recorder === OURS) return '<script src="/footpath.js" data-site="KEY"></script>';
  return `<script defer src="/recorder/${encodeURIComponent(recorder)}.js"></script>`;
};

const inflated = (body) => (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body);

/** A chunk of ours, as docs/wire.md has it. */
export function chunkOf(body) {
  const end = body.indexOf("\n");
  return { head: JSON.parse(body.subarray(0, end).toString()), gzip: body.subarray(end + 1) };
}

export async function startSite() {
  const files = { "/footpath.js": ours("footpath.js"), "/footpath-replay.js": ours("footpath-replay.js") };
  for (const [name, entry] of Object.entries(ENTRIES)) {
    files[`/recorder/${encodeURIComponent(name)}.js`] = (await bundle(entry, "iife"))[0].code;
  }
  const posthog = (file) => readFileSync(here(`node_modules/posthog-js/dist/${file}`), "utf8");
  /** Bodies with records of replays. */
  const taken = Object.fromEntries(RECORDERS.map((name) => [name, []]));
  const others = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://site");
    const { pathname } = url;
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const answer = (text, type = "text/javascript", status = 200) =>
      response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-cache" }).end(text);
    const json = (value) => answer(JSON.stringify(value), "application/json");
    const page = /^\/page\/(\w+)$/.exec(pathname)?.[1];
    if (page) return answer(PAGES[page]().replace("<!-- SDK -->", tagOf(url.searchParams.get("by"))), "text/html");
    if (files[pathname]) return answer(files[pathname]);
    if (pathname === "/i/KEY/config") return json(RULES);
    if (pathname === "/i/KEY/replay") taken[OURS].push(body);
    else if (pathname.startsWith("/i/")) others.push(pathname);
    else if (pathname === "/s/") taken["posthog-js"].push(body);
    else if (pathname === "/array/KEY/config") return json(POSTHOG_CONFIG);
    else if (pathname === "/flags/") return json(POSTHOG_CONFIG);
    else if (/^\/static\/([\w.]+\/)?[\w-]+\.js$/.test(pathname)) return answer(posthog(pathname.split("/").pop()));
    else if (pathname === "/api/1/envelope/") {
      if (inflated(body).includes('"replay_recording"')) taken["@sentry/browser"].push(body);
      return json({});
    } else if (request.method === "POST") return json({ status: 1 });
    else return answer("", "text/plain", 404);
    if (pathname.startsWith("/i/")) return response.writeHead(204).end();
    return json({ status: 1 });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    taken,
    address: (page, recorder) => `${origin}/page/${page}?by=${encodeURIComponent(recorder)}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
