//! Runs analyses on this machine: prunes segments, scans the others on a few threads, merges, finishes.
//!
//! A query's own thread scans too; further threads are borrowed for its duration from a number that all queries share,
//! so that ten queries at once do not become ten times as many threads, and one over a single segment pays for
//! none. Two queries that miss the same segment load it once, the second waits for the first.

use crate::analysis::Analysis;
use crate::batch::{BatchError, SessionBatch, checked, data_type, held_as, hold, loaded_for};
use crate::cache::ColumnCache;
use crate::filter::Filter;
use crate::search::is_none;
use crate::source::{RowRef, SegmentId, Source, SourceError};
use crate::vocabulary::Vocabulary;
use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::{concat_batches, take, take_record_batch};
use arrow::datatypes::{Field, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::SessionColumn;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};

/// Locks for loading, of which a segment uses one: so many that two segments seldom share it.
const LOADING_LOCKS: usize = 64;
/// The vocabulary may hold this part of the cache's bytes before a new one is started.
const VOCABULARY_PART: u64 = 4;

/// What a scheduler may use.
#[derive(Clone, Copy, Debug)]
pub struct SchedulerConfig {
    /// Threads that a query scans on at most. Those beyond the query's own are shared by all queries.
    pub threads: usize,
    /// Bytes of decoded columns that are kept; what a running query reads beyond them comes on top.
    pub cache_bytes: u64,
}

/// Runs analyses, and keeps decoded columns between them.
#[derive(Debug)]
pub struct Scheduler {
    cache: ColumnCache,
    vocabulary: RwLock<Arc<Vocabulary>>,
    vocabulary_bytes: u64,
    loading: [Mutex<()>; LOADING_LOCKS],
    /// Threads that may still be borrowed.
    spare: AtomicUsize,
}

impl Scheduler {
    /// A scheduler with an empty cache.
    pub fn new(config: SchedulerConfig) -> Self {
        Self {
            cache: ColumnCache::new(config.cache_bytes),
            vocabulary: RwLock::default(),
            vocabulary_bytes: config.cache_bytes / VOCABULARY_PART,
            loading: std::array::from_fn(|_| Mutex::new(())),
            spare: AtomicUsize::new(config.threads.saturating_sub(1)),
        }
    }

    /// The answer over the sessions of a snapshot that the filter keeps. Blocks; `cancel` is looked at before each
    /// segment.
    ///
    /// # Errors
    /// When cancelled, or where a segment cannot be read. There is no answer from a part of the segments.
    pub fn run<A: Analysis>(
        &self,
        source: &dyn Source,
        filter: &Filter,
        analysis: &A,
        cancel: &Cancel,
    ) -> Result<A::Answer, RunError> {
        let segments = source.segments();
        let wanted: Vec<usize> =
            (0..segments.len()).filter(|&place| !filter.prunes(&segments[place])).collect();
        let vocabulary = self.vocabulary();
        let next = AtomicUsize::new(0);
        let scan_some = || {
            let mut gathered = analysis.empty();
            while let Some(&segment) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                if cancel.is_cancelled() {
                    return Err(RunError::Cancelled);
                }
                let about = &segments[segment];
                let mut load = |columns: &[SessionColumn]| self.batch(source, segment, columns, &vocabulary);
                let scanned = filter.select(about, &mut load).and_then(|selected| {
                    if is_none(&selected) {
                        return Ok(analysis.empty());
                    }
                    Ok(analysis.scan(&load(&analysis.columns())?, &selected))
                });
                // The other threads need not go on for an answer that will not be.
                let partial = scanned.inspect_err(|_| next.store(wanted.len(), Ordering::Relaxed))?;
                gathered = analysis.merge(gathered, partial);
            }
            Ok(gathered)
        };

        let borrowed = Borrowed::up_to(wanted.len().saturating_sub(1), &self.spare);
        let gathered = std::thread::scope(|scope| {
            let others: Vec<_> = (0..borrowed.threads).map(|_| scope.spawn(scan_some)).collect();
            let mut gathered = scan_some();
            for other in others {
                let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                gathered = match (gathered, other) {
                    (Ok(one), Ok(other)) => Ok(analysis.merge(one, other)),
                    (Err(error), _) | (_, Err(error)) => Err(error),
                };
            }
            gathered
        });
        Ok(analysis.finish(gathered?, &vocabulary))
    }

    /// Columns of a few rows, in the order asked; a row may be asked for twice. What is cached is taken from there; what
    /// is not is read from the source for these rows alone and not kept, since a list's wide columns would push out
    /// the narrow ones that all analyses share.
    ///
    /// # Errors
    /// Where a segment cannot be read, or the source gives other columns than it must.
    ///
    /// # Panics
    /// Where a row is of another snapshot and not in this one.
    pub fn take(
        &self,
        source: &dyn Source,
        rows: &[RowRef],
        columns: &[SessionColumn],
    ) -> Result<RecordBatch, RunError> {
        let mut by_segment: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for row in rows {
            by_segment.entry(row.segment).or_default().push(row.row);
        }
        let mut first_of: BTreeMap<usize, u32> = BTreeMap::new();
        let mut parts = Vec::with_capacity(by_segment.len());
        let mut n_taken = 0;
        for (&segment, rows) in &mut by_segment {
            rows.sort_unstable();
            rows.dedup();
            first_of.insert(segment, n_taken);
            n_taken += rows.len() as u32;
            parts.push(self.take_of_segment(source, segment, rows, columns)?);
        }
        let Some(first) = parts.first() else {
            return Ok(RecordBatch::new_empty(Arc::new(schema(columns))));
        };
        let together = concat_batches(&first.schema(), &parts)?;
        let place = |row: &RowRef| {
            let among =
                by_segment[&row.segment].binary_search(&row.row).expect("every row asked for was taken");
            first_of[&row.segment] + among as u32
        };
        Ok(take_record_batch(&together, &rows.iter().map(place).collect::<UInt32Array>())?)
    }

    /// Lets go of cached columns of all segments but these: those of the newest snapshot.
    pub fn retain(&self, segments: &HashSet<SegmentId>) {
        self.cache.retain(segments);
    }

    /// Bytes that it holds between queries.
    pub fn held_bytes(&self) -> u64 {
        self.cache.bytes() + self.vocabulary.read().expect("no holder of this lock panics").bytes() as u64
    }

    /// The vocabulary of a query that begins now. Labels are the sites' own and may be ever new ones, so a vocabulary
    /// that has become too big is left to the queries that still use it.
    fn vocabulary(&self) -> Arc<Vocabulary> {
        let is_small = |vocabulary: &Vocabulary| vocabulary.bytes() as u64 <= self.vocabulary_bytes;
        {
            let current = self.vocabulary.read().expect("no holder of this lock panics");
            if is_small(&current) {
                return Arc::clone(&current);
            }
        }
        let mut current = self.vocabulary.write().expect("no holder of this lock panics");
        if !is_small(&current) {
            *current = Arc::default();
        }
        Arc::clone(&current)
    }

    /// Columns of a segment, from the cache or else from the source.
    fn batch(
        &self,
        source: &dyn Source,
        segment: usize,
        columns: &[SessionColumn],
        vocabulary: &Arc<Vocabulary>,
    ) -> Result<SessionBatch, RunError> {
        let about = &source.segments()[segment];
        let columns = held_as(columns);
        let Some(id) = about.id else {
            let batch = load(source, segment, &columns)?;
            return Ok(SessionBatch::new(segment, &batch, &columns, vocabulary)?);
        };
        let cached = |column| self.cache.get(id, column).filter(|held| held.is_of(vocabulary));
        let mut held: Vec<_> = columns.iter().map(|&column| (column, cached(column))).collect();
        if held.iter().any(|(_, held)| held.is_none()) {
            let _loading = self.loading(id);
            // Whoever had the lock before may have loaded what is missing.
            held.iter_mut()
                .filter(|(_, held)| held.is_none())
                .for_each(|(column, held)| *held = cached(*column));
            let missing = held.iter().filter(|(_, held)| held.is_none()).map(|(column, _)| *column);
            let missing: Vec<SessionColumn> = missing.collect();
            if !missing.is_empty() {
                let batch = load(source, segment, &missing)?;
                for (column, held) in held.iter_mut().filter(|(_, held)| held.is_none()) {
                    let loaded = hold(&batch, *column, vocabulary)?;
                    self.cache.put(id, *column, loaded.clone());
                    *held = Some(loaded);
                }
            }
        }
        let held = held.into_iter().filter_map(|(column, held)| Some((column, held?))).collect();
        Ok(SessionBatch::of_held(segment, about.rows, held, vocabulary))
    }

    fn loading(&self, id: SegmentId) -> MutexGuard<'_, ()> {
        let lock = &self.loading[(id.0 % LOADING_LOCKS as u64) as usize];
        // It guards nothing but time: a source that panicked has left nothing half done.
        lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Columns of some rows of a segment, which are ascending. Columns of steps are held as codes, and are read from the
    /// source.
    fn take_of_segment(
        &self,
        source: &dyn Source,
        segment: usize,
        rows: &[u32],
        columns: &[SessionColumn],
    ) -> Result<RecordBatch, RunError> {
        let id = source.segments()[segment].id;
        let indices = UInt32Array::from(rows.to_vec());
        let cached = |&column: &SessionColumn| -> Result<Option<ArrayRef>, RunError> {
            let held = id.and_then(|id| self.cache.get(id, column));
            Ok(held.and_then(|held| held.array()).map(|array| take(&array, &indices, None)).transpose()?)
        };
        let mut arrays = columns.iter().map(cached).collect::<Result<Vec<_>, _>>()?;
        let missing = columns.iter().zip(&arrays).filter(|(_, array)| array.is_none());
        let missing: Vec<SessionColumn> = missing.map(|(column, _)| *column).collect();
        if !missing.is_empty() {
            let loaded = source.load_rows(segment, &missing, rows)?;
            expect_rows(&loaded, segment, rows.len())?;
            for (column, array) in columns.iter().zip(&mut arrays).filter(|(_, array)| array.is_none()) {
                *array = Some(Arc::clone(checked(&loaded, *column)?));
            }
        }
        let arrays = arrays.into_iter().flatten();
        let named = columns
            .iter()
            .zip(arrays)
            .map(|(column, array)| (column.name(), array, column.column().nullable));
        Ok(RecordBatch::try_from_iter_with_nullable(named)?)
    }
}

/// Threads borrowed from all queries' number, given back at the end.
struct Borrowed<'a> {
    threads: usize,
    from: &'a AtomicUsize,
}

impl<'a> Borrowed<'a> {
    fn up_to(wanted: usize, from: &'a AtomicUsize) -> Self {
        let borrow = |spare: usize| Some(spare - spare.min(wanted));
        let spare = from.fetch_update(Ordering::Relaxed, Ordering::Relaxed, borrow).unwrap_or(0);
        Self { threads: spare.min(wanted), from }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.from.fetch_add(self.threads, Ordering::Relaxed);
    }
}

fn load(source: &dyn Source, segment: usize, held: &[SessionColumn]) -> Result<RecordBatch, RunError> {
    let rows = source.segments()[segment].rows;
    if held.is_empty() {
        // Only the number of rows is wanted, which is known.
        let options = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(rows));
        let nothing = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options);
        return Ok(nothing?);
    }
    let batch = source.load(segment, &loaded_for(held))?;
    expect_rows(&batch, segment, rows)?;
    Ok(batch)
}

fn expect_rows(batch: &RecordBatch, segment: usize, rows: usize) -> Result<(), SourceError> {
    if batch.num_rows() == rows {
        return Ok(());
    }
    let problem = format!("{} rows were read where there are {rows}", batch.num_rows());
    Err(SourceError { segment, source: problem.into() })
}

fn schema(columns: &[SessionColumn]) -> Schema {
    let field =
        |column: &SessionColumn| Field::new(column.name(), data_type(*column), column.column().nullable);
    Schema::new(columns.iter().map(field).collect::<Vec<_>>())
}

/// Whether a query is still wanted. Clones are one: whoever waits for the answer holds one, the query another.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the queries that hold it, at their next segment.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum RunError {
    /// Nobody waits for it any more.
    Cancelled,
    /// A segment could not be read.
    Source(SourceError),
    /// A column was not as it must be.
    Batch(BatchError),
    /// Rows could not be put together.
    Arrow(ArrowError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the query was cancelled"),
            Self::Source(error) => error.fmt(f),
            Self::Batch(error) => error.fmt(f),
            Self::Arrow(_) => f.write_str("rows could not be put together"),
        }
    }
}

impl std::error::Error for RunError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Cancelled => None,
            Self::Source(error) => std::error::Error::source(error),
            Self::Batch(error) => std::error::Error::source(error),
            Self::Arrow(error) => Some(error),
        }
    }
}

impl From<SourceError> for RunError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<BatchError> for RunError {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}

impl From<ArrowError> for RunError {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}
