//! Pages, endpoints and web vitals.

use super::Question;
use crate::api::params::reports::{PagesParams, VitalsParams};
use crate::api::resources::reports::{EndpointsReport, PagesReport, VitalsReport};
use crate::error::{ApiError, ErrorBody};
use crate::query::Queries;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use footpath_analyze::reports::{
    OverTimeAnalysis, ResourcesAnalysis, VitalCausesAnalysis, endpoints as endpoints_of, page,
    pages as pages_of,
};
use footpath_model::event::VitalName;
use footpath_model::reports::measures::{OverTime, Series};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::pages::{Endpoints, Pages, Resources, VitalCauses};
use footpath_model::reports::vitals::VitalStat;
use footpath_store::Store;

/// Pages by views, with how fast they are.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/pages", operation_id = "report_pages", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), PagesParams),
    responses((status = 200, body = PagesReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn pages(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<PagesParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let buckets = question.buckets(question.params.interval()?)?;
    let asked = Pages { limit: question.params.limit()?, edges: buckets.edges.clone() };
    let answer = question.ask(&queries, move |scope| Ok(pages_of(scope, &asked)?)).await?;
    let report = PagesReport::of(question.range.clone(), &buckets, answer, &question.doors);
    Ok(question.answer("pages", &report))
}

/// Endpoints by calls, with their results and durations.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/endpoints", operation_id = "report_endpoints", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), PagesParams),
    responses((status = 200, body = EndpointsReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn endpoints(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<PagesParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let buckets = question.buckets(question.params.interval()?)?;
    let asked = Endpoints { limit: question.params.limit()?, edges: buckets.edges.clone() };
    let answer = question.ask(&queries, move |scope| Ok(endpoints_of(scope, &asked)?)).await?;
    let report = EndpointsReport::of(question.range.clone(), &buckets, answer, &question.doors);
    Ok(question.answer("endpoints", &report))
}

/// Web vitals, what causes their poor values, and what pages load.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/reports/vitals", operation_id = "report_vitals", tag = "reports",
    params(("site" = String, Path, description = "Id of the site"), VitalsParams),
    responses((status = 200, body = VitalsReport), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn vitals(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<VitalsParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let question = Question::read(&store, &site, params)?;
    let buckets = question.buckets(question.params.interval()?)?;
    let (route, limit) = (question.params.route(), question.params.causes()?);
    let of_vital = |vital| VitalStat::ALL.map(|stat| Metric::Vital(vital, stat));
    let over_time = OverTimeAnalysis::new(OverTime {
        metrics: VitalName::ALL.into_iter().flat_map(of_vital).collect(),
        edges: buckets.edges.clone(),
        previous: Vec::new(),
        as_of: question.as_of,
    });
    let causes = VitalName::ALL
        .map(|vital| VitalCausesAnalysis { asked: VitalCauses { vital, route: route.clone(), limit } });
    let resources =
        ResourcesAnalysis { asked: Resources { route: route.clone(), limit: question.params.resources()? } };
    let all = (over_time, (causes, resources));
    let of_route = route.clone();
    let asked = question.ask(&queries, move |scope| match &of_route {
        Some(route) => {
            let page = page(scope, route, Vec::new())?;
            let measurements = page.map(|page| page.measurements).unwrap_or_default();
            Ok(((measurements, None), scope.run(&all.1)?))
        }
        None => {
            let (measured, explained) = scope.run(&all)?;
            let Series { total, buckets } = measured.current;
            Ok(((total, Some(buckets)), explained))
        }
    });
    let (measured, explained) = asked.await?;
    let report =
        VitalsReport::of(question.range.clone(), &buckets, route, measured, explained, &question.doors);
    Ok(question.answer("vitals", &report))
}
