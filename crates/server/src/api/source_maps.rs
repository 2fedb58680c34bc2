//! Source maps: uploaded with each release, so that stacks are told as the code was written.

use super::params::{SourceMapParams, SourceMapRelease};
use super::resources::{SourceMapList, SourceMapResource, SourceMapsDeleted};
use super::sessions::{find_site, unreadable};
use crate::clock;
use crate::error::{ApiError, Code, ErrorBody};
use crate::source_maps::{self, ReadMap};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use footpath_store::{SourceMap, Store};

/// Bytes of a map, at most.
pub(super) const MOST_BYTES: usize = 64 << 20;

/// The source maps of a site, the newest first.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/source-maps", operation_id = "list_source_maps", tag = "errors",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = SourceMapList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn list(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<SourceMapList>, ApiError> {
    let site = find_site(&store, &site)?;
    let maps = store.source_maps().list(&site.id).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(SourceMapList { source_maps: maps.into_iter().map(SourceMapResource::from).collect() }))
}

/// Keeps a source map, in place of one of the same file and release. The body is the map itself, at most 64 MiB.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/source-maps", operation_id = "put_source_map", tag = "errors",
    params(("site" = String, Path, description = "Id of the site"), SourceMapParams),
    request_body(content = String, content_type = "application/json"),
    responses(
        (status = 201, body = SourceMapResource), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody),
    )
)]
pub(crate) async fn put(
    State(store): State<Store>,
    Path(site): Path<String>,
    params: Result<Query<SourceMapParams>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<SourceMapResource>), ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let (file, release) = (params.file()?, params.release()?);
    let map = body.map_err(|rejection| unread(&rejection))?;
    let bytes = map.len() as u64;
    let read = tokio::task::spawn_blocking(move || source_maps::read(&map)).await;
    let ReadMap { digest, body } = read.map_err(|panicked| ApiError::internal(&panicked))??;
    let map = SourceMap { release, file, digest, bytes, uploaded_at: clock::now() };
    store.source_maps().put(&site.id, &map, &body).await.map_err(|error| ApiError::internal(&error))?;
    Ok((StatusCode::CREATED, Json(SourceMapResource::from(map))))
}

/// Deletes the source maps of a release, or all of a site.
#[utoipa::path(
    delete, path = "/api/v1/sites/{site}/source-maps", operation_id = "delete_source_maps", tag = "errors",
    params(("site" = String, Path, description = "Id of the site"), SourceMapRelease),
    responses((status = 200, body = SourceMapsDeleted), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn delete(
    State(store): State<Store>,
    Path(site): Path<String>,
    params: Result<Query<SourceMapRelease>, QueryRejection>,
) -> Result<Json<SourceMapsDeleted>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(SourceMapRelease { release }) = params.map_err(|rejection| unreadable(&rejection))?;
    let deleted = store.source_maps().delete(&site.id, release.as_deref()).await;
    Ok(Json(SourceMapsDeleted { deleted: deleted.map_err(|error| ApiError::internal(&error))? }))
}

fn unread(rejection: &BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
            Code::BodyTooLarge,
            format!("the source map is larger than {} MiB", MOST_BYTES >> 20),
        ),
        _ => ApiError::new(Code::InvalidBody, rejection.body_text()),
    }
}
