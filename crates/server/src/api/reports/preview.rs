//! What rules for endings would say, before they are kept.

use super::buckets;
use crate::api::body::Body;
use crate::api::resources::ResolvedRange;
use crate::api::resources::reports::{Buckets, EndingRulesPreview, EndingsPreview, EndingsReport};
use crate::api::selections::Doors;
use crate::api::sessions::find_site;
use crate::clock;
use crate::error::{ApiError, ErrorBody};
use crate::query::{Queries, SessionSet};
use crate::search::SiteZone;
use axum::Json;
use axum::extract::{Path, State};
use footpath_analyze::reports::endings;
use footpath_analyze::{Bots, Filter};
use footpath_model::reports::document::AsOf;
use footpath_model::reports::endings::{Endings, EndingsLayout};
use footpath_model::time::DAY;
use footpath_store::Store;

/// Days that a preview is of.
const DAYS: i64 = 7;
/// What decided each ending, at most.
const DETAILS: usize = 5;

/// The endings at a step in the last week, by the rules that the site has and by those proposed. Nothing is kept.
#[utoipa::path(
    post, path = "/api/v1/sites/{site}/ending-rules/preview", operation_id = "preview_ending_rules", tag = "reports",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = EndingRulesPreview,
    responses((status = 200, body = EndingsPreview), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn preview(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    body: Result<Body<EndingRulesPreview>, ApiError>,
) -> Result<Json<EndingsPreview>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    let now = clock::now();
    let range = now.plus(-DAYS * DAY)..now.plus(1);
    let interval = buckets::fitting(&range);
    let buckets = Buckets { edges: buckets::edges(&range, interval, &SiteZone::of(&site).0)?, interval };
    let told = ResolvedRange { from: range.start, to: range.end, time_zone: site.time_zone.clone() };
    let asked = |rules| Endings {
        at: body.step.clone(),
        rules,
        goals: store.metadata().goals(&site.id).to_vec(),
        has_form: None,
        as_of: AsOf::new(now, site.session_rules),
    };
    let saved = asked((*store.metadata().ending_rules(&site.id)).clone());
    let proposed = asked(body.rules.clone());
    let layout = EndingsLayout { edges: buckets.edges.clone(), details: DETAILS };
    let both = (saved.clone(), proposed.clone());
    let set = SessionSet::from(Filter { range, bots: Bots::Exclude, search: None });
    let answered = queries.report_ahead(&site.id, set, move |scope| {
        Ok((endings(scope, &both.0, &layout)?, endings(scope, &both.1, &layout)?))
    });
    let (by_saved, by_proposed) = answered.await?;
    let report = |asked, answer| EndingsReport::of(told.clone(), &buckets, asked, answer, &Doors::default());
    Ok(Json(EndingsPreview {
        saved: report(saved, by_saved),
        proposed: report(proposed, by_proposed),
        range: told,
    }))
}
