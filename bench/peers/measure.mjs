// Bundles each SDK as an application would: an entry that imports what starts it, for a site that wants page views,
// errors and web vitals, minified by one bundler with one setting, then gzip -9. Prints JSON.
//
// Counted is what is loaded with the page: the entry with all it imports. What an SDK fetches later (a recorder, or
// code from its vendor's servers) is not.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { bundle, bundler, here, ours, versionOf } from "./bundle.mjs";

const PEERS = {
  "@datadog/browser-rum": `
    import { datadogRum } from "@datadog/browser-rum";
    datadogRum.init({ applicationId: "A", clientToken: "T", site: "datadoghq.eu", trackUserInteractions: true,
      trackResources: true, trackLongTasks: true });`,
  "@grafana/faro-web-sdk": `
    import { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";
    initializeFaro({ url: "https://example.com", app: { name: "shop" }, instrumentations: getWebInstrumentations() });`,
  "@sentry/browser": `
    import { browserTracingIntegration, init } from "@sentry/browser";
    init({ dsn: "https://key@example.com/1", integrations: [browserTracingIntegration()], tracesSampleRate: 1 });`,
  "posthog-js": `
    import posthog from "posthog-js";
    posthog.init("KEY", { api_host: "https://example.com" });`,
};

const gzipBytes = (code) => gzipSync(code, { level: 9 }).length;

/** Bytes of what an entry loads with the page. */
async function bundledBytes(entry) {
  const output = await bundle(entry);
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(output.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
  // A set grows while one walks over it: what is imported is walked too.
  for (const name of loaded) for (const imported of chunks.get(name).imports) loaded.add(imported);
  return [...loaded].reduce((sum, name) => sum + gzipBytes(chunks.get(name).code), 0);
}

const peers = {};
for (const [name, entry] of Object.entries(PEERS)) {
  peers[name] = { version: versionOf(name), gzip_bytes: await bundledBytes(entry) };
}
ours("index.js");
const entry = `
  import { init } from ${JSON.stringify(here("../../sdk/dist/index.js"))};
  init({ key: "KEY", url: "https://example.com" });`;
// What recording adds to that: of Sentry's the difference, of PostHog's the file that its script fetches.
const SENTRY = `import { init, replayIntegration } from "@sentry/browser";
  init({ dsn: "https://key@example.com/1", integrations: [ALL], replaysSessionSampleRate: 1 });`;
const [withReplay, without] = [
  await bundledBytes(SENTRY.replace("ALL", "replayIntegration()")),
  await bundledBytes(SENTRY.replace("ALL", "")),
];
const replay = {
  ours: gzipBytes(ours("footpath-replay.js")),
  peers: {
    "@rrweb/record": await bundledBytes('import { record } from "@rrweb/record"; record({ emit: console.log });'),
    "@sentry/browser": withReplay - without,
    "posthog-js": gzipBytes(readFileSync(here("node_modules/posthog-js/dist/lazy-recorder.js"))),
  },
};
const sizes = { replay, script: gzipBytes(ours("footpath.js")), package: await bundledBytes(entry), peers, bundler };
console.log(JSON.stringify(sizes));
