/** From the document that was served to one whose origin is opaque. */

/** What a page may do in any case: be seen. Besides the policy that the served document hands down. */
const POLICY = "frame-src 'none'; object-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none'"

/** No way out of the frame: no windows, no other page on top, no forms, no downloads, no dialogs. */
const SANDBOX = 'allow-scripts allow-same-origin'

export function enterOpaqueOrigin(script: string): void {
  // Set before the way on, so that it holds for what comes and not for this document of the dashboard's own origin.
  // `allow-same-origin` grants nothing there: a `data:` document has an origin of its own. Without it the frame inside
  // would have yet another, and could not be reached.
  window.frameElement?.setAttribute('sandbox', SANDBOX)
  const page =
    `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    '<meta name="referrer" content="no-referrer"><meta http-equiv="x-dns-prefetch-control" content="off">' +
    `</head><body><script src="${script}"></script></body></html>`
  window.location.replace(`data:text/html;charset=utf-8,${encodeURIComponent(page)}`)
}
