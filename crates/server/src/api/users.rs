//! A user: who it is, since when, with what and from where; the sessions themselves are a search for the user.

use super::params::parse_user;
use super::resources::{CountedLabel, UserSummary};
use super::sessions::find_site;
use crate::clock;
use crate::error::{ApiError, Code, ErrorBody};
use crate::query::Queries;
use axum::Json;
use axum::extract::{Path, State};
use footpath_analyze::{List, Order};
use footpath_model::session::Session;
use footpath_store::Store;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Sessions of a user that are looked at, the newest ones: more are not a person's.
const SESSIONS_AT_MOST: usize = 10_000;
/// Devices and places that are told.
const LABELS_TOLD: usize = 10;

/// One user, from all sessions.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/users/{user}", operation_id = "get_user", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site"), ("user" = String, Path, description = "The site's id of the user")),
    responses((status = 200, body = UserSummary), (status = 404, body = ErrorBody))
)]
pub(crate) async fn show(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path((site, user)): Path<(String, String)>,
) -> Result<Json<UserSummary>, ApiError> {
    let site = find_site(&store, &site)?;
    let set = parse_user(&user, &site, clock::now())?;
    let all = List { order: Order::NEWEST, after: None, limit: SESSIONS_AT_MOST };
    let listed = queries.list(&site.id, set, all).await?;
    let Some(newest) = listed.sessions.first() else {
        return Err(ApiError::new(Code::UnknownUser, format!("there is no session of a user `{user}`")));
    };
    let sessions = &listed.sessions;
    let sum = |count: fn(&Session) -> i64| sessions.iter().map(count).sum();
    Ok(Json(UserSummary {
        email: newest.user.as_ref().and_then(|user| user.email().map(str::to_owned)),
        traits: newest.user.as_ref().map(|user| user.traits.clone()).unwrap_or_default(),
        user_id: user,
        first_seen: sessions.iter().map(|session| session.start).min().unwrap_or(newest.start),
        last_seen: sessions.iter().map(|session| session.end).max().unwrap_or(newest.end),
        sessions: listed.counted.total,
        with_errors: listed.counted.with_errors,
        errors: sum(|session| session.counts.errors.into()),
        page_views: sum(|session| session.counts.page_views.into()),
        duration_ms: sum(Session::duration_ms),
        devices: labels(sessions, |session| session.device.to_string()),
        places: labels(sessions, |session| session.place.to_string()),
    }))
}

/// The most frequent first; nothing is said of sessions without one.
fn labels(sessions: &[Session], label: impl Fn(&Session) -> String) -> Vec<CountedLabel> {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for label in sessions.iter().map(label).filter(|label| !label.is_empty()) {
        *counted.entry(label).or_default() += 1;
    }
    let mut labels: Vec<CountedLabel> =
        counted.into_iter().map(|(label, sessions)| CountedLabel { label, sessions }).collect();
    labels.sort_by_key(|label| Reverse(label.sessions));
    labels.truncate(LABELS_TOLD);
    labels
}
