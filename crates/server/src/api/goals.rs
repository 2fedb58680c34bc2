//! What a site says about its reports: goals, the rules for endings, and funnels with a name.

use super::body::Body;
use super::params::reports::FunnelParams;
use super::resources::reports::{EndingRuleList, FunnelList, GoalList};
use super::sessions::find_site;
use crate::error::{ApiError, Code, ErrorBody};
use axum::Json;
use axum::extract::{Path, State};
use footpath_model::reports::funnels::SavedFunnel;
use footpath_model::reports::pattern::Goal;
use footpath_store::Store;

/// Goals, and steps of one, at most.
const MOST: usize = 50;
/// Characters of a name, at most: it stands in charts.
const NAME_CHARS: usize = 80;

/// What counts as success on a site.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/goals", operation_id = "get_goals", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = GoalList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn goals(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<GoalList>, ApiError> {
    let site = find_site(&store, &site)?;
    Ok(Json(GoalList { goals: store.metadata().goals(&site.id).to_vec() }))
}

/// Sets what counts as success; in all reports, of the past too.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/goals", operation_id = "set_goals", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = GoalList,
    responses((status = 200, body = GoalList), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn set_goals(
    State(store): State<Store>,
    Path(site): Path<String>,
    body: Result<Body<GoalList>, ApiError>,
) -> Result<Json<GoalList>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    if body.goals.len() > MOST {
        return Err(invalid("goals", &format!("at most {MOST} can be given")));
    }
    body.goals.iter().try_for_each(check)?;
    let set = store.metadata().set_goals(&site.id, body.goals.clone()).await;
    set.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(body))
}

fn check(goal: &Goal) -> Result<(), ApiError> {
    check_name("goals", &goal.name)?;
    match goal.steps.len() {
        1..=MOST => Ok(()),
        n => Err(invalid("goals", &format!("`{}` has {n} steps, not 1 to {MOST}", goal.name))),
    }
}

/// The rules for endings of a site.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/ending-rules", operation_id = "get_ending_rules", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = EndingRuleList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn ending_rules(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<EndingRuleList>, ApiError> {
    let site = find_site(&store, &site)?;
    Ok(Json(EndingRuleList { rules: (*store.metadata().ending_rules(&site.id)).clone() }))
}

/// Sets the rules for endings; in all reports, of the past too.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/ending-rules", operation_id = "set_ending_rules", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = EndingRuleList,
    responses((status = 200, body = EndingRuleList), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn set_ending_rules(
    State(store): State<Store>,
    Path(site): Path<String>,
    body: Result<Body<EndingRuleList>, ApiError>,
) -> Result<Json<EndingRuleList>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    body.rules.rules().iter().try_for_each(|rule| check_name("rules", &rule.name))?;
    let set = store.metadata().set_ending_rules(&site.id, body.rules.clone()).await;
    set.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(body))
}

/// The funnels that a site has saved.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/funnels", operation_id = "get_funnels", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = FunnelList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn funnels(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<FunnelList>, ApiError> {
    let site = find_site(&store, &site)?;
    Ok(Json(FunnelList { funnels: store.metadata().funnels(&site.id).to_vec() }))
}

/// Sets the funnels that a site has saved.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/funnels", operation_id = "set_funnels", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = FunnelList,
    responses((status = 200, body = FunnelList), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn set_funnels(
    State(store): State<Store>,
    Path(site): Path<String>,
    body: Result<Body<FunnelList>, ApiError>,
) -> Result<Json<FunnelList>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    if body.funnels.len() > MOST {
        return Err(invalid("funnels", &format!("at most {MOST} can be given")));
    }
    for (place, SavedFunnel { name, steps, order, window }) in body.funnels.iter().enumerate() {
        check_name("funnels", name)?;
        if body.funnels[..place].iter().any(|other| other.name == *name) {
            return Err(invalid("funnels", &format!("two are named `{name}`")));
        }
        let asked = FunnelParams::of(steps.clone(), order.clone(), window.clone()).check();
        asked.map_err(|error| invalid("funnels", &format!("`{name}`: {error}")))?;
    }
    let set = store.metadata().set_funnels(&site.id, body.funnels.clone()).await;
    set.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(body))
}

fn check_name(field: &str, name: &str) -> Result<(), ApiError> {
    match name.chars().count() {
        1..=NAME_CHARS if name.trim() == name => Ok(()),
        _ => Err(invalid(field, &format!("`{name}` is no name: write 1 to {NAME_CHARS} characters"))),
    }
}

fn invalid(field: &str, what: &str) -> ApiError {
    ApiError::new(Code::InvalidBody, format!("{field}: {what}"))
}
