//! Metrics: over time, by segment, and what changed most.

use super::Question;
use crate::api::params::reports::{MetricsParams, SegmentsParams};
use crate::api::resources::reports::{MetricsReport, Overview, SegmentsReport};
use crate::error::{ApiError, ErrorBody};
use crate::query::Queries;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use footpath_analyze::Count;
use footpath_analyze::reports::{InsightsAnalysis, OverTimeAnalysis, Selection, segments as by_segment};
use footpath_model::reports::insights::{Insight, Insights};
use footpath_model::reports::measures::{OverTime, Segmentation};
use footpath_store::Store;

/// The first screen of a site: live sessions, metrics with their course, and what changed most.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/overview", operation_id = "report_overview", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), MetricsParams),
    responses((status = 200, body = Overview), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn overview(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<MetricsParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let limit = question.params.insights()?;
    let metrics = over_time(&question, &queries).await?;
    let live = Selection::Live(question.as_of);
    let counted = question.ask(&queries, {
        let live = live.clone();
        move |scope| Ok((scope.run(&Count)?.total, scope.select(&live)?.run(&Count)?.total))
    });
    let (sessions, n_live) = counted.await?;
    let insights: Vec<Insight> = match &metrics.previous {
        None => Vec::new(),
        Some(previous) => {
            let now = question.set.filter.range.clone();
            let asked = Insights { before: previous.range.as_range(), now, limit, as_of: question.as_of };
            let analysis = InsightsAnalysis { asked };
            let range = analysis.asked.range();
            question.ask_over(&queries, range, move |scope| Ok(scope.run(&analysis)?)).await?
        }
    };
    let counts = (sessions, (n_live, question.doors.to(&live)));
    let overview = Overview::of(metrics, counts, &insights, question.as_of, &question.doors);
    Ok(question.answer("overview", &overview))
}

/// Metrics over time, against the period before.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/metrics", operation_id = "report_metrics", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), MetricsParams),
    responses((status = 200, body = MetricsReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn metrics(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<MetricsParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let report = over_time(&question, &queries).await?;
    Ok(question.answer("metrics", &report))
}

async fn over_time(question: &Question<MetricsParams>, queries: &Queries) -> Result<MetricsReport, ApiError> {
    let buckets = question.buckets(question.params.interval()?)?;
    let previous = match question.params.compares()? {
        true => question.previous(&buckets.edges)?,
        false => Vec::new(),
    };
    let asked = OverTime {
        metrics: question.params.metrics()?,
        edges: buckets.edges.clone(),
        previous: previous.clone(),
        as_of: question.as_of,
    };
    let (range, analysis) = (asked.range(), OverTimeAnalysis::new(asked));
    let answer = question.ask_over(queries, range, move |scope| Ok(scope.run(&analysis)?)).await?;
    Ok(MetricsReport::of(
        question.range.clone(),
        (&buckets, &previous),
        &answer,
        question.as_of,
        &question.doors,
    ))
}

/// Metrics by segment, of one or two dimensions.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/segments", operation_id = "report_segments", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), SegmentsParams),
    responses((status = 200, body = SegmentsReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn segments(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<SegmentsParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let asked = Segmentation {
        dimensions: question.params.dimensions()?,
        metrics: question.params.metrics()?,
        limit: question.params.limit()?,
        as_of: question.as_of,
    };
    let segmentation = asked.clone();
    let answer = question.ask(&queries, move |scope| by_segment(scope, &segmentation)).await?;
    let report = SegmentsReport::of(question.range.clone(), &asked, answer, &question.doors);
    Ok(question.answer("segments", &report))
}
