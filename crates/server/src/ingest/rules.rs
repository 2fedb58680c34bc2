//! `GET /i/{site_key}/config`: what a site's pages may record, for browsers. Public, as the key is.

use super::wire::VERSION;
use super::{Age, Ingest, drop_unknown_key};
use crate::error::{ApiError, Code, ErrorBody};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use footpath_model::privacy::SiteRules;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A change reaches browsers within so long.
const CACHED: &str = "public, max-age=300";

/// The rules of a site, as its pages ask for them.
#[derive(Serialize, ToSchema)]
pub(crate) struct WireRules {
    /// Version of the format: 1.
    v: u32,
    #[serde(flatten)]
    rules: SiteRules,
}

/// The rules of a site, as its pages ask for them.
#[utoipa::path(
    get, path = "/i/{site_key}/config", operation_id = "get_site_rules", tag = "ingest",
    params(("site_key" = String, Path, description = "The site's public key")),
    responses((status = 200, body = WireRules), (status = 403, body = ErrorBody, description = "The site key is unknown"))
)]
pub(crate) async fn rules(
    State(ingest): State<Arc<Ingest>>,
    Path(key): Path<String>,
) -> Result<Response, ApiError> {
    let site = match drop_unknown_key(&ingest, &key)? {
        (site, Age::Recent) => site,
        (_, Age::Any) => {
            return Err(ApiError::new(
                Code::UnknownKey,
                "pages have the site's public key, not its backfill key",
            ));
        }
    };
    let rules = SiteRules::clone(&ingest.store.metadata().rules(&site.id));
    Ok(([(header::CACHE_CONTROL, CACHED)], Json(WireRules { v: VERSION, rules })).into_response())
}
