//! What a site's pages may record, and who changed that and when.

use super::body::Body;
use super::resources::{AuditList, AuditResource};
use super::sessions::find_site;
use crate::clock;
use crate::error::{ApiError, Code, ErrorBody};
use axum::Json;
use axum::extract::{Path, State};
use footpath_model::privacy::SiteRules;
use footpath_store::{MetadataError, Store};

/// Changes that are listed.
const CHANGES_LISTED: u32 = 200;

/// What a site's pages may record.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/privacy", operation_id = "get_privacy", tag = "privacy",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = SiteRules), (status = 404, body = ErrorBody))
)]
pub(crate) async fn show(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<SiteRules>, ApiError> {
    let site = find_site(&store, &site)?;
    Ok(Json(SiteRules::clone(&store.metadata().rules(&site.id))))
}

/// Sets what a site's pages may record: all of it, what is left out gets its default. Browsers hear of it within minutes,
/// and ingest applies it at once.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/privacy", operation_id = "set_privacy", tag = "privacy",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = SiteRules,
    responses(
        (status = 200, body = SiteRules), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
    )
)]
pub(crate) async fn set(
    State(store): State<Store>,
    Path(site): Path<String>,
    body: Result<Body<SiteRules>, ApiError>,
) -> Result<Json<SiteRules>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(rules) = body?;
    match store.metadata().set_rules(&site.id, rules, clock::now()).await {
        Ok(rules) => Ok(Json(SiteRules::clone(&rules))),
        Err(MetadataError::Rules(why)) => Err(ApiError::new(Code::InvalidBody, why)),
        Err(error) => Err(ApiError::internal(&error)),
    }
}

/// The newest changes of a site's settings.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/audit", operation_id = "list_changes", tag = "privacy",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = AuditList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn audit(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<AuditList>, ApiError> {
    let site = find_site(&store, &site)?;
    let found = store.metadata().audit(&site.id, CHANGES_LISTED).await;
    let found = found.map_err(|error| ApiError::internal(&error))?;
    let changes: Result<Vec<AuditResource>, serde_json::Error> =
        found.into_iter().map(AuditResource::try_from).collect();
    Ok(Json(AuditList { changes: changes.map_err(|error| ApiError::internal(&error))? }))
}
