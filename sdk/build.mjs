// Builds the SDK: dist/index.js (ES module for bundlers), dist/footpath.js (one classic script, minified), and what both
// import where a site records, dist/footpath-replay.js (ES module, minified). What they contain is in them, so that the
// package has no dependencies. Types are written by tsc.
//
//     node build.mjs [directory]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { minify } from "terser";
import { rrweb } from "./rrweb.mjs";
import { webVitals } from "./web-vitals.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const directory = process.argv[2] ?? here("dist");

// Names of properties that only our own modules give each other: the script may shorten them. A name that the wire,
// storage, the public API, the recorder (src/replay/host.ts) or the browser also uses must never be put here; the
// tests run against the built scripts too.
const INTERNAL = `
  activity adopt allowed anonymous beacon changed clicked compress cut decide deliver dropped due effect failed giveBack
  guard guarded identity interactive keep kept last lastActivityAt learn listen lock mintId newPage nextSeq notBefore
  noteActivity onBatch onCall onChange onLeave onStop online outbox ownUrl parting posted prefix presume pump randomBytes
  read rearrange record recorded refresh refused required resume retryNow run sessionTimeoutMs setProps setTimer setUser
  settle snapshot stamp startedAt store tab tabId timeoutMs turn unsent view wrap write
`.match(/\w+/g);
// web-vitals' own names.
const WEB_VITALS = ["firstHiddenTime", "onHidden", "_\\w+"];

const CORE = "/*! Footpath, MIT. web-vitals, Apache-2.0, Google LLC. */";
const REPLAY = "/*! Footpath, MIT. rrweb, MIT, its contributors. fflate, MIT, Arjun Barrett. */";

/** Properties of ours, to be shortened; none in the recorder, whose names rrweb's format has. */
const shorten = (names) => ({ include: new RegExp(`^(${names.join("|")})$`) });

async function bundle(input, output, plugins = []) {
  const made = await rolldown({
    input: here(input),
    platform: "browser",
    // Nothing here may do anything by being imported; so whatever is unused may go.
    treeshake: { moduleSideEffects: false },
    transform: { target: "es2022" },
    plugins: [rrweb(), webVitals(), ...plugins],
  });
  const { output: chunks } = await made.generate(output);
  await made.close();
  return chunks[0].code;
}

const write = (file, code) => writeFileSync(join(directory, file), code);

async function module(file, input, banner, plugins) {
  write(file, await bundle(input, { format: "es", banner }, plugins));
}

/** After rolldown, terser: what it finds is another 2 %, and the core's budget has no more to spare. */
async function script(file, input, preamble, { format, mangleProps }) {
  const code = await bundle(input, {
    format,
    // Notes for minifiers are of no use in a finished script.
    comments: { annotation: false },
    minify: { compress: { target: "es2022" }, mangle: true, ...(mangleProps && { mangleProps }) },
  });
  const compress = { passes: 3, unsafe_arrows: true, pure_getters: true };
  const options = { ecma: 2022, module: format === "es", toplevel: true, compress, format: { preamble } };
  write(file, (await minify(code, options)).code);
}

/** The module imports the recorder's when it needs it: a file beside it, which bundlers make a chunk of. */
const recorderBeside = {
  name: "recorder-beside",
  resolveId: (id) => (id === "./replay/index" ? { id: "./footpath-replay.js", external: true } : null),
};

mkdirSync(directory, { recursive: true });
await module("index.js", "src/index.ts", CORE, [recorderBeside]);
await script("footpath.js", "src/script.ts", CORE, {
  format: "iife",
  mangleProps: shorten([...INTERNAL, ...WEB_VITALS]),
});
await script("footpath-replay.js", "src/replay/index.ts", REPLAY, { format: "es" });
