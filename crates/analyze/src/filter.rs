//! Which sessions count: a filter becomes the columns it reads, a segment's pruning, and a mask over a segment's rows.
//!
//! A range selects whole sessions by their start; events are never clipped first. The search is asked last, of the rows
//! that are left.

use crate::batch::SessionBatch;
use crate::scheduler::RunError;
use crate::search::{CompiledSearch, Load};
use crate::source::Segment;
use crate::vocabulary::Vocabulary;
use arrow::array::Array;
use arrow::buffer::BooleanBuffer;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::SessionColumn;
use footpath_model::time::Timestamp;
use std::ops::Range;
use std::sync::Arc;

/// Which sessions are asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Starts, from (included) to (excluded).
    pub range: Range<Timestamp>,
    /// What is done with bots.
    pub bots: Bots,
    /// What else must be so of them.
    pub search: Option<Arc<CompiledSearch>>,
}

/// What is done with sessions that are thought to be no person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Bots {
    /// Left out.
    #[default]
    Exclude,
    /// Kept among the others.
    Include,
    /// Nothing else is kept.
    Only,
}

impl Bots {
    /// Whether a session counts that is, or is not, thought to be no person's.
    pub fn keeps(self, is_bot: bool) -> bool {
        match self {
            Self::Exclude => !is_bot,
            Self::Include => true,
            Self::Only => is_bot,
        }
    }
}

impl Filter {
    /// Every session, bots too.
    pub fn all() -> Self {
        Self { range: Timestamp(i64::MIN)..Timestamp(i64::MAX), bots: Bots::Include, search: None }
    }

    /// Whether no session of the segment can count, so that it need not be loaded.
    pub fn prunes(&self, segment: &Segment) -> bool {
        let outside = |range: &Range<Timestamp>| {
            range.is_empty() || *segment.starts.end() < range.start || range.end <= *segment.starts.start()
        };
        let unfound = |search: &Arc<CompiledSearch>| outside(search.starts());
        outside(&self.range)
            || self.search.as_ref().is_some_and(unfound)
            || segment.hidden.len() >= segment.rows
    }

    /// All columns that it may read, of any segment.
    pub fn columns(&self) -> Vec<SessionColumn> {
        let mut columns = self.search.as_ref().map(|search| search.columns()).unwrap_or_default();
        columns.extend([SessionColumn::Start, SessionColumn::Bot]);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Columns that say which rows of a segment are in range and of the right visitors.
    fn columns_of(&self, segment: &Segment) -> Vec<SessionColumn> {
        let mut columns = Vec::new();
        if !self.covers(segment) {
            columns.push(SessionColumn::Start);
        }
        match self.bots {
            Bots::Include => {}
            Bots::Exclude | Bots::Only => columns.push(SessionColumn::Bot),
        }
        columns
    }

    /// The rows of a segment that count, hidden ones left out.
    ///
    /// # Errors
    /// Where columns cannot be loaded.
    pub(crate) fn select(&self, segment: &Segment, load: &mut Load<'_>) -> Result<BooleanBuffer, RunError> {
        let rows = self.in_range(segment, &load(&self.columns_of(segment))?);
        match &self.search {
            None => Ok(rows),
            Some(search) => search.select(&rows, load),
        }
    }

    /// The rows that count of a batch that holds all columns that are read: for who has rows and asks for nothing else.
    ///
    /// # Errors
    /// Where a column is missing, or is not of its type.
    pub fn of_rows(&self, rows: &RecordBatch) -> Result<BooleanBuffer, RunError> {
        let any_time = Timestamp(i64::MIN)..=Timestamp(i64::MAX);
        let segment = Segment { id: None, rows: rows.num_rows(), starts: any_time, hidden: Arc::default() };
        let vocabulary = Arc::<Vocabulary>::default();
        self.select(&segment, &mut |columns| Ok(SessionBatch::new(0, rows, columns, &vocabulary)?))
    }

    fn in_range(&self, segment: &Segment, batch: &SessionBatch) -> BooleanBuffer {
        let rows = batch.rows();
        let in_range = if self.covers(segment) {
            BooleanBuffer::new_set(rows)
        } else {
            let starts = batch.times(SessionColumn::Start).micros();
            let range = micros(self.range.start)..micros(self.range.end);
            BooleanBuffer::collect_bool(rows, |row| range.contains(&starts[row]))
        };
        let selected = match self.bots {
            Bots::Include => in_range,
            Bots::Exclude => &in_range & &!&bots(batch),
            Bots::Only => &in_range & &bots(batch),
        };
        without(selected, &segment.hidden)
    }

    fn covers(&self, segment: &Segment) -> bool {
        self.range.start <= *segment.starts.start() && *segment.starts.end() < self.range.end
    }
}

fn micros(at: Timestamp) -> i64 {
    at.0.saturating_mul(1000)
}

fn bots(batch: &SessionBatch) -> BooleanBuffer {
    match batch.words(SessionColumn::Bot).array().logical_nulls() {
        Some(nulls) => nulls.inner().clone(),
        None => BooleanBuffer::new_set(batch.rows()),
    }
}

fn without(selected: BooleanBuffer, hidden: &[u32]) -> BooleanBuffer {
    if hidden.is_empty() {
        return selected;
    }
    let mut hidden = hidden.iter().map(|&row| row as usize).peekable();
    let seen = BooleanBuffer::collect_bool(selected.len(), |row| hidden.next_if_eq(&row).is_none());
    &selected & &seen
}
