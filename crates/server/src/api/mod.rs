//! The public API, which is also the dashboard's only one: `docs/api.md` says how to use it.
//!
//! The same files for each kind of thing: what is asked is in [`params`], what is answered in [`resources`], and
//! a handler joins the two to the store.

mod errors;
mod export;
mod filters;
mod histogram;
mod host;
mod keeping;
mod live;
mod params;
mod privacy;
mod replay;
mod resources;
mod search;
mod sessions;
mod sites;
mod users;

use crate::error::{ApiError, Code, ErrorBody};
use crate::ingest;
use crate::query::Queries;
use axum::Router;
use axum::routing::{get, post, put};
use utoipa::OpenApi;

pub(crate) use host::only_local_hosts;
pub(crate) use params::{valid_base_path, valid_time_zone};

/// Everything under `/api/v1`.
pub(crate) fn router(queries: Queries) -> Router {
    Router::new()
        .route("/sites", get(sites::list).post(sites::create))
        .route("/sites/{site}/sessions", get(sessions::list))
        .route("/sites/{site}/sessions/histogram", get(histogram::show))
        .route("/sites/{site}/sessions/export", get(export::sessions))
        .route("/sites/{site}/sessions/{id}", get(sessions::show))
        .route("/sites/{site}/sessions/{id}/events", get(sessions::events))
        .route("/sites/{site}/sessions/{id}/errors", get(sessions::errors))
        .route("/sites/{site}/sessions/{id}/explain", get(search::explain_session))
        .route("/sites/{site}/sessions/{id}/replay", get(replay::manifest))
        .route("/sites/{site}/sessions/{id}/replay/chunks/{tab}/{index}", get(replay::chunk))
        .route("/sites/{site}/sessions/{id}/replay/styles/{hash}", get(replay::style))
        .route("/sites/{site}/privacy", get(privacy::show).put(privacy::set))
        .route("/sites/{site}/audit", get(privacy::audit))
        .route("/sites/{site}/live", get(live::follow))
        .route("/sites/{site}/search/parse", get(search::parse))
        .route("/sites/{site}/search/complete", get(search::complete))
        .route("/sites/{site}/search/explain", get(search::explain))
        .route("/sites/{site}/filters", get(filters::list).post(filters::save))
        .route("/sites/{site}/filters/{id}", put(filters::change).delete(filters::delete))
        .route("/sites/{site}/error-groups", get(errors::groups))
        .route("/sites/{site}/users/{user}", get(users::show))
        .route("/storage", get(keeping::storage))
        .route("/sites/{site}/retention", get(keeping::retention).put(keeping::set_retention))
        .route("/sites/{site}/retention/run", post(keeping::run_retention))
        .route("/sites/{site}/erasures", post(keeping::erase))
        .route("/sites/{site}/deletions", get(keeping::deletions))
        .route("/sites/{site}/pins", get(keeping::pins))
        .route("/sites/{site}/sessions/{id}/pin", put(keeping::pin).delete(keeping::unpin))
        .fallback(unknown_path)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(queries)
}

async fn unknown_path() -> ApiError {
    ApiError::new(Code::UnknownPath, "there is nothing at this path")
}

pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(Code::MethodNotAllowed, "this path does not take this method")
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Footpath",
        description = "Session tracking for the web. See docs/api.md and docs/wire.md.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        ingest::receive, sites::list, sites::create, sessions::list, sessions::show, sessions::events,
        sessions::errors, histogram::show, export::sessions, search::explain_session, search::parse,
        search::complete, search::explain, filters::list, filters::save, filters::change, filters::delete,
        errors::groups, users::show, live::follow, keeping::storage, keeping::retention,
        keeping::set_retention, keeping::run_retention, keeping::erase, keeping::deletions, keeping::pins,
        keeping::pin, keeping::unpin, ingest::replay::receive, ingest::rules::rules, privacy::show,
        privacy::set, privacy::audit, replay::manifest, replay::chunk, replay::style,
    ),
    components(schemas(ErrorBody))
)]
struct Document;

/// `docs/openapi.json`.
///
/// # Errors
/// Where the document cannot be written as JSON, which a test rules out.
pub fn openapi_json() -> Result<String, Box<dyn std::error::Error>> {
    Ok(Document::openapi().to_pretty_json()?)
}
