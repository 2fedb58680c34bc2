//! Sites: listed, and added.

use super::body::Body;
use super::params::{valid_base_path, valid_time_zone};
use super::resources::{SiteList, SiteResource};
use crate::error::{ApiError, Code, ErrorBody};
use crate::serve::system_time_zone;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use footpath_model::id::SiteId;
use footpath_model::site::SessionRules;
use footpath_model::time::MINUTE;
use footpath_store::{MetadataError, NewSite, Store};
use serde::Deserialize;
use utoipa::ToSchema;

/// The sites of this server.
#[utoipa::path(get, path = "/api/v1/sites", operation_id = "list_sites", tag = "sites", responses((status = 200, body = SiteList)))]
pub(crate) async fn list(State(store): State<Store>) -> Json<SiteList> {
    let sites = store.metadata().sites();
    Json(SiteList { sites: sites.iter().map(|site| SiteResource::from(&**site)).collect() })
}

/// A site to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSite)]
pub(crate) struct NewSiteBody {
    /// Short name, in paths: a-z, 0-9 and -.
    id: String,
    /// Name shown to people; the id where it is left out.
    name: Option<String>,
    /// IANA name; the server's where it is left out.
    time_zone: Option<String>,
    /// Path below which the site lives; the root where it is left out.
    base_path: Option<String>,
    /// Minutes without activity that end a session: 1 to 240, 30 where it is left out.
    session_timeout_minutes: Option<i64>,
}

/// Adds a site.
#[utoipa::path(
    post, path = "/api/v1/sites", operation_id = "create_site", tag = "sites", request_body = NewSiteBody,
    responses(
        (status = 201, body = SiteResource),
        (status = 400, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "A site of this id is there already"),
    )
)]
pub(crate) async fn create(
    State(store): State<Store>,
    body: Result<Body<NewSiteBody>, ApiError>,
) -> Result<(StatusCode, Json<SiteResource>), ApiError> {
    let invalid = |field: &str, what: &dyn std::fmt::Display| {
        ApiError::new(Code::InvalidBody, format!("{field}: {what}"))
    };
    let Body(body) = body?;
    let default = SessionRules::default();
    let timeout_ms =
        body.session_timeout_minutes.map_or(default.timeout_ms, |minutes| minutes.saturating_mul(MINUTE));
    let new = NewSite {
        id: SiteId::parse(&body.id).map_err(|error| invalid("id", &error))?,
        name: body.name.unwrap_or_else(|| body.id.clone()),
        time_zone: match &body.time_zone {
            Some(name) => valid_time_zone(name).map_err(|error| invalid("time_zone", &error))?,
            None => system_time_zone(),
        },
        base_path: valid_base_path(body.base_path.as_deref().unwrap_or_default())
            .map_err(|error| invalid("base_path", &error))?,
        session_rules: SessionRules { timeout_ms, ..default },
    };
    match store.metadata().create_site(new).await {
        Ok(site) => Ok((StatusCode::CREATED, Json(SiteResource::from(&*site)))),
        Err(error @ MetadataError::SiteExists(_)) => Err(ApiError::new(Code::SiteExists, error.to_string())),
        Err(error @ MetadataError::TimeoutOutOfRange(_)) => Err(invalid("session_timeout_minutes", &error)),
        Err(
            error @ (MetadataError::DaysOutOfRange(_)
            | MetadataError::FilterExists(_)
            | MetadataError::Rules(_)
            | MetadataError::Database(_)),
        ) => Err(ApiError::internal(&error)),
    }
}
