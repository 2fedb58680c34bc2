// One bundler with one setting for everything that is measured here.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown, VERSION } from "rolldown";

export const bundler = VERSION;
export const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The chunks of an entry: all of them, or in one file with `format: "iife"`. */
export async function bundle(entry, format = "es") {
  const made = await rolldown({
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
  const { output } = await made.generate({ format, minify: true, comments: { legal: false } });
  await made.close();
  return output.filter((part) => part.type === "chunk");
}

export function versionOf(name) {
  const asked = JSON.parse(readFileSync(here("package.json"), "utf8")).devDependencies[name];
  const found = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8")).version;
  if (asked !== found) throw new Error(`${name} ${found} is installed, not ${asked}: run npm ci in bench/peers`);
  return found;
}

/** A built file of our SDK. */
export function ours(file) {
  try {
    return readFileSync(here(`../../sdk/dist/${file}`), "utf8");
  } catch {
    throw new Error(`sdk/dist/${file} is missing: run npm run build -w sdk`);
  }
}
