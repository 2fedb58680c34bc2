//! Which sessions of a batch can still grow, read off narrow columns: an end is a start and a duration.

use crate::batch::SessionBatch;
use arrow::array::Array;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::document::AsOf;

/// What [`Live`] reads.
pub(crate) const LIVE_COLUMNS: [SessionColumn; 3] =
    [SessionColumn::Start, SessionColumn::Duration, SessionColumn::ClosedBy];

pub(crate) struct Live<'a> {
    starts: &'a [i64],
    durations: &'a [i32],
    closed: &'a dyn Array,
    /// Sessions that ended before this are over, microseconds.
    live_from: i64,
}

impl<'a> Live<'a> {
    pub(crate) fn of(batch: &'a SessionBatch, as_of: AsOf) -> Self {
        Self {
            starts: batch.times(SessionColumn::Start).micros(),
            durations: batch.ints(SessionColumn::Duration).values(),
            closed: batch.words(SessionColumn::ClosedBy).array(),
            live_from: as_of.now.0.saturating_sub(as_of.timeout_ms).saturating_mul(1000),
        }
    }

    #[inline]
    pub(crate) fn is_live(&self, row: usize) -> bool {
        // Times are whole milliseconds, kept as microseconds.
        let end = self.starts[row] + i64::from(self.durations[row]) * 1000;
        end >= self.live_from && self.closed.is_null(row)
    }
}
