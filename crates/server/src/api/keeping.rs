//! For how long a site's data is kept, what is pinned, and what is erased: with the receipts of every deletion.

use super::body::Body;
use super::params::{Asked, bots, invalid, range_of_body};
use super::resources::{
    DeletionList, DeletionResource, Erasure, PinList, Receipt, RetentionResource, RetentionRun,
    StorageResource,
};
use super::selections::Selections;
use super::sessions::{find_site, unknown_session};
use crate::clock;
use crate::error::{ApiError, Code, ErrorBody};
use crate::ingest::enrich::anonymise::pseudonym;
use crate::query::Queries;
use crate::search::SiteZone;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use footpath_model::columns::SessionColumn;
use footpath_model::id::SessionId;
use footpath_model::site::Site;
use footpath_store::{Deletion, KeepError, MetadataError, Retention, Store};
use std::collections::HashSet;
use std::sync::Arc;

/// Deletions that are listed.
const DELETIONS_LISTED: u32 = 200;

/// What is stored, and what of it cannot be read.
#[utoipa::path(
    get, path = "/api/v1/storage", operation_id = "get_storage", tag = "keeping",
    responses((status = 200, body = StorageResource))
)]
pub(crate) async fn storage(State(store): State<Store>) -> Json<StorageResource> {
    Json(StorageResource::from(store.status()))
}

/// For how long a site's data is kept.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/retention", operation_id = "get_retention", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = RetentionResource), (status = 404, body = ErrorBody))
)]
pub(crate) async fn retention(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<RetentionResource>, ApiError> {
    let site = find_site(&store, &site)?;
    Ok(Json(RetentionResource::from(&store.metadata().retention(&site.id))))
}

/// Sets for how long a site's data is kept. What is older goes within the hour.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/retention", operation_id = "set_retention", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = RetentionResource,
    responses(
        (status = 200, body = RetentionResource), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
    )
)]
pub(crate) async fn set_retention(
    State(store): State<Store>,
    Path(site): Path<String>,
    body: Result<Body<RetentionResource>, ApiError>,
) -> Result<Json<RetentionResource>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    let retention = Retention::from(&body);
    match store.metadata().set_retention(&site.id, retention, clock::now()).await {
        Ok(()) => Ok(Json(body)),
        Err(error @ MetadataError::DaysOutOfRange(_)) => {
            Err(ApiError::new(Code::InvalidBody, error.to_string()))
        }
        Err(error) => Err(ApiError::internal(&error)),
    }
}

/// Deletes now what is no longer kept, or tells what would go.
#[utoipa::path(
    post, path = "/api/v1/sites/{site}/retention/run", operation_id = "run_retention", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = RetentionRun,
    responses((status = 200, body = Receipt), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn run_retention(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    body: Result<Body<RetentionRun>, ApiError>,
) -> Result<Json<Receipt>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    let deletion = deletion(body.dry_run);
    let run = in_background(async move { store.retain(&site.id, deletion).await });
    let deleted = run.await?;
    queries.forget_replaced();
    Ok(Json(Receipt::of(deleted, deletion)))
}

/// Erases sessions, all sessions of a user, or those that a search finds, from everywhere; or tells what would go.
#[utoipa::path(
    post, path = "/api/v1/sites/{site}/erasures", operation_id = "erase", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = Erasure,
    responses(
        (status = 200, body = Receipt), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody, description = "The search finds more than a million"),
    )
)]
pub(crate) async fn erase(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    body: Result<Body<Erasure>, ApiError>,
) -> Result<Json<Receipt>, ApiError> {
    let site = find_site(&store, &site)?;
    let Body(body) = body?;
    let deletion = deletion(body.dry_run);
    let (ids, cause) = to_erase(&store, &queries, &site, body).await?;
    let run = in_background(async move { store.erase(&site.id, &ids, cause.to_owned(), deletion).await });
    let deleted = run.await?;
    queries.forget_replaced();
    Ok(Json(Receipt::of(deleted, deletion)))
}

/// Whose sessions, and why they go in words that name nobody.
async fn to_erase(
    store: &Store,
    queries: &Queries,
    site: &Site,
    body: Erasure,
) -> Result<(HashSet<SessionId>, &'static str), ApiError> {
    match body {
        Erasure { user_id: Some(user), session_ids: None, q: None, selection: None, .. }
            if !user.is_empty() =>
        {
            Ok((sessions_of(store, site, &user).await?, "erasure of a user"))
        }
        Erasure { user_id: None, session_ids: Some(ids), q: None, selection: None, .. }
            if !ids.is_empty() =>
        {
            let parse = |text: String| {
                text.parse().map_err(|_| invalid("session_ids", format!("`{text}` is no id of a session")))
            };
            Ok((ids.into_iter().map(parse).collect::<Result<_, _>>()?, "erasure of sessions"))
        }
        Erasure {
            user_id: None, session_ids: None, q: Some(q), selection, from, to, bots: wanted, ..
        } => {
            let (zone, now) = (SiteZone::of(site), clock::now());
            let first = store.sessions(&site.id).first_start();
            let range = range_of_body((&from, &to), &zone, first, now)?;
            let within = Selections::read(selection.as_deref())?;
            let all = (range, bots(wanted.as_deref())?, within);
            let asked = Asked::of(Some(&q), all, (site, &zone), now)?;
            let found = queries.rows(&site.id, asked.set, vec![SessionColumn::Id]).await?;
            let ids = tokio::task::spawn_blocking(move || found.ids()).await;
            let ids = ids.map_err(|panicked| ApiError::internal(&panicked))?;
            Ok((ids.map_err(|error| ApiError::internal(&error))?, "erasure of what a search found"))
        }
        Erasure { .. } => Err(invalid(
            "user_id",
            "say one of whose sessions (`user_id`), which (`session_ids`), or a search (`q`)",
        )),
    }
}

/// The sessions of a user under their own id, and under the one that stands for it where the site anonymises.
async fn sessions_of(store: &Store, site: &Site, user: &str) -> Result<HashSet<SessionId>, ApiError> {
    let secret = store.metadata().secret(&site.id).await.map_err(|error| ApiError::internal(&error))?;
    let mut found = HashSet::new();
    for id in [user, &pseudonym(&secret, user)] {
        found.extend(store.sessions_of_user(&site.id, id).await.map_err(|error| not_kept(&error))?);
    }
    Ok(found)
}

/// The newest deletions of a site, failed ones too.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/deletions", operation_id = "list_deletions", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = DeletionList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn deletions(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<DeletionList>, ApiError> {
    let site = find_site(&store, &site)?;
    let found = store.metadata().deletions(&site.id, DELETIONS_LISTED).await;
    let found = found.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(DeletionList { deletions: found.into_iter().map(DeletionResource::from).collect() }))
}

/// Sessions that retention leaves alone.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/pins", operation_id = "list_pins", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = PinList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn pins(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<PinList>, ApiError> {
    let site = find_site(&store, &site)?;
    let mut session_ids: Vec<String> =
        store.metadata().pinned(&site.id).iter().map(ToString::to_string).collect();
    session_ids.sort_unstable();
    Ok(Json(PinList { session_ids }))
}

/// Keeps a session for good.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/sessions/{id}/pin", operation_id = "pin_session", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site"), ("id" = String, Path, description = "Id of the session")),
    responses((status = 204), (status = 404, body = ErrorBody))
)]
pub(crate) async fn pin(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path((site, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let site = find_site(&store, &site)?;
    let session: SessionId = id.parse().map_err(|_| unknown_session(&id))?;
    if queries.session(&site.id, session).await?.is_none() {
        return Err(unknown_session(&id));
    }
    set_pin(&store, &site, session, true).await
}

/// Lets a pinned session go the way of the others.
#[utoipa::path(
    delete, path = "/api/v1/sites/{site}/sessions/{id}/pin", operation_id = "unpin_session", tag = "keeping",
    params(("site" = String, Path, description = "Id of the site"), ("id" = String, Path, description = "Id of the session")),
    responses((status = 204), (status = 404, body = ErrorBody))
)]
pub(crate) async fn unpin(
    State(store): State<Store>,
    Path((site, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let site = find_site(&store, &site)?;
    let session = id.parse().map_err(|_| unknown_session(&id))?;
    set_pin(&store, &site, session, false).await
}

async fn set_pin(
    store: &Store,
    site: &Arc<Site>,
    session: SessionId,
    pinned: bool,
) -> Result<StatusCode, ApiError> {
    let set = store.metadata().pin(&site.id, session, pinned, clock::now()).await;
    set.map_err(|error| ApiError::internal(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn deletion(dry_run: bool) -> Deletion {
    if dry_run { Deletion::DryRun } else { Deletion::ForGood }
}

/// In a task of its own: a client that hangs up must not stop a deletion half way.
async fn in_background<T: Send + 'static>(
    run: impl Future<Output = Result<T, KeepError>> + Send + 'static,
) -> Result<T, ApiError> {
    let outcome = tokio::spawn(run).await.map_err(|panicked| ApiError::internal(&panicked))?;
    outcome.map_err(|error| not_kept(&error))
}

fn not_kept(error: &KeepError) -> ApiError {
    match error {
        KeepError::Busy => ApiError::new(Code::Overloaded, error.to_string()),
        KeepError::File(_) | KeepError::Table(_) | KeepError::Journal(_) | KeepError::Metadata(_) => {
            ApiError::internal(error)
        }
    }
}
