//! A site's rows as they are in the lake, day by day, for whoever wants all of them.
//!
//! Made for a copy of a data directory: everything is moved into the lake first, so that there is one place to read.

use crate::keeper::KeepError;
use crate::lake::file::FileError;
use crate::retention::DataKind;
use crate::snapshot::SiteSessions;
use crate::store::Store;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use footpath_model::time::Timestamp;
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use std::collections::BTreeSet;
use std::io::Write;
use std::ops::Range;

impl Store {
    /// Moves every session into the lake, over or not: only of use in a copy, which nothing is sent to. It must have
    /// been opened with no memory for live sessions.
    ///
    /// # Errors
    /// Where the lake or the journal fails.
    pub async fn empty_into_lake(&self) -> Result<(), KeepError> {
        while self.status().live_sessions > 0 {
            if self.relieve().await?.sessions == 0 {
                return Err(KeepError::Busy);
            }
        }
        Ok(())
    }
}

impl SiteSessions {
    /// The UTC days with sessions that start in a range, ascending, as days since 1970-01-01.
    pub fn days(&self, range: &Range<Timestamp>) -> Vec<i32> {
        let state = self.live.read();
        let files = state.lake.sessions_of(&self.site);
        let touching =
            files.filter(|file| *file.starts.start() < range.end && range.start <= *file.starts.end());
        touching.map(|file| file.day).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// All columns of the rows of sessions that start on a day, one batch a file. Blocks.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn rows_of_day(&self, kind: DataKind, day: i32) -> Result<Vec<RecordBatch>, FileError> {
        let version = std::sync::Arc::clone(&self.live.read().lake);
        let files = version.of(kind.table()).iter().filter(|file| file.site == self.site && file.day == day);
        files.map(|file| file.read_all(self.lake.storage())).collect()
    }
}

/// A Parquet file of rows.
pub struct RowsFile<W: Write + Send> {
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> std::fmt::Debug for RowsFile<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowsFile").finish_non_exhaustive()
    }
}

impl<W: Write + Send> RowsFile<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(out: W, columns: SchemaRef) -> Result<Self, ParquetError> {
        let properties =
            WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?)).build();
        Ok(Self { writer: ArrowWriter::try_new(out, columns, Some(properties))? })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<(), ParquetError> {
        self.writer.write(rows)?;
        // A day's rows are enough for a row group, and all that is to be held.
        self.writer.flush()
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(self) -> Result<W, ParquetError> {
        self.writer.into_inner()
    }
}

impl DataKind {
    /// The columns of its table, without the partitions.
    pub fn columns(self) -> SchemaRef {
        self.table().file_schema()
    }
}
