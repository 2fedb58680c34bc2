//! Sessions: listed, shown, told as a timeline, and their errors in context.

use super::params::{ListParams, TimelineParams, cursor};
use super::resources::{
    ErrorInContext, ErrorList, EvidenceResource, SelectionResource, SessionPage, SessionResource,
    TimelinePage, TimelineRow,
};
use crate::clock;
use crate::error::{ApiError, Code, ErrorBody};
use crate::query::{Deciding, Queries};
use crate::source_maps::Stacks;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRef, Path, Query, State};
use footpath_model::errors::{GroupedError, errors as grouped_errors};
use footpath_model::event::EventKind;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::session::{BoundaryReason, Session};
use footpath_model::site::Site;
use footpath_model::time::{SECOND, Timestamp};
use footpath_model::timeline::{self, Category, ErrorContext, Row};
use footpath_store::{SessionEvents, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A page of the sessions that a search finds.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions", operation_id = "list_sessions", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site"), ListParams),
    responses((status = 200, body = SessionPage), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn list(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<ListParams>, QueryRejection>,
) -> Result<Json<SessionPage>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let now = clock::now();
    let asked = params.asked(&site, store.sessions(&site.id).first_start(), now)?;
    let page = params.page()?;
    let (range, selection) = (asked.range(&site), asked.set.within.words());
    let listed = queries.list(&site.id, asked.set, page).await?;
    let evidence = listed.sessions.iter().zip(listed.evidence).map(|(session, decided)| {
        let Deciding { rule, step, offset_ms } = decided?;
        Some(EvidenceResource { at: session.start.plus(offset_ms), offset_ms, rule, step })
    });
    Ok(Json(SessionPage {
        total: listed.counted.total,
        with_errors: listed.counted.with_errors,
        range,
        q: asked.search.to_string(),
        selection: selection.map(|text| SelectionResource { text }),
        evidence: evidence.collect(),
        next_cursor: listed.next.map(|next| cursor(next, page.order)),
        sessions: listed
            .sessions
            .into_iter()
            .map(|session| SessionResource::of(session, site.session_rules, now))
            .collect(),
    }))
}

/// One session.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}", operation_id = "get_session", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site, or - for any"), ("id" = String, Path, description = "Id of the session")),
    responses((status = 200, body = SessionResource), (status = 404, body = ErrorBody))
)]
pub(crate) async fn show(
    State(queries): State<Queries>,
    Path((site, id)): Path<(String, String)>,
) -> Result<Json<SessionResource>, ApiError> {
    let found = Found::find(&queries, &site, &id).await?;
    let session = queries.session(&found.site.id, found.id).await?.ok_or_else(|| unknown_session(&id))?;
    Ok(Json(SessionResource::of(session, found.site.session_rules, clock::now())))
}

/// The timeline of a session, oldest first.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}/events", operation_id = "get_timeline", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site, or - for any"), ("id" = String, Path, description = "Id of the session"), TimelineParams),
    responses((status = 200, body = TimelinePage), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn events(
    State(queries): State<Queries>,
    Path((site, id)): Path<(String, String)>,
    params: Result<Query<TimelineParams>, QueryRejection>,
) -> Result<Json<TimelinePage>, ApiError> {
    let found = Found::find(&queries, &site, &id).await?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let request = params.resolve()?;
    let SessionEvents { session, events } = found.events(&queries).await?;

    let mut by_category = BTreeMap::new();
    for event in &events {
        *by_category.entry(Category::of(&event.event().kind).name()).or_insert(0) += 1;
    }
    let status = session.status(clock::now(), found.site.session_rules);
    let mut rows = timeline::rows(&session, &events, &request.categories, status)
        .map(TimelineRow::of)
        .skip(request.skip);
    let page: Vec<TimelineRow> = rows.by_ref().take(request.limit).collect();
    let next_cursor = rows.next().map(|_| (request.skip + page.len()).to_string());
    Ok(Json(TimelinePage { rows: page, by_category, next_cursor }))
}

/// The errors of a session, each with what was going on around it.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}/errors", operation_id = "get_errors", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site, or - for any"), ("id" = String, Path, description = "Id of the session")),
    responses((status = 200, body = ErrorList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn errors(
    State(queries): State<Queries>,
    Path((site, id)): Path<(String, String)>,
) -> Result<Json<ErrorList>, ApiError> {
    let found = Found::find(&queries, &site, &id).await?;
    let SessionEvents { session, events } = found.events(&queries).await?;
    let end_reason = session.end_reason(clock::now(), found.site.session_rules);
    let row = |index: usize| TimelineRow::of(Row::Event(&events[index]));
    let rows = |indices: Vec<usize>| indices.into_iter().map(row).collect();
    let maps = Arc::clone(Store::from_ref(&queries).source_maps());
    let mut stacks = Stacks::new(&maps, &found.site.id);
    let placed_errors = events.iter().enumerate().filter_map(|(index, placed)| {
        let EventKind::Error(error) = &placed.event().kind else { return None };
        Some((index, placed, error))
    });
    let mut errors = Vec::new();
    for ((index, placed, error), GroupedError { group, .. }) in placed_errors.zip(grouped_errors(&events)) {
        let (release, stack) =
            (placed.context().release.as_deref(), error.stack.as_deref().unwrap_or_default());
        let context = ErrorContext::around(&events, index);
        errors.push(ErrorInContext {
            error: row(index),
            group,
            frames: stacks.frames(release, stack).await?,
            before: rows(context.before),
            action: context.action.map(row),
            requests: rows(context.requests),
            after: rows(context.after),
            ending: ending(&session, placed.at, end_reason),
        });
    }
    Ok(Json(ErrorList { errors }))
}

fn ending(session: &Session, error_at: Timestamp, reason: Option<BoundaryReason>) -> String {
    let Some(reason) = reason else {
        return "Session is still live".to_owned();
    };
    let reason = match reason {
        BoundaryReason::FirstVisit | BoundaryReason::Idle => "no further activity",
        BoundaryReason::Cap => "it reached its longest span",
        BoundaryReason::UserSwitch => "another user took over",
        BoundaryReason::Logout => "the user logged out",
        BoundaryReason::Consent => "consent changed",
        BoundaryReason::Api => "the site closed it",
    };
    match session.end.since(error_at) {
        after if after < SECOND => format!("Session ended with the error: {reason}"),
        after => format!("Session ended {} s later: {reason}", after / SECOND),
    }
}

/// A session's place: its site, where `-` stands for whichever holds it, and its id.
pub(super) struct Found {
    pub site: Arc<Site>,
    pub id: SessionId,
}

impl Found {
    pub(super) async fn find(queries: &Queries, site: &str, id: &str) -> Result<Self, ApiError> {
        let session: SessionId = id.parse().map_err(|_| unknown_session(id))?;
        let site = match site {
            "-" => queries.site_of(session).await?.ok_or_else(|| unknown_session(id))?.0,
            named => named.to_owned(),
        };
        Ok(Self { site: find_site(&Store::from_ref(queries), &site)?, id: session })
    }

    pub(super) async fn events(&self, queries: &Queries) -> Result<SessionEvents, ApiError> {
        let found = queries.events(&self.site.id, self.id).await?;
        found.ok_or_else(|| unknown_session(&self.id.to_string()))
    }
}

pub(super) fn find_site(store: &Store, site: &str) -> Result<Arc<Site>, ApiError> {
    store
        .metadata()
        .site(&SiteId(site.to_owned()))
        .ok_or_else(|| ApiError::new(Code::UnknownSite, format!("there is no site `{site}`")))
}

pub(super) fn unknown_session(id: &str) -> ApiError {
    ApiError::new(Code::UnknownSession, format!("there is no session `{id}`"))
}

pub(super) fn unreadable(rejection: &QueryRejection) -> ApiError {
    ApiError::new(Code::InvalidParameter, rejection.body_text())
}
