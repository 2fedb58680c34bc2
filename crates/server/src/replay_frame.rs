//! The document in which the dashboard rebuilds recorded pages.
//!
//! Recorded pages are hostile, so theirs is a document of its own with a policy of its own. Its script goes on to a `data:`
//! document, which inherits the policy and whose origin is opaque: nothing in it can reach the dashboard or the API. See
//! `docs/adr/0022-a-replay-is-rebuilt-in-an-opaque-origin.md`.
//!
//! The policy lets our script run, and the page's styles be in force. Everything else is refused: code, requests, frames,
//! forms. Who looks may allow images, fonts and style sheets from elsewhere, which is the second policy.

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

/// Where the document is served.
pub(crate) const PATH: &str = "/replay/frame";

/// The query with which it may load what a page looked like from elsewhere.
const WITH_ASSETS: &str = "assets=remote";

/// Nothing but what is in the recording.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; \
    frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// The same, with how it looked.
const POLICY_WITH_ASSETS: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline' http: https:; \
    img-src data: blob: http: https:; font-src data: http: https:; \
    frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// The document, with the policy that was asked for.
pub(crate) fn document(uri: &Uri, html: Vec<u8>) -> Response {
    let policy = if uri.query() == Some(WITH_ASSETS) { POLICY_WITH_ASSETS } else { POLICY };
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
            // Servers that are asked for images are not told who asks.
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ],
        html,
    )
        .into_response()
}
