// Compression of a request's body, where it pays and costs no CORS preflight: a `Content-Encoding` header is not on
// the safelist, so only a page of the server's own origin may use it without asking first.

/** Below this a body fits the packet that carries it anyway. */
const WORTHWHILE_BYTES = 2048;

/** The body gzipped, or undefined where the browser cannot, or it would not pay. */
export async function gzip(body: string): Promise<ArrayBuffer | undefined> {
  if (typeof CompressionStream === "undefined" || body.length < WORTHWHILE_BYTES) return undefined;
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
