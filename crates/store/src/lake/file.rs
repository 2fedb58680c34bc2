//! One Parquet file of the lake: written once, read in parts, never changed.
//!
//! Row groups are small enough that a reader holds a few at a time; ids that sessions are looked up by have bloom
//! filters. Statistics of personal columns stay inside of the files, and are never copied to the table's log, so that
//! rewriting a file is enough to forget someone.

use super::older::{completed, schema_of_file};
use super::schema::TableKind;
use super::sound::unsound;
use super::storage::{Fetched, Storage};
use arrow::array::{AsArray, BooleanArray};
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use footpath_model::id::SiteId;
use footpath_model::time::Timestamp;
use object_store::path::Path as ObjectPath;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelectionPolicy,
};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use std::io::Error;
use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// What is read at first of a file's end; nearly always the whole footer.
const FOOTER_GUESS: u64 = 64 * 1024;

/// Why a file of the lake could not be read.
#[derive(Debug)]
pub struct FileError {
    /// The file, below the lake's directory.
    pub path: String,
    /// Whether the file itself is missing or damaged, and not the disk or network busy or broken.
    pub damaged: bool,
    source: AnyError,
}

impl FileError {
    pub(crate) fn of(path: String, source: impl Into<AnyError>) -> Self {
        Self { path, damaged: true, source: source.into() }
    }
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot read {}", self.path)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// A file of one table, of one partition.
#[derive(Debug)]
pub(crate) struct LakeFile {
    /// Unique in this process, as long as it runs.
    pub id: u64,
    pub table: TableKind,
    /// Below the table's directory.
    pub path: String,
    pub site: SiteId,
    /// Days since 1970-01-01.
    pub day: i32,
    pub rows: usize,
    pub bytes: u64,
    /// Earliest and latest start of a session in it.
    pub starts: RangeInclusive<Timestamp>,
    footer: OnceLock<ArrowReaderMetadata>,
    /// Of the columns that rows are looked up by, in the order of [`TableKind::looked_up`].
    lookups: Vec<OnceLock<Lookup>>,
}

/// What tells without reading a column which row groups may hold a value.
///
/// Ids that clients mint tell their time, and rows are sorted by it: so the bounds leave few files, and mostly none for
/// a session that is new. Filters alone would let one in a hundred through, each at the price of a column.
#[derive(Debug)]
struct Lookup {
    /// Smallest and greatest value of each row group, or less and more than these, where it tells them.
    bounds: Vec<Option<RangeInclusive<Vec<u8>>>>,
    /// A bloom filter for each row group, where it has one; read once some bounds hold what is looked up.
    blooms: OnceLock<Vec<Option<Sbbf>>>,
}

/// Rows, with their places in the file.
type Found = (RecordBatch, Vec<u32>);
/// What may go wrong while a file is looked into.
type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What is known of a file from the table's log.
pub(crate) struct FileFacts {
    pub path: String,
    pub site: SiteId,
    pub day: i32,
    pub rows: usize,
    pub bytes: u64,
    pub starts: RangeInclusive<Timestamp>,
}

impl LakeFile {
    pub(crate) fn new(table: TableKind, facts: FileFacts) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let FileFacts { path, site, day, rows, bytes, starts } = facts;
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            table,
            path,
            site,
            day,
            rows,
            bytes,
            starts,
            footer: OnceLock::new(),
            lookups: table.looked_up().iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Its place in the lake's storage.
    pub(crate) fn object(&self) -> ObjectPath {
        ObjectPath::from(format!("{}/{}", self.table.name(), self.path))
    }

    fn failed(&self, source: impl Into<AnyError>) -> FileError {
        let source = source.into();
        let damaged = match source.downcast_ref::<Error>() {
            Some(io) => io.kind() == std::io::ErrorKind::NotFound,
            None => true,
        };
        FileError { path: self.object().to_string(), damaged, source }
    }

    fn footer(&self, storage: &Storage) -> Result<&ArrowReaderMetadata, FileError> {
        if let Some(footer) = self.footer.get() {
            return Ok(footer);
        }
        let mut wanted = FOOTER_GUESS;
        let metadata = loop {
            match self.parse_footer(storage, self.bytes.saturating_sub(wanted)..self.bytes) {
                Ok(metadata) => break metadata,
                // First the footer's own size, then where pages begin, which lies before it.
                Err(Unparsed::Needs(bytes)) if bytes > wanted => wanted = bytes,
                Err(Unparsed::Needs(_)) => return Err(self.failed("its footer does not end")),
                Err(Unparsed::Failed(error)) => return Err(error),
            }
        };
        if let Some(problem) = unsound(&metadata, self.bytes) {
            return Err(self.failed(problem));
        }
        let schema = schema_of_file(self.table, &metadata).map_err(|error| self.failed(error))?;
        let options = ArrowReaderOptions::new().with_schema(schema);
        let metadata =
            ArrowReaderMetadata::try_new(Arc::new(metadata), options).map_err(|error| self.failed(error))?;
        Ok(self.footer.get_or_init(|| metadata))
    }

    fn parse_footer(&self, storage: &Storage, range: Range<u64>) -> Result<ParquetMetaData, Unparsed> {
        let failed = |error: FileError| Unparsed::Failed(error);
        let fetched = storage
            .read(&self.object(), std::slice::from_ref(&range), self.bytes)
            .map_err(|error| failed(self.failed(error)))?;
        let bytes = parquet::file::reader::ChunkReader::get_bytes(
            &fetched,
            range.start,
            usize::try_from(range.end - range.start).unwrap_or(usize::MAX),
        )
        .map_err(|error| failed(self.failed(error)))?;
        let mut reader = ParquetMetaDataReader::new().with_offset_index_policy(PageIndexPolicy::Optional);
        match reader.try_parse_sized(&bytes, self.bytes) {
            Ok(()) => reader.finish().map_err(|error| failed(self.failed(error))),
            Err(parquet::errors::ParquetError::NeedMoreData(needed)) => Err(Unparsed::Needs(needed as u64)),
            Err(error) => Err(failed(self.failed(error))),
        }
    }

    /// A value of the file's own metadata.
    pub(crate) fn note(&self, storage: &Storage, key: &str) -> Result<Option<String>, FileError> {
        let footer = self.footer(storage)?;
        let notes = footer.metadata().file_metadata().key_value_metadata();
        Ok(notes.and_then(|notes| notes.iter().find(|note| note.key == key)?.value.clone()))
    }

    /// Whether a row may have this value in a column that has bloom filters or bounds: no is certain.
    pub(crate) fn may_hold(
        &self,
        storage: &Storage,
        column: &'static str,
        value: &str,
    ) -> Result<bool, FileError> {
        Ok(!self.row_groups_that_may_hold(storage, column, value)?.is_empty())
    }

    fn row_groups_that_may_hold(
        &self,
        storage: &Storage,
        column: &'static str,
        value: &str,
    ) -> Result<Vec<usize>, FileError> {
        let Some(nth) = self.table.looked_up().iter().position(|looked_up| *looked_up == column) else {
            return Err(self.failed(format!("rows are not looked up by {column}")));
        };
        let lookup = match self.lookups[nth].get() {
            Some(lookup) => lookup,
            None => {
                let bounds = self.bounds(self.footer(storage)?.metadata(), column);
                self.lookups[nth].get_or_init(|| Lookup { bounds, blooms: OnceLock::new() })
            }
        };
        let holds = |bounds: &Option<RangeInclusive<Vec<u8>>>| match bounds {
            Some(bounds) => {
                bounds.start().as_slice() <= value.as_bytes() && value.as_bytes() <= bounds.end().as_slice()
            }
            None => true,
        };
        let groups = lookup.bounds.iter().enumerate().filter(|(_, bounds)| holds(bounds));
        let mut groups: Vec<usize> = groups.map(|(group, _)| group).collect();
        if !groups.is_empty() {
            let blooms = match lookup.blooms.get() {
                Some(blooms) => blooms,
                None => {
                    let blooms = self.read_blooms(storage, column)?;
                    lookup.blooms.get_or_init(|| blooms)
                }
            };
            groups.retain(|group| blooms[*group].as_ref().is_none_or(|bloom| bloom.check(value)));
        }
        Ok(groups)
    }

    fn bounds(&self, metadata: &ParquetMetaData, column: &str) -> Vec<Option<RangeInclusive<Vec<u8>>>> {
        let place = self.leaves(metadata, &[column])[0];
        let bounds = metadata.row_groups().iter().map(|group| {
            let told = group.column(place).statistics()?;
            Some(told.min_bytes_opt()?.to_vec()..=told.max_bytes_opt()?.to_vec())
        });
        bounds.collect()
    }

    fn read_blooms(&self, storage: &Storage, column: &str) -> Result<Vec<Option<Sbbf>>, FileError> {
        let metadata = self.footer(storage)?.metadata();
        let place = self.leaves(metadata, &[column])[0];
        let chunks: Vec<_> = metadata.row_groups().iter().map(|group| group.column(place)).collect();
        let ranges: Vec<Range<u64>> = chunks
            .iter()
            .filter_map(|chunk| {
                let offset = u64::try_from(chunk.bloom_filter_offset()?).ok()?;
                Some(offset..offset + u64::try_from(chunk.bloom_filter_length()?).ok()?)
            })
            .collect();
        let fetched =
            storage.read(&self.object(), &ranges, self.bytes).map_err(|error| self.failed(error))?;
        let read = chunks.iter().map(|chunk| Sbbf::read_from_column_chunk(chunk, &fetched));
        read.collect::<Result<_, _>>().map_err(|error| self.failed(error))
    }

    /// Places of the leaves of top-level columns.
    fn leaves(&self, metadata: &ParquetMetaData, columns: &[&str]) -> Vec<usize> {
        let schema = metadata.file_metadata().schema_descr();
        let of_column = |column: &&str| {
            (0..schema.num_columns()).find(|leaf| schema.get_column_root(*leaf).name() == *column)
        };
        columns.iter().filter_map(of_column).collect()
    }

    /// All rows of some columns, in the columns' order of the schema. Blocks.
    pub(crate) fn read(&self, storage: &Storage, columns: &[&str]) -> Result<RecordBatch, FileError> {
        let groups: Vec<usize> = (0..self.footer(storage)?.metadata().num_row_groups()).collect();
        self.read_rows(storage, columns, &groups, None)
    }

    /// All rows of all columns. Blocks.
    pub(crate) fn read_all(&self, storage: &Storage) -> Result<RecordBatch, FileError> {
        let schema = self.table.file_schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        self.read(storage, &columns)
    }

    /// A few rows of some columns, by their places in ascending order. Blocks.
    pub(crate) fn read_few(
        &self,
        storage: &Storage,
        columns: &[&str],
        rows: &[u32],
    ) -> Result<RecordBatch, FileError> {
        let metadata = self.footer(storage)?.metadata();
        let (mut groups, mut wanted, mut first) = (Vec::new(), Vec::new(), 0u64);
        for (group, about) in metadata.row_groups().iter().enumerate() {
            let n_rows = u64::try_from(about.num_rows()).unwrap_or(0);
            let of_group = first..first + n_rows;
            if rows.iter().any(|row| of_group.contains(&u64::from(*row))) {
                groups.push(group);
                wanted.extend(
                    of_group
                        .clone()
                        .map(|row| u32::try_from(row).is_ok_and(|row| rows.binary_search(&row).is_ok())),
                );
            }
            first += n_rows;
        }
        let selection = RowSelection::from_filters(&[BooleanArray::from(wanted)]);
        self.read_rows(storage, columns, &groups, Some(selection))
    }

    /// The rows where a looked-up column has this value, all columns; with each row's place in the file. Blocks.
    pub(crate) fn find(
        &self,
        storage: &Storage,
        column: &'static str,
        value: &str,
    ) -> Result<Option<Found>, FileError> {
        // Most files do not: no list of columns is made for these.
        if !self.may_hold(storage, column, value)? {
            return Ok(None);
        }
        let schema = self.table.file_schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        self.find_some(storage, column, value, &columns)
    }

    /// The same of some columns.
    pub(crate) fn find_some(
        &self,
        storage: &Storage,
        column: &'static str,
        value: &str,
        columns: &[&str],
    ) -> Result<Option<Found>, FileError> {
        let groups = self.row_groups_that_may_hold(storage, column, value)?;
        if groups.is_empty() {
            return Ok(None);
        }
        let values = self.read_rows(storage, &[column], &groups, None)?;
        let texts = values.column(0).as_string::<i32>();
        let matches: BooleanArray = texts.iter().map(|text| Some(text == Some(value))).collect();
        if matches.true_count() == 0 {
            return Ok(None);
        }
        let selection = RowSelection::from_filters(std::slice::from_ref(&matches));
        let rows = self.read_rows(storage, columns, &groups, Some(selection))?;
        let metadata = self.footer(storage)?.metadata();
        Ok(Some((rows, places(metadata.row_groups(), &groups, &matches))))
    }

    fn read_rows(
        &self,
        storage: &Storage,
        columns: &[&str],
        groups: &[usize],
        selection: Option<RowSelection>,
    ) -> Result<RecordBatch, FileError> {
        let footer = self.footer(storage)?;
        let metadata = footer.metadata();
        let leaves = self.leaves(metadata, columns);
        let ranges = ranges(metadata, groups, &leaves, selection.clone());
        let fetched =
            storage.read(&self.object(), &ranges, self.bytes).map_err(|error| self.failed(error))?;
        let mask = ProjectionMask::leaves(metadata.file_metadata().schema_descr(), leaves);
        let mut builder =
            ParquetRecordBatchReaderBuilder::<Fetched>::new_with_metadata(fetched, footer.clone())
                .with_projection(mask)
                .with_row_groups(groups.to_vec())
                .with_batch_size(self.rows.max(1));
        if let Some(selection) = selection {
            // The other policy would read pages without a selected row, which were not fetched.
            builder = builder
                .with_row_selection(selection)
                .with_row_selection_policy(RowSelectionPolicy::Selectors);
        }
        let reader = builder.build().map_err(|error| self.failed(error))?;
        let schema: SchemaRef = arrow::record_batch::RecordBatchReader::schema(&reader);
        let batches: Vec<RecordBatch> =
            reader.collect::<Result<_, _>>().map_err(|error| self.failed(error))?;
        let batch = match <[RecordBatch; 1]>::try_from(batches) {
            Ok([batch]) => batch,
            Err(batches) => concat_batches(&schema, &batches).map_err(|error| self.failed(error))?,
        };
        completed(self.table, batch, columns).map_err(|error| self.failed(error))
    }
}

/// The bytes to read of some columns of some row groups: only the pages with a selected row, and what decodes them.
fn ranges(
    metadata: &ParquetMetaData,
    groups: &[usize],
    leaves: &[usize],
    mut selection: Option<RowSelection>,
) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    for &group in groups {
        let about = metadata.row_group(group);
        let n_rows = usize::try_from(about.num_rows()).unwrap_or(usize::MAX);
        let selected = selection.as_mut().map(|rest| rest.split_off(n_rows));
        for &leaf in leaves {
            let (start, length) = about.column(leaf).byte_range();
            let pages = metadata.offset_index().and_then(|of_group| of_group.get(group)?.get(leaf));
            match (&selected, pages.map(|pages| pages.page_locations())) {
                (Some(selected), Some(pages)) if !pages.is_empty() => {
                    // Before the first page lies the dictionary, where there is one.
                    let first = pages.first().and_then(|page| u64::try_from(page.offset).ok());
                    ranges.extend(first.filter(|first| *first > start).map(|first| start..first));
                    ranges.extend(selected.scan_ranges(pages));
                }
                _ => ranges.push(start..start + length),
            }
        }
    }
    ranges
}

enum Unparsed {
    Needs(u64),
    Failed(FileError),
}

/// Places in the file of the rows that match among those of some row groups.
fn places(all: &[RowGroupMetaData], groups: &[usize], matches: &BooleanArray) -> Vec<u32> {
    let rows_of = |group: usize| u32::try_from(all[group].num_rows()).unwrap_or(u32::MAX);
    let first_of = |group: usize| (0..group).map(rows_of).sum::<u32>();
    let of_group = |group: &usize| first_of(*group)..first_of(*group) + rows_of(*group);
    let rows = groups.iter().flat_map(of_group);
    rows.zip(matches.iter()).filter(|(_, matches)| *matches == Some(true)).map(|(row, _)| row).collect()
}
