//! Export: the sessions that a search finds, as a file, streamed while they are read.

use super::params::{ExportParams, FileFormat};
use super::sessions::{find_site, unreadable};
use crate::clock;
use crate::data::export::text::TextRows;
use crate::error::{ApiError, ErrorBody};
use crate::query::{FoundRows, Queries};
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use footpath_store::{RowsFile, Store};
use futures_util::stream;
use std::io::{self, Write};
use tokio::sync::mpsc;

/// Parts of a file that wait for their reader.
const PARTS_WAITING: usize = 4;
/// Bytes of a part.
const PART_BYTES: usize = 64 * 1024;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// The sessions that a search finds, as a file; a million at most.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/export", operation_id = "export_sessions", tag = "sessions",
    params(("site" = String, Path, description = "Id of the site"), ExportParams),
    responses(
        (status = 200, content_type = "text/csv", description = "Or application/x-ndjson, or application/vnd.apache.parquet"),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody, description = "There are more than a million"),
    )
)]
pub(crate) async fn sessions(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<ExportParams>, QueryRejection>,
) -> Result<Response, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let (format, columns) = (params.format()?, params.columns()?);
    let asked = params.asked(&site, store.sessions(&site.id).first_start(), clock::now())?;
    let found = queries.rows(&site.id, asked.set, columns).await?;

    let (parts, mut reader) = mpsc::channel(PARTS_WAITING);
    tokio::task::spawn_blocking(move || {
        let out = Parts { parts: parts.clone(), part: Vec::with_capacity(PART_BYTES) };
        if let Err(error) = write(&found, format, out) {
            tracing::warn!(error, "an export ended early");
            // Who reads sees that the file is not whole; where nobody reads any more there is nobody to tell.
            let _ = parts.blocking_send(Err(io::Error::other("the export failed")));
        }
    });
    // May be asked again after its end, as compression does; an unfolded stream may not.
    let body = stream::poll_fn(move |task| reader.poll_recv(task));
    let (media, ending) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        FileFormat::Ndjson => ("application/x-ndjson", "ndjson"),
        FileFormat::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    let name = format!("attachment; filename=\"{}-sessions.{ending}\"", site.id);
    let headers = [(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(body)).into_response())
}

fn write(found: &FoundRows, format: FileFormat, out: Parts) -> Result<(), AnyError> {
    match format {
        FileFormat::Csv => write_text(found, TextRows::csv(Box::new(out))),
        FileFormat::Ndjson => write_text(found, TextRows::ndjson(Box::new(out))),
        FileFormat::Parquet => {
            let mut file = RowsFile::begin(out, found.schema()?)?;
            for batch in found.batches() {
                file.write(&batch?)?;
            }
            Ok(file.end()?.flush()?)
        }
    }
}

fn write_text(found: &FoundRows, mut rows: TextRows) -> Result<(), AnyError> {
    rows.begin(&*found.schema()?)?;
    for batch in found.batches() {
        rows.write(&batch?)?;
    }
    Ok(rows.end()?)
}

/// Hands what is written to the reader of the response, part by part.
struct Parts {
    parts: mpsc::Sender<io::Result<Bytes>>,
    part: Vec<u8>,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART_BYTES));
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.parts.blocking_send(Ok(part.into())).map_err(gone)
    }
}
