// Compression of a chunk. The browser's own is several times as fast as a script's, but browsers run it on the thread that
// asked (Chromium does), and a worker would need a `blob:` the page's policy may forbid; so it is fed in slices, with a pause
// after each. Where there is none, and while the page goes and nothing asynchronous will be waited for, a script does it.

import { Gzip } from "fflate";

/** A slice takes about a millisecond. */
const SLICE_CHARS = 65_536;

const encoder = new TextEncoder();

export interface Zipped {
  gzip: Uint8Array<ArrayBuffer>;
  /** Before compression. */
  bytes: number;
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Texts as bytes, in slices. A slice may not end within a character of two units. */
function* slices(lines: string[]): Generator<Uint8Array<ArrayBuffer>> {
  let text = "";
  for (const line of lines) {
    text += line;
    while (text.length >= SLICE_CHARS) {
      const end = SLICE_CHARS - (/[\ud800-\udbff]/.test(text.charAt(SLICE_CHARS - 1)) ? 1 : 0);
      yield encoder.encode(text.slice(0, end));
      text = text.slice(end);
    }
  }
  yield encoder.encode(text);
}

function scripted(): { push(slice: Uint8Array): void; end(): Uint8Array<ArrayBuffer> } {
  const parts: Uint8Array[] = [];
  const gzip = new Gzip({ level: 6 }, (part) => parts.push(part));
  return {
    push: (slice) => gzip.push(slice),
    end() {
      gzip.push(new Uint8Array(0), true);
      return joined(parts);
    },
  };
}

/** At once. */
export function gzipNow(lines: string[]): Zipped {
  const gzip = scripted();
  let bytes = 0;
  for (const slice of slices(lines)) {
    bytes += slice.length;
    gzip.push(slice);
  }
  return { gzip: gzip.end(), bytes };
}

/** A slice at a time; `turn` runs each, and answers when there is time for the next. */
export async function gzipSlowly(lines: string[], turn: (run: () => void) => Promise<void>): Promise<Zipped> {
  const native = typeof CompressionStream === "undefined" ? undefined : new CompressionStream("gzip");
  const writer = native?.writable.getWriter();
  const script = native ? undefined : scripted();
  const read = native && new Response(native.readable).arrayBuffer();
  let bytes = 0;
  const all = slices(lines);
  for (let done = false; !done; ) {
    await turn(() => {
      const next = all.next();
      if (next.done) {
        done = true;
        return;
      }
      bytes += next.value.length;
      // What fails here fails below, where it is waited for.
      if (writer) writer.write(next.value).catch(() => {});
      else script?.push(next.value);
    });
  }
  writer?.close().catch(() => {});
  return { gzip: read ? new Uint8Array(await read) : (script?.end() as Uint8Array<ArrayBuffer>), bytes };
}
