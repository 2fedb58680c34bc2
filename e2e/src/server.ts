// The built server as a process of its own, with the demo shop, an empty data directory, and a port that is free.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export interface Footpath {
  url: string;
  dataDir: string;
  /** Ends the process as an operator does; what was settled is in the lake then. */
  end(): Promise<void>;
  /** Ends it, and deletes its data. */
  stop(): Promise<void>;
}

/** With the shop and a day of its visitors, or without anything. */
export type Content = "demo" | "empty";

/** What `cargo xtask ci` has built, or else the last debug build. */
function binary(): string {
  const { FOOTPATH_BIN, CARGO_TARGET_DIR } = process.env;
  const target = CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "../../target");
  const path = FOOTPATH_BIN ?? join(target, "debug/footpath");
  if (!existsSync(path)) throw new Error(`there is no server at ${path}: run \`cargo xtask ci\`, or set FOOTPATH_BIN`);
  return path;
}

const DEMO = ["demo", "--no-trickle", "--days", "1"];

/** Settings of whoever runs the tests are not the tests' settings. */
const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FOOTPATH_")));

export async function startFootpath(content: Content = "demo"): Promise<Footpath> {
  const path = binary();
  const dataDir = await mkdtemp(join(tmpdir(), "footpath-e2e-"));
  const process = spawn(
    path,
    [...(content === "demo" ? DEMO : ["serve"]), "--data-dir", dataDir, "--listen", "127.0.0.1:0"],
    { env: { ...environment(), NO_COLOR: "1" }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(process, "exit");
  const log = createInterface({ input: process.stderr });
  const said: string[] = [];
  const url = await new Promise<string>((found, failed) => {
    log.on("line", (line) => {
      said.push(line);
      const port = /listening on http:\/\/[^\s]*:(\d+)/.exec(line)?.[1];
      // By its address: `localhost` may be asked for at ::1 first.
      if (port) found(`http://127.0.0.1:${port}`);
    });
    process.once("error", failed);
    process.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${said.join("\n")}`)));
  });
  const end = async () => {
    process.kill("SIGTERM");
    await ended;
  };
  return {
    url,
    dataDir,
    end,
    async stop() {
      await end();
      await rm(dataDir, { recursive: true });
    },
  };
}
