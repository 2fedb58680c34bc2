// Bundles each SDK as an application would: an entry that imports what starts it, for a site that wants page views,
// errors and web vitals, minified by one bundler with one setting, then gzip -9. Prints JSON.
//
// Counted is what is loaded with the page: the entry with all it imports. What an SDK fetches later (a recorder, or
// code from its vendor's servers) is not.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { VERSION as bundler, rolldown } from "rolldown";

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

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const gzipBytes = (code) => gzipSync(code, { level: 9 }).length;

/** Bytes of what an entry loads with the page. */
async function bundledBytes(entry) {
  const bundle = await rolldown({
    input: "entry",
    cwd: here("."),
    platform: "browser",
    transform: { target: "es2022", define: { "process.env.NODE_ENV": '"production"' } },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? here("entry.mjs") : null),
        load: (id) => (id === here("entry.mjs") ? entry : null),
      },
    ],
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "es", minify: true, comments: { legal: false } });
  await bundle.close();
  const chunks = new Map(output.filter((part) => part.type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(output.filter((part) => part.isEntry).map((chunk) => chunk.fileName));
  // A set grows while one walks over it: what is imported is walked too.
  for (const name of loaded) for (const imported of chunks.get(name).imports) loaded.add(imported);
  return [...loaded].reduce((sum, name) => sum + gzipBytes(chunks.get(name).code), 0);
}

function versionOf(name) {
  const asked = JSON.parse(readFileSync(here("package.json"), "utf8")).devDependencies[name];
  const found = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8")).version;
  if (asked !== found) throw new Error(`${name} ${found} is installed, not ${asked}: run npm ci in bench/peers`);
  return found;
}

const ours = (file) => {
  try {
    return readFileSync(here(`../../sdk/dist/${file}`), "utf8");
  } catch {
    throw new Error(`sdk/dist/${file} is missing: run npm run build -w sdk`);
  }
};

const peers = {};
for (const [name, entry] of Object.entries(PEERS)) {
  peers[name] = { version: versionOf(name), gzip_bytes: await bundledBytes(entry) };
}
ours("index.js");
const entry = `
  import { init } from ${JSON.stringify(here("../../sdk/dist/index.js"))};
  init({ key: "KEY", url: "https://example.com" });`;
const sizes = { script: gzipBytes(ours("footpath.js")), package: await bundledBytes(entry), peers, bundler };
console.log(JSON.stringify(sizes));
