// Every byte of a data directory as text, whatever it is packed in: rows of SQLite, frames of zstd (as they are in rows
// and in Parquet files), members of gzip. For tests that must not find something.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { Decompress } from "fzstd";

const run = promisify(execFile);

/** A value may lie in pieces on SQLite's pages, so that SQLite itself must put it together. */
const VALUES = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.text_factory = bytes
for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    for row in database.execute('SELECT * FROM "' + table.decode() + '"'):
        for value in row:
            print((value if isinstance(value, bytes) else str(value).encode()).hex())
`;

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

function* placesOf(mark: Buffer, bytes: Buffer) {
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) yield bytes.subarray(at);
}

/** What is packed in these bytes, however deep. */
function unpacked(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (const from of placesOf(ZSTD, bytes)) {
    try {
      new Decompress((part) => found.push(Buffer.from(part))).push(from, true);
    } catch {
      // After the frame comes something else, or it only looks like one: what came before that is found.
    }
  }
  for (const from of placesOf(GZIP, bytes)) {
    try {
      found.push(gunzipSync(from));
    } catch {
      // The same.
    }
  }
  return found.flatMap((inner) => [inner, ...unpacked(inner)]);
}

/** All of it; bytes that are no text are told as one character each. */
export async function everythingIn(dataDir: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "footpath-e2e-copy-"));
  try {
    await cp(dataDir, copy, { recursive: true });
    const entries = await readdir(copy, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const found = await Promise.all(files.map((path) => readFile(path)));
    // Only now: who opens a database may change what lies beside it.
    for (const path of files.filter((path) => path.endsWith(".db"))) {
      const { stdout } = await run("python3", ["-c", VALUES, path], { maxBuffer: 1 << 28 });
      found.push(...stdout.split("\n").map((line) => Buffer.from(line, "hex")));
    }
    const parts = found.flatMap((bytes) => [bytes, ...unpacked(bytes)]);
    return parts.map((part) => part.toString("latin1")).join("\n");
  } finally {
    await rm(copy, { recursive: true });
  }
}
