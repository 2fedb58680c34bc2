//! A replay chunk as a row of `replay_chunks`, and back; and how the rows lie in a file.
//!
//! The chunks of a page are much alike: every keyframe tells the whole page again. So the records lie as plain text, one
//! chunk after the other in order of their session, and some megabytes of them are compressed as one: the codec finds
//! what they repeat, and every engine reads them as text. A row group is what a viewer must inflate to see one chunk,
//! so it is kept small.

use super::columns::{ColumnsWriter, RowReader};
use super::names::{name_of, value_of};
use super::schema::TableKind;
use arrow::array::AsArray;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::ReplayColumn as C;
use footpath_model::id::{PageId, SessionId, SiteId, TabId};
use footpath_model::replay::{ChunkFacts, ChunkKey, Masks, RecordingCost, ReplayChunk};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use std::ops::Range;

/// Records of a row group, bytes: inflated in some 10 ms, and enough for a dozen keyframes of an ordinary page.
const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// More than any page is cut at: a row group's records are one page, compressed as one.
const PAGE_BYTES: usize = 256 * 1024 * 1024;
/// Of zstd: finds repetitions 4 MiB back, as level 3 does not.
const LEVEL: i32 = 9;

/// A chunk with what was added to its times, and its records.
pub(crate) struct ChunkRow {
    pub chunk: ReplayChunk,
    pub skew_ms: i64,
    pub records: String,
}

/// A chunk as the store has it, without its records.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredChunk {
    /// What is known of it.
    pub chunk: ReplayChunk,
    /// What is added to its times, milliseconds.
    pub skew_ms: i64,
}

/// The columns that [`facts`] reads.
pub(crate) const FACTS: &[&str] =
    &[C::Tab.name(), C::Index.name(), C::First.name(), C::Skew.name(), C::SentBytes.name()];

/// The columns that [`decode`] reads: all but the records.
pub(crate) fn heads() -> Vec<&'static str> {
    C::ALL.iter().map(|column| column.name()).filter(|name| *name != C::Text.name()).collect()
}

/// Where a file's row groups begin and end.
pub(crate) fn row_groups(batch: &RecordBatch) -> Vec<Range<usize>> {
    groups((0..batch.num_rows()).map(|row| text_bytes(batch, row)))
}

/// Bytes of a row's records.
pub(crate) fn text_bytes(batch: &RecordBatch, row: usize) -> usize {
    let texts = batch.column_by_name(C::Text.name()).and_then(|column| column.as_string_opt::<i32>());
    texts.map_or(0, |texts| texts.value(row).len())
}

/// Where row groups begin and end, of rows whose records have so many bytes.
pub(crate) fn groups(lengths: impl ExactSizeIterator<Item = usize>) -> Vec<Range<usize>> {
    let n_rows = lengths.len();
    let (mut groups, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (row, length) in lengths.enumerate() {
        if row > start && bytes + length > GROUP_BYTES {
            groups.push(start..row);
            (start, bytes) = (row, 0);
        }
        bytes += length;
    }
    if start < n_rows {
        groups.push(start..n_rows);
    }
    groups
}

/// How a file of chunks is written, beyond what holds for every table.
pub(crate) fn laid_out(properties: WriterPropertiesBuilder) -> Result<WriterPropertiesBuilder, ParquetError> {
    let records = ColumnPath::from(C::Text.name());
    Ok(properties
        .set_data_page_size_limit(PAGE_BYTES)
        .set_column_dictionary_enabled(records.clone(), false)
        // The least and the greatest record say nothing, and are somebody's.
        .set_column_statistics_enabled(records.clone(), EnabledStatistics::None)
        .set_column_compression(records, Compression::ZSTD(ZstdLevel::try_new(LEVEL)?)))
}

/// The rows, in the order given.
pub(crate) fn encode(rows: &[ChunkRow]) -> Result<RecordBatch, ArrowError> {
    let schema = TableKind::ReplayChunks.file_schema();
    let mut writer = ColumnsWriter::new(&schema, rows.len());
    for (place, field) in schema.fields().iter().enumerate() {
        let column = *C::ALL.iter().find(|column| column.name() == field.name()).expect("fields are columns");
        macro_rules! each {
            ($method:ident, |$row:ident| $value:expr) => {
                writer.$method(place, rows.iter().map(|$row| $value))
            };
        }
        match column {
            C::Site | C::Day => {}
            C::Hint => each!(text, |row| Some(row.chunk.hint.to_string())),
            C::First => each!(time, |row| row.chunk.first_at.plus(row.skew_ms)),
            C::Last => each!(time, |row| row.chunk.last_at.plus(row.skew_ms)),
            C::Tab => each!(text, |row| Some(row.chunk.tab_id.to_string())),
            C::Index => each!(int, |row| Some(row.chunk.index.into())),
            C::Page => each!(text, |row| Some(row.chunk.page_id.to_string())),
            C::Keyframe => each!(flag, |row| row.chunk.keyframe),
            C::Records => each!(int, |row| Some(row.chunk.n_records.into())),
            C::Bytes => each!(int, |row| Some(row.chunk.bytes.into())),
            C::SentBytes => each!(int, |row| Some(row.chunk.sent_bytes.into())),
            C::Flags => {
                let names: Vec<Vec<String>> =
                    rows.iter().map(|row| row.chunk.flags.iter().map(name_of).collect()).collect();
                writer.words(place, names.iter().map(|names| names.iter().map(|name| Some(name.as_str()))));
            }
            C::Styles => writer
                .words(place, rows.iter().map(|row| row.chunk.styles.iter().map(|hash| Some(hash.as_str())))),
            C::MaskedInputs => each!(flag, |row| row.chunk.masks.inputs),
            C::MaskedText => each!(flag, |row| row.chunk.masks.text),
            C::Trigger => each!(word, |row| Some(name_of(&row.chunk.trigger))),
            C::MainMs => each!(float, |row| row.chunk.cost.main_ms),
            C::LongestMs => each!(float, |row| row.chunk.cost.longest_ms),
            C::Failures => each!(int, |row| Some(row.chunk.cost.failures.into())),
            C::Received => each!(time, |row| row.chunk.received_at),
            C::Sent => each!(time, |row| row.chunk.sent_at),
            C::Skew => each!(long, |row| row.skew_ms),
            C::Text => each!(borrowed, |row| row.records.as_str()),
        }
    }
    writer.finish()
}

/// The chunks of a batch that holds [`heads`], all of one site.
///
/// # Errors
/// Where a value is missing or was written by a later version.
pub(crate) fn decode(site: &SiteId, batch: &RecordBatch) -> Result<Vec<StoredChunk>, ArrowError> {
    let reader = RowReader::new(batch);
    (0..batch.num_rows()).map(|row| decode_row(site, &reader, row)).collect()
}

fn decode_row(site: &SiteId, reader: &RowReader<'_>, row: usize) -> Result<StoredChunk, ArrowError> {
    let key = key(reader, row)?;
    let skew_ms = reader.long(C::Skew.name(), row)?;
    let chunk = ReplayChunk {
        site: site.clone(),
        hint: SessionId(reader.uuid(C::Hint.name(), row)?),
        tab_id: key.tab_id,
        page_id: PageId(reader.uuid(C::Page.name(), row)?),
        index: key.index,
        received_at: reader.time(C::Received.name(), row)?,
        sent_at: reader.time(C::Sent.name(), row)?,
        first_at: reader.time(C::First.name(), row)?.plus(-skew_ms),
        last_at: reader.time(C::Last.name(), row)?.plus(-skew_ms),
        keyframe: reader.flag(C::Keyframe.name(), row)?,
        n_records: count(reader, C::Records, row)?,
        bytes: count(reader, C::Bytes, row)?,
        sent_bytes: count(reader, C::SentBytes, row)?,
        flags: reader
            .words(C::Flags.name(), row)?
            .iter()
            .map(|name| value_of(name))
            .collect::<Result<_, _>>()?,
        styles: reader.words(C::Styles.name(), row)?,
        masks: Masks {
            inputs: reader.flag(C::MaskedInputs.name(), row)?,
            text: reader.flag(C::MaskedText.name(), row)?,
        },
        trigger: value_of(reader.some_text(C::Trigger.name(), row)?)?,
        cost: RecordingCost {
            main_ms: reader.float(C::MainMs.name(), row)?,
            longest_ms: reader.float(C::LongestMs.name(), row)?,
            failures: count(reader, C::Failures, row)?,
        },
    };
    Ok(StoredChunk { chunk, skew_ms })
}

/// What the fold must know of the chunks of a batch that holds [`FACTS`].
///
/// # Errors
/// Where a value is missing.
pub(crate) fn facts(batch: &RecordBatch) -> Result<Vec<(ChunkKey, ChunkFacts)>, ArrowError> {
    let reader = RowReader::new(batch);
    let each = (0..batch.num_rows()).map(|row| {
        let skew_ms = reader.long(C::Skew.name(), row)?;
        let first_at = reader.time(C::First.name(), row)?.plus(-skew_ms);
        let sent_bytes = count(&reader, C::SentBytes, row)?;
        Ok((key(&reader, row)?, ChunkFacts { first_at, skew_ms, sent_bytes }))
    });
    each.collect()
}

fn key(reader: &RowReader<'_>, row: usize) -> Result<ChunkKey, ArrowError> {
    let tab_id = TabId(reader.uuid(C::Tab.name(), row)?);
    Ok(ChunkKey { tab_id, index: count(reader, C::Index, row)? })
}

fn count(reader: &RowReader<'_>, column: C, row: usize) -> Result<u32, ArrowError> {
    Ok(u32::try_from(reader.int(column.name(), row)?.unwrap_or(0)).unwrap_or(0))
}
