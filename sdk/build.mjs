// Builds the SDK: dist/index.js (ES module for bundlers, web-vitals included, so that the package has no
// dependencies) and dist/footpath.js (one classic script, minified). Types are written by tsc.
//
//     node build.mjs [directory]

import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const directory = process.argv[2] ?? here("dist");

// Names of properties that only our own modules give each other: the script may shorten them. A name that the wire,
// storage, the public API or the browser also uses must never be put here; the tests run against the built script too.
const INTERNAL = `
  activity adopt beacon changed clicked compress cut deliver dropped due effect failed giveBack guard guarded identity
  interactive keep kept last lastActivityAt lastStamp listen lock mintId newPage nextSeq noteActivity onBatch onCall
  onLeave onStop online outbox ownUrl parting posted prefix pump randomBytes read rearrange record recorded refresh
  refused resume retryNow run sessionTimeoutMs setProps setTimer setUser settle snapshot stamp startedAt store tab
  tabId timeoutMs turn unsent view wrap write
`.match(/\w+/g);
// web-vitals' own names, of options that we do not set.
const WEB_VITALS = ["firstHiddenTime", "navigationType", "onHidden", "reportAllChanges"];

const banner = "/*! Footpath browser SDK, MIT. Contains web-vitals, Apache-2.0, Google LLC. */";

async function build(input, output) {
  const bundle = await rolldown({
    input: here(input),
    platform: "browser",
    // Nothing here may do anything by being imported; so whatever is unused may go.
    treeshake: { moduleSideEffects: false },
    transform: { target: "es2022" },
  });
  await bundle.write({ banner, ...output });
  await bundle.close();
}

await build("src/index.ts", { file: `${directory}/index.js`, format: "es" });
await build("src/script.ts", {
  file: `${directory}/footpath.js`,
  format: "iife",
  // Notes for minifiers are of no use in a finished script.
  comments: { annotation: false },
  minify: {
    compress: { target: "es2022" },
    mangle: true,
    mangleProps: { include: new RegExp(`^(${[...INTERNAL, ...WEB_VITALS].join("|")})$`) },
  },
});
