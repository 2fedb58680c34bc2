//! How a file of the lake is made: rows in their final order become Parquet, some at a time, so that no more of them
//! is held than is being encoded.

use super::schema::TableKind;
use super::starts_of;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use footpath_model::columns::{ColumnType, SessionColumn};
use footpath_model::time::Timestamp;
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::ops::RangeInclusive;

/// Rows of a row group: some megabytes decoded.
const ROW_GROUP_ROWS: usize = 64 * 1024;
/// Rows of a page of `sessions`: a list reads the pages of its fifty rows, so that they must be small.
const PAGE_ROWS: usize = 2048;
/// A dictionary of `sessions` may have so many bytes: who reads one row reads all of it.
const DICTIONARY_BYTES: usize = 64 * 1024;
/// Rows that are made and encoded together.
pub(crate) const ROWS_AT_ONCE: usize = 4096;
/// Share of wrong "perhaps" that a bloom filter gives.
const BLOOM_FPP: f64 = 0.01;
/// In a file's own metadata: the files that it took the place of, so that a lost log can be made again.
pub(crate) const REPLACES: &str = "footpath.replaces";
/// In a file's own metadata: the version of its columns' meaning.
const FORMAT: &str = "footpath.format";
/// The version written.
const FORMAT_WRITTEN: &str = "1";

/// Rows of a file to be, in their final order, of one site and day.
pub(crate) struct NewRows {
    /// How many there are.
    pub n_rows: usize,
    /// Them, some at a time; never none.
    pub batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
}

impl From<RecordBatch> for NewRows {
    fn from(batch: RecordBatch) -> Self {
        Self { n_rows: batch.num_rows(), batches: Box::new(std::iter::once(Ok(batch))) }
    }
}

/// A file that was made.
pub(crate) struct Encoded {
    pub bytes: Bytes,
    /// Earliest and latest start of a session in it.
    pub starts: RangeInclusive<Timestamp>,
}

/// A file's bytes.
pub(crate) fn encode_file(
    table: TableKind,
    rows: NewRows,
    replaces: &[String],
) -> Result<Encoded, ParquetError> {
    let properties = properties(table, rows.n_rows, replaces)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), table.file_schema(), Some(properties))?;
    let mut starts: Option<RangeInclusive<Timestamp>> = None;
    let mut n_written = 0;
    for batch in rows.batches {
        let batch = batch?;
        writer.write(&batch)?;
        n_written += batch.num_rows();
        let these = starts_of(&batch)?;
        starts = Some(match starts {
            None => these,
            Some(before) => *before.start().min(these.start())..=*before.end().max(these.end()),
        });
    }
    let starts = starts.filter(|_| n_written == rows.n_rows).ok_or_else(|| {
        ParquetError::General(format!("{n_written} rows were made where {} were told", rows.n_rows))
    })?;
    Ok(Encoded { bytes: writer.into_inner()?.into(), starts })
}

fn properties(
    table: TableKind,
    n_rows: usize,
    replaces: &[String],
) -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![
            KeyValue::new(FORMAT.to_owned(), FORMAT_WRITTEN.to_owned()),
            KeyValue::new(REPLACES.to_owned(), replaces.join("\n")),
        ]));
    if table == TableKind::Sessions {
        properties = properties
            .set_data_page_row_count_limit(PAGE_ROWS)
            .set_dictionary_page_size_limit(DICTIONARY_BYTES);
        // Each of these is there once: a dictionary would hold it, and a number for it besides.
        let ids = SessionColumn::ALL.iter().filter(|column| column.column().ty == ColumnType::Id);
        for id in ids {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(id.name()), false);
        }
    }
    for column in table.looked_up() {
        let path = ColumnPath::from(*column);
        let n_values = n_rows.min(ROW_GROUP_ROWS) as u64;
        properties = properties
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_fpp(path.clone(), BLOOM_FPP)
            .set_column_bloom_filter_max_ndv(path, n_values);
    }
    Ok(properties.build())
}
