//! The public API, which is also the dashboard's only one: `docs/api.md` says how to use it.
//!
//! The same files for each kind of thing: what is asked is in [`params`], what is answered in [`resources`], and
//! a handler joins the two to the store. [`selections`] are the doors from numbers of reports to lists of sessions.

mod body;
mod errors;
mod export;
mod filters;
mod goals;
mod histogram;
mod host;
mod keeping;
mod live;
mod params;
mod privacy;
mod replay;
mod reports;
mod resources;
mod search;
mod selections;
mod sessions;
mod sites;
mod source_maps;
mod users;

use crate::error::{ApiError, Code, ErrorBody};
use crate::ingest;
use crate::query::Queries;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use utoipa::OpenApi;

pub(crate) use host::only_local_hosts;
pub(crate) use params::{valid_base_path, valid_time_zone};
pub(crate) use selections::Selections;

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
        .route(
            "/sites/{site}/source-maps",
            get(source_maps::list)
                .put(source_maps::put)
                .delete(source_maps::delete)
                .layer(DefaultBodyLimit::max(source_maps::MOST_BYTES)),
        )
        .route("/sites/{site}/users/{user}", get(users::show))
        .route("/storage", get(keeping::storage))
        .route("/sites/{site}/retention", get(keeping::retention).put(keeping::set_retention))
        .route("/sites/{site}/retention/run", post(keeping::run_retention))
        .route("/sites/{site}/erasures", post(keeping::erase))
        .route("/sites/{site}/deletions", get(keeping::deletions))
        .route("/sites/{site}/pins", get(keeping::pins))
        .route("/sites/{site}/sessions/{id}/pin", put(keeping::pin).delete(keeping::unpin))
        .route("/sites/{site}/goals", get(goals::goals).put(goals::set_goals))
        .route("/sites/{site}/funnels", get(goals::funnels).put(goals::set_funnels))
        .route("/sites/{site}/ending-rules", get(goals::ending_rules).put(goals::set_ending_rules))
        .route("/sites/{site}/ending-rules/preview", post(reports::preview))
        .nest("/sites/{site}/reports", report_router())
        .fallback(unknown_path)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(queries)
}

/// Everything under `/api/v1/sites/{site}/reports`.
fn report_router() -> Router<Queries> {
    Router::new()
        .route("/definitions", get(reports::definitions))
        .route("/overview", get(reports::overview))
        .route("/metrics", get(reports::metrics))
        .route("/segments", get(reports::segments))
        .route("/paths", get(reports::paths))
        .route("/drop-off", get(reports::drop_off))
        .route("/drop-off/endings", get(reports::endings))
        .route("/error-impact", get(reports::error_impact))
        .route("/funnel", get(reports::funnel))
        .route("/pages", get(reports::pages))
        .route("/endpoints", get(reports::endpoints))
        .route("/vitals", get(reports::vitals))
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
        ingest::receive,
        ingest::replay::receive,
        ingest::rules::rules,
        privacy::show,
        privacy::set,
        privacy::audit,
        replay::manifest,
        replay::chunk,
        replay::style,
        sites::list,
        sites::create,
        sessions::list,
        sessions::show,
        sessions::events,
        sessions::errors,
        histogram::show,
        export::sessions,
        search::explain_session,
        search::parse,
        search::complete,
        search::explain,
        filters::list,
        filters::save,
        filters::change,
        filters::delete,
        errors::groups,
        source_maps::list,
        source_maps::put,
        source_maps::delete,
        users::show,
        live::follow,
        keeping::storage,
        keeping::retention,
        keeping::set_retention,
        keeping::run_retention,
        keeping::erase,
        keeping::deletions,
        keeping::pins,
        keeping::pin,
        keeping::unpin,
        goals::goals,
        goals::set_goals,
        goals::ending_rules,
        goals::set_ending_rules,
        goals::funnels,
        goals::set_funnels,
        reports::definitions::definitions,
        reports::metrics::overview,
        reports::metrics::metrics,
        reports::metrics::segments,
        reports::paths::paths,
        reports::losses::drop_off,
        reports::losses::endings,
        reports::losses::error_impact,
        reports::losses::funnel,
        reports::pages::pages,
        reports::pages::endpoints,
        reports::pages::vitals,
        reports::preview::preview,
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
