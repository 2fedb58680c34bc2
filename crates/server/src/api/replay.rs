//! Replays, as a player reads them: what there is of one, and then a chunk at a time.
//!
//! A player asks for the manifest once. It has every chunk with its times, and which of them playing can begin at; so a
//! player gets only what is around its playhead, and holds no more. Style sheets are told once in a replay and are
//! asked for by their hash.

use super::resources::{ReplayManifest, StyleResource};
use super::sessions::{Found, unknown_session};
use crate::error::{ApiError, Code, ErrorBody};
use crate::query::Queries;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use footpath_model::replay::ChunkKey;
use footpath_store::Store;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A chunk never changes; but what is erased must not live on in a browser.
const CACHED: &str = "private, max-age=600";

/// What there is of a session's replay; empty where there is none.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}/replay", operation_id = "get_replay", tag = "replay",
    params(("site" = String, Path, description = "Id of the site, or - for any"), ("id" = String, Path, description = "Id of the session")),
    responses((status = 200, body = ReplayManifest), (status = 404, body = ErrorBody))
)]
pub(crate) async fn manifest(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path((site, id)): Path<(String, String)>,
) -> Result<Json<ReplayManifest>, ApiError> {
    let Found { site, id: session } = Found::find(&queries, &site, &id).await?;
    let found = store.replay(&site.id, session).await.map_err(|error| ApiError::internal(&error))?;
    let chunks = found.ok_or_else(|| unknown_session(&id))?;
    Ok(Json(ReplayManifest::of(session, &chunks)))
}

/// The records of a chunk, a line each. Their times are of the browser's clock: `clock_skew_ms` of the manifest is what
/// is to be added. `fp-style:<hash>` stands for a style sheet.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}/replay/chunks/{tab}/{index}", operation_id = "get_replay_chunk",
    tag = "replay",
    params(
        ("site" = String, Path, description = "Id of the site, or - for any"),
        ("id" = String, Path, description = "Id of the session"),
        ("tab" = String, Path, description = "Id of the tab"),
        ("index" = u32, Path, description = "Number of the chunk in its tab"),
    ),
    responses(
        (status = 200, body = String, content_type = "application/x-ndjson", description = "Records, a line each"),
        (status = 404, body = ErrorBody),
    )
)]
pub(crate) async fn chunk(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path((site, id, tab, index)): Path<(String, String, String, String)>,
) -> Result<Response, ApiError> {
    let Found { site, id: session } = Found::find(&queries, &site, &id).await?;
    let unknown = || ApiError::new(Code::UnknownChunk, format!("chunk {index} of tab {tab} is not there"));
    let key = ChunkKey {
        tab_id: tab.parse().map_err(|_| unknown())?,
        index: index.parse().map_err(|_| unknown())?,
    };
    let found =
        store.replay_chunk(&site.id, session, key).await.map_err(|error| ApiError::internal(&error))?;
    let (_, records) = found.ok_or_else(unknown)?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, CACHED)], records)
        .into_response())
}

/// The text of a style sheet that stands for `fp-style:<hash>` in the records.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}/replay/styles/{hash}", operation_id = "get_replay_style",
    tag = "replay",
    params(
        ("site" = String, Path, description = "Id of the site, or - for any"),
        ("id" = String, Path, description = "Id of the session"),
        ("hash" = String, Path, description = "Hash of the style sheet"),
    ),
    responses((status = 200, body = StyleResource), (status = 404, body = ErrorBody))
)]
pub(crate) async fn style(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path((site, id, hash)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let Found { site, id: session } = Found::find(&queries, &site, &id).await?;
    let found = store.replay(&site.id, session).await.map_err(|error| ApiError::internal(&error))?;
    let chunks = found.ok_or_else(|| unknown_session(&id))?;
    for stored in chunks.iter().filter(|stored| stored.chunk.styles.contains(&hash)) {
        let key = stored.chunk.key();
        let found =
            store.replay_chunk(&site.id, session, key).await.map_err(|error| ApiError::internal(&error))?;
        if let Some(css) = found.and_then(|(_, records)| style_in(&records, &hash)) {
            let style = Json(StyleResource { hash, css });
            return Ok(([(header::CACHE_CONTROL, CACHED)], style).into_response());
        }
    }
    Err(ApiError::new(Code::UnknownChunk, format!("style sheet {hash} is not there: its chunk may be lost")))
}

/// The text of a style sheet that a chunk defines.
fn style_in(records: &str, hash: &str) -> Option<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Custom<'a> {
        #[serde(borrow)]
        data: Tagged<'a>,
    }
    #[derive(Deserialize)]
    struct Tagged<'a> {
        #[serde(borrow)]
        payload: Style<'a>,
    }
    #[derive(Deserialize)]
    struct Style<'a> {
        hash: String,
        #[serde(borrow)]
        css: &'a RawValue,
    }
    let defines = |line: &&str| line.contains("\"fp.style\"") && line.contains(hash);
    records.lines().filter(defines).find_map(|line| {
        let style = serde_json::from_str::<Custom<'_>>(line).ok()?.data.payload;
        (style.hash == hash).then(|| style.css.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::style_in;

    #[test]
    fn a_style_sheet_is_found_among_records() {
        let records = "{\"data\":{\"tag\":\"fp.style\",\"payload\":{\"css\":\"a{}\",\"hash\":\"h1\"}},\"type\":5}\n\
            {\"data\":{\"tag\":\"fp.style\",\"payload\":{\"css\":[{\"rule\":\"b{}\",\"index\":0}],\"hash\":\"h2\"}},\"type\":5}\n";
        let css = |hash| style_in(records, hash).map(|css| css.get().to_owned());
        assert_eq!(css("h1").as_deref(), Some("\"a{}\""));
        assert_eq!(css("h2").as_deref(), Some("[{\"rule\":\"b{}\",\"index\":0}]"));
        assert_eq!(css("h3"), None);
    }
}
