//! The dashboard and the SDK, as files built into the binary.
//!
//! Files with a hash in their name are kept by browsers for ever; everything else is asked for again. A path that is
//! no file is a screen of the dashboard, which finds its way by itself.

use crate::error::{ApiError, Code};
use crate::replay_frame;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets/generated/dashboard"]
struct Dashboard;

#[derive(RustEmbed)]
#[folder = "assets/generated/sdk"]
struct Sdk;

/// Scripts and styles of our own only. The one frame there is goes on to a `data:` document (see [`replay_frame`]), which
/// takes its policy from where it comes from, and not from here.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; frame-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Every path that nothing else takes.
pub(crate) fn dashboard() -> Router {
    Router::new()
        .route(replay_frame::PATH, get(frame))
        .fallback(dashboard_file)
        .layer(middleware::from_fn(harden))
}

/// `/footpath.js` and the recorder that it imports, for any page.
pub(crate) fn sdk() -> Router {
    Router::new()
        .route("/footpath.js", get(|| sdk_file("footpath.js")))
        .route("/footpath-replay.js", get(|| sdk_file("footpath-replay.js")))
}

async fn dashboard_file(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return crate::api::method_not_allowed().await.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    match Dashboard::get(path) {
        Some(file) if path.starts_with("assets/") => respond(&file, "public, max-age=31536000, immutable"),
        Some(file) => respond(&file, "no-cache"),
        // A file that is missing is not a screen: an old page that asks for it should fail, not get HTML.
        None if path.starts_with("assets/") => {
            ApiError::new(Code::UnknownPath, "this file is not part of the dashboard").into_response()
        }
        None => match Dashboard::get("index.html") {
            Some(index) => respond(&index, "no-cache"),
            None => {
                (StatusCode::NOT_FOUND, "the dashboard is not part of this build: run `cargo xtask build`")
                    .into_response()
            }
        },
    }
}

async fn frame(uri: Uri) -> Response {
    match Dashboard::get("replay/frame.html") {
        Some(file) => replay_frame::document(&uri, file.data.into_owned()),
        None => ApiError::new(
            Code::UnknownPath,
            "the dashboard is not part of this build: run `cargo xtask build`",
        )
        .into_response(),
    }
}

async fn sdk_file(name: &'static str) -> Response {
    match Sdk::get(name) {
        Some(file) => {
            let mut response = respond(&file, "public, max-age=300");
            // A module of another origin needs it; and a page that asks with `crossorigin` sees the errors inside.
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            response.headers_mut().insert(
                header::HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("cross-origin"),
            );
            response
        }
        None => {
            ApiError::new(Code::UnknownPath, "the SDK is not part of this build: run `cargo xtask build`")
                .into_response()
        }
    }
}

fn respond(file: &EmbeddedFile, cache: &'static str) -> Response {
    let content_type = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    (
        [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, HeaderValue::from_static(cache))],
        file.data.clone().into_owned(),
    )
        .into_response()
}

async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A document with a policy of its own keeps it.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
