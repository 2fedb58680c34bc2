//! Sessions as they change, as server-sent events.

use super::params::bots;
use super::resources::SessionResource;
use super::sessions::{find_site, unreadable};
use crate::clock;
use crate::error::{ApiError, ErrorBody};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use footpath_analyze::Bots;
use footpath_store::{Changes, SiteSessions, Store};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use utoipa::IntoParams;

/// A session that changes all the time is told at most this often.
const PAUSE: Duration = Duration::from_millis(500);

/// Which sessions are followed.
#[derive(Deserialize, IntoParams, Default)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LiveParams {
    /// `exclude` (default), `include` or `only`.
    bots: Option<String>,
}

/// Sends `session` with a session whenever one has changed, and `resync` when more changed than can be told.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/live", operation_id = "follow_sessions", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site"), LiveParams),
    responses(
        (status = 200, content_type = "text/event-stream", body = SessionResource),
        (status = 404, body = ErrorBody),
    )
)]
pub(crate) async fn follow(
    State(store): State<Store>,
    Path(site): Path<String>,
    params: Result<Query<LiveParams>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let versions = store.follow();
    let told = *versions.borrow();
    let follower =
        Follower { bots: bots(params.bots.as_deref())?, sessions: store.sessions(&site.id), told, versions };
    let rules = site.session_rules;
    let events = stream::unfold(follower, |follower| follower.next()).flat_map(move |changes| {
        let events: Vec<Event> = match changes {
            Changes::Resync => vec![Event::default().event("resync").data("{}")],
            Changes::Sessions(sessions) => sessions
                .into_iter()
                .filter_map(|session| {
                    let resource = SessionResource::of(session, rules, clock::now());
                    Event::default().event("session").json_data(resource).ok()
                })
                .collect(),
        };
        stream::iter(events.into_iter().map(Ok))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// One who follows a site.
struct Follower {
    bots: Bots,
    sessions: SiteSessions,
    versions: watch::Receiver<u64>,
    told: u64,
}

impl Follower {
    /// Waits for changes; ends when the store does.
    async fn next(mut self) -> Option<(Changes, Self)> {
        self.versions.changed().await.ok()?;
        tokio::time::sleep(PAUSE).await;
        let version = *self.versions.borrow_and_update();
        let changes = match self.sessions.changes_since(self.told) {
            Changes::Resync => Changes::Resync,
            Changes::Sessions(mut sessions) => {
                sessions.retain(|session| self.bots.keeps(session.bot.is_some()));
                Changes::Sessions(sessions)
            }
        };
        self.told = version;
        Some((changes, self))
    }
}
