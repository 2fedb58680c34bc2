//! What is measured, and what by.

use crate::api::resources::reports::Definitions;
use crate::api::sessions::find_site;
use crate::error::{ApiError, ErrorBody};
use axum::Json;
use axum::extract::{Path, State};
use footpath_store::Store;

/// Metrics, dimensions, kinds of steps and web vitals, with what they mean.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/definitions", operation_id = "get_definitions", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = Definitions), (status = 404, body = ErrorBody))
)]
pub(crate) async fn definitions(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<Definitions>, ApiError> {
    find_site(&store, &site)?;
    Ok(Json(Definitions::all()))
}
