//! Source maps, as the API tells them.

use footpath_model::time::Timestamp;
use footpath_store::SourceMap;
use serde::Serialize;
use utoipa::ToSchema;

/// A source map.
#[derive(Serialize, ToSchema)]
#[schema(as = SourceMap)]
pub(crate) struct SourceMapResource {
    /// The release it is of; nothing where it is of all.
    pub release: Option<String>,
    /// Path of the minified file.
    pub file: String,
    /// SHA-256 of the map, in hexadecimal digits.
    pub digest: String,
    /// Size of the map.
    pub bytes: u64,
    /// When it was uploaded, Unix ms.
    #[schema(value_type = i64)]
    pub uploaded_at: Timestamp,
}

impl From<SourceMap> for SourceMapResource {
    fn from(map: SourceMap) -> Self {
        let SourceMap { release, file, digest, bytes, uploaded_at } = map;
        Self { release, file, digest, bytes, uploaded_at }
    }
}

/// The source maps of a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceMapList {
    /// The newest first.
    pub source_maps: Vec<SourceMapResource>,
}

/// What became of source maps.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceMapsDeleted {
    /// How many there were.
    pub deleted: u64,
}
