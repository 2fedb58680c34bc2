//! Saved filters: searches with a name, the same for everybody who looks at the site.

use super::body::Body;
use super::resources::{FilterBody, FilterList, FilterResource};
use super::sessions::find_site;
use crate::clock;
use crate::error::{ApiError, Code, ErrorBody};
use crate::search;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use footpath_store::{MetadataError, Store};

/// Characters of a name, at most: it stands in a menu.
const NAME_CHARS: usize = 80;

/// The saved filters of a site, by name.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/filters", operation_id = "list_filters", tag = "search",
    params(("site" = String, Path, description = "Id of the site")),
    responses((status = 200, body = FilterList), (status = 404, body = ErrorBody))
)]
pub(crate) async fn list(
    State(store): State<Store>,
    Path(site): Path<String>,
) -> Result<Json<FilterList>, ApiError> {
    let site = find_site(&store, &site)?;
    let filters = store.metadata().filters(&site.id).await.map_err(refused)?;
    Ok(Json(FilterList { filters: filters.into_iter().map(FilterResource::from).collect() }))
}

/// Saves a search under a name.
#[utoipa::path(
    post, path = "/api/v1/sites/{site}/filters", operation_id = "save_filter", tag = "search",
    params(("site" = String, Path, description = "Id of the site")),
    request_body = FilterBody,
    responses(
        (status = 201, body = FilterResource),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "There is a filter of this name already"),
    )
)]
pub(crate) async fn save(
    State(store): State<Store>,
    Path(site): Path<String>,
    body: Result<Body<FilterBody>, ApiError>,
) -> Result<(StatusCode, Json<FilterResource>), ApiError> {
    let site = find_site(&store, &site)?;
    let (name, search) = checked(body)?;
    let saved =
        store.metadata().save_filter(&site.id, &name, &search, clock::now()).await.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(FilterResource::from(saved))))
}

/// Changes a saved filter.
#[utoipa::path(
    put, path = "/api/v1/sites/{site}/filters/{id}", operation_id = "change_filter", tag = "search",
    params(("site" = String, Path, description = "Id of the site"), ("id" = String, Path, description = "Id of the filter")),
    request_body = FilterBody,
    responses(
        (status = 200, body = FilterResource),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "There is another filter of this name"),
    )
)]
pub(crate) async fn change(
    State(store): State<Store>,
    Path((site, id)): Path<(String, String)>,
    body: Result<Body<FilterBody>, ApiError>,
) -> Result<Json<FilterResource>, ApiError> {
    let site = find_site(&store, &site)?;
    let (name, search) = checked(body)?;
    let Ok(number) = id.parse() else { return Err(unknown(&id)) };
    let changed = store.metadata().change_filter(&site.id, number, (&name, &search), clock::now()).await;
    changed.map_err(refused)?.map(|filter| Json(FilterResource::from(filter))).ok_or_else(|| unknown(&id))
}

/// Deletes a saved filter.
#[utoipa::path(
    delete, path = "/api/v1/sites/{site}/filters/{id}", operation_id = "delete_filter", tag = "search",
    params(("site" = String, Path, description = "Id of the site"), ("id" = String, Path, description = "Id of the filter")),
    responses((status = 204), (status = 404, body = ErrorBody))
)]
pub(crate) async fn delete(
    State(store): State<Store>,
    Path((site, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let site = find_site(&store, &site)?;
    let Ok(number) = id.parse() else { return Err(unknown(&id)) };
    match store.metadata().delete_filter(&site.id, number).await.map_err(refused)? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(unknown(&id)),
    }
}

/// The name, and the search in its canonical text.
fn checked(body: Result<Body<FilterBody>, ApiError>) -> Result<(String, String), ApiError> {
    let Body(body) = body?;
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        let wrong = format!("name: write 1 to {NAME_CHARS} characters");
        return Err(ApiError::new(Code::InvalidBody, wrong));
    }
    Ok((name.to_owned(), search::read(&body.q)?.to_string()))
}

fn unknown(id: &str) -> ApiError {
    ApiError::new(Code::UnknownFilter, format!("there is no filter `{id}`"))
}

fn refused(error: MetadataError) -> ApiError {
    match error {
        MetadataError::FilterExists(_) => ApiError::new(Code::FilterExists, error.to_string()),
        MetadataError::SiteExists(_)
        | MetadataError::TimeoutOutOfRange(_)
        | MetadataError::DaysOutOfRange(_)
        | MetadataError::Rules(_)
        | MetadataError::Database(_) => ApiError::internal(&error),
    }
}
