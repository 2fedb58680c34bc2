//! Where sessions are lost and why: drop-off, endings, error impact, funnels.

use super::Question;
use crate::api::params::reports::{DropOffParams, EndingsParams, ErrorImpactParams, FunnelParams};
use crate::api::resources::reports::{DropOffReport, EndingsReport, ErrorImpactReport, FunnelReport};
use crate::error::{ApiError, ErrorBody};
use crate::query::Queries;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use footpath_analyze::reports::{
    DropOffAnalysis, FunnelAnalysis, endings as endings_of, error_impact as impact_of,
};
use footpath_model::reports::drop_off::DropOff;
use footpath_model::reports::endings::{Endings, EndingsLayout};
use footpath_model::reports::impact::ErrorImpact;
use footpath_store::Store;

/// Steps by the sessions that are lost there.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/drop-off", operation_id = "report_drop_off", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), DropOffParams),
    responses((status = 200, body = DropOffReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn drop_off(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<DropOffParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let goals = store.metadata().goals(&question.site.id).to_vec();
    let asked = DropOff { kinds: question.params.kinds()?, goals, as_of: question.as_of };
    let analysis = DropOffAnalysis { asked: asked.clone(), limit: question.params.limit()? };
    let answer = question.ask(&queries, move |scope| Ok(scope.run(&analysis)?)).await?;
    let report = DropOffReport::of(question.range.clone(), &asked, answer, &question.doors);
    Ok(question.answer("drop-off", &report))
}

/// How the sessions that reached a step ended, by the site's rules.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/drop-off/endings", operation_id = "report_endings", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), EndingsParams),
    responses((status = 200, body = EndingsReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn endings(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<EndingsParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let metadata = store.metadata();
    let asked = Endings {
        at: question.params.step()?,
        rules: (*metadata.ending_rules(&question.site.id)).clone(),
        goals: metadata.goals(&question.site.id).to_vec(),
        has_form: None,
        as_of: question.as_of,
    };
    let buckets = question.buckets(question.params.interval()?)?;
    let layout = EndingsLayout { edges: buckets.edges.clone(), details: question.params.details()? };
    let endings = asked.clone();
    let answer = question.ask_ahead(&queries, move |scope| Ok(endings_of(scope, &endings, &layout)?)).await?;
    let report = EndingsReport::of(question.range.clone(), &buckets, asked, answer, &question.doors);
    Ok(question.answer("endings", &report))
}

/// What errors cost: what became of who met them, against who reached the same page without.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/error-impact", operation_id = "report_error_impact", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), ErrorImpactParams),
    responses((status = 200, body = ErrorImpactReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn error_impact(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<ErrorImpactParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let asked = ErrorImpact {
        goals: store.metadata().goals(&question.site.id).to_vec(),
        as_of: question.as_of,
        limit: question.params.limit()?,
        alternatives: question.params.alternatives()?,
    };
    let impact = asked.clone();
    let answer = question.ask(&queries, move |scope| Ok(impact_of(scope, &impact)?)).await?;
    let report = ErrorImpactReport::of(question.range.clone(), &asked, answer, &question.doors);
    Ok(question.answer("error-impact", &report))
}

/// How many sessions did this, then that, then the next.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/funnel", operation_id = "report_funnel", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), FunnelParams),
    responses((status = 200, body = FunnelReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn funnel(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<FunnelParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let asked = question.params.funnel(question.as_of)?;
    let analysis = FunnelAnalysis::new(&asked);
    let answer = question.ask(&queries, move |scope| Ok(scope.run(&analysis)?)).await?;
    let report = FunnelReport::of(question.range.clone(), &asked, &answer, &question.doors);
    Ok(question.answer("funnel", &report))
}
