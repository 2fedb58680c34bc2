//! Where rows come from: one consistent snapshot of sessions, in segments.
//!
//! A segment is a file of the lake, or the live set as it is now. In a snapshot every session is one row: where a live
//! session shadows a row of a file, that row is hidden. Hidden rows belong to the snapshot and not to the file, so
//! that a file's decoded columns stay good for the snapshots to come.

use arrow::array::UInt32Array;
use arrow::compute::take_record_batch;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::SessionColumn;
use footpath_model::time::Timestamp;
use std::error::Error;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// One consistent snapshot of one site's sessions.
///
/// Several threads call it at once. Arrow types are those of the lake: `Id` and `Text` are Utf8, `Word` is
/// Dictionary(Int32, Utf8), `Time` is Timestamp(Microsecond, "UTC"), `Day` is Date32, `Int` is Int32, `Long` is Int64,
/// `Float` is Float64, `Bool` is Boolean, and `Words`, `Ints`, `Floats` are lists of these.
pub trait Source: Sync {
    /// The segments; the same ones, in the same order, as long as the source lives.
    fn segments(&self) -> &[Segment];

    /// Columns of all rows of a segment, hidden ones too, under the columns' names and in any order. May block.
    ///
    /// # Errors
    /// Where the rows cannot be read.
    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError>;

    /// The same of a few rows, which are ascending and without repetition. A source that can read rows without
    /// their neighbours should; this way reads all and throws most away.
    ///
    /// # Errors
    /// As [`Source::load`].
    fn load_rows(
        &self,
        segment: usize,
        columns: &[SessionColumn],
        rows: &[u32],
    ) -> Result<RecordBatch, SourceError> {
        let all = self.load(segment, columns)?;
        let failed = |error: ArrowError| SourceError { segment, source: error.into() };
        take_record_batch(&all, &UInt32Array::from(rows.to_vec())).map_err(failed)
    }
}

/// A part of a source that is loaded and scanned as one.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its name for the cache; nothing where its rows change, which is then never cached.
    pub id: Option<SegmentId>,
    /// Rows, with the hidden ones.
    pub rows: usize,
    /// Earliest and latest start, or wider; segments outside a filter's range are not loaded.
    pub starts: RangeInclusive<Timestamp>,
    /// Rows that are not in this snapshot, ascending.
    pub hidden: Arc<[u32]>,
}

/// The same for the same rows, in all snapshots; never used again for others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SegmentId(pub u64);

/// A row of a source. It has no meaning in another snapshot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RowRef {
    /// Place of its segment in [`Source::segments`].
    pub segment: usize,
    /// Its place in that segment.
    pub row: u32,
}

/// A segment that could not be read.
#[derive(Debug)]
pub struct SourceError {
    /// Place of the segment in [`Source::segments`].
    pub segment: usize,
    /// Why.
    pub source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {} could not be read", self.segment)
    }
}

impl Error for SourceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
