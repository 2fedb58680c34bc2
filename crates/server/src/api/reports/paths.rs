//! Common paths.

use super::Question;
use crate::api::params::reports::PathsParams;
use crate::api::resources::reports::PathsReport;
use crate::error::{ApiError, ErrorBody};
use crate::query::Queries;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use footpath_analyze::reports::journeys;
use footpath_store::Store;

/// How sessions went on from somewhere, came to somewhere, or went between two steps.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/paths", operation_id = "report_paths", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), PathsParams),
    responses((status = 200, body = PathsReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn paths(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<PathsParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let asked = question.params.journeys(question.as_of)?;
    let journey = asked.clone();
    let answer = question.ask(&queries, move |scope| Ok(journeys(scope, &journey)?)).await?;
    let report = PathsReport::of(question.range.clone(), &asked, answer, &question.doors);
    Ok(question.answer("paths", &report))
}
