//! The errors of a site in groups: what broke, for how many, since when.

use super::histogram::edges;
use super::params::ErrorGroupParams;
use super::resources::{ErrorGroupList, ErrorGroupResource};
use super::sessions::{find_site, unreadable};
use crate::clock;
use crate::error::{ApiError, ErrorBody};
use crate::query::Queries;
use crate::search::SiteZone;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use footpath_analyze::{ErrorGroup, ErrorGroups};
use footpath_store::Store;
use std::cmp::Reverse;

/// Bars of a group's trend, about.
const TREND_BUCKETS: usize = 28;

/// What groups are ordered by, the greatest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum GroupOrder {
    /// Sessions with an error of the group.
    Sessions,
    /// Errors.
    Events,
    /// People who met one.
    Users,
    /// The newest error.
    LastSeen,
    /// The newest group: its oldest error.
    FirstSeen,
}

impl GroupOrder {
    /// All, with their names in the API.
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("sessions", Self::Sessions),
        ("events", Self::Events),
        ("users", Self::Users),
        ("last_seen", Self::LastSeen),
        ("first_seen", Self::FirstSeen),
    ];

    fn sort(self, groups: &mut [ErrorGroup]) {
        match self {
            // They come in this order.
            Self::Sessions => {}
            Self::Events => groups.sort_by_key(|group| Reverse(group.events)),
            Self::Users => groups.sort_by_key(|group| Reverse(group.people)),
            Self::LastSeen => groups.sort_by_key(|group| Reverse(group.last)),
            Self::FirstSeen => groups.sort_by_key(|group| Reverse(group.first)),
        }
    }
}

/// The groups of errors in the sessions that a search finds.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/error-groups", operation_id = "list_error_groups", tag = "errors",
    params(("site" = String, Path, description = "Id of the site"), ErrorGroupParams),
    responses((status = 200, body = ErrorGroupList), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn groups(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<ErrorGroupParams>, QueryRejection>,
) -> Result<Json<ErrorGroupList>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let asked = params.asked(&site, store.sessions(&site.id).first_start(), clock::now())?;
    let (order, limit) = (params.order()?, params.limit()?);
    let edges = edges(&asked.set.filter.range, TREND_BUCKETS, &SiteZone::of(&site));
    let range = asked.range(&site);
    let mut groups = queries.run(&site.id, asked.set, ErrorGroups { edges }).await?;
    order.sort(&mut groups);
    let total_groups = groups.len();
    let groups = groups.into_iter().take(limit).map(ErrorGroupResource::from).collect();
    Ok(Json(ErrorGroupList { groups, total_groups, range }))
}
