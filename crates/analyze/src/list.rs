//! Lists of sessions: a page in some order, and what is counted over the whole list, from the same rows.
//!
//! The order is by a value, then newest start, then highest id. Pages are cut by the last row's key and not by a
//! number of rows, so that sessions that arrive meanwhile shift nothing.
//!
//! Ids are wide, and seldom needed to put rows in order. So a scan keeps candidates by (value, start), with all rows
//! that are equal to the last one, and [`list`] reads ids of those alone that nothing else tells apart.
//!
//! Limit: where very many sessions have the same value and start, all their ids are read for each page.

use crate::analysis::Analysis;
use crate::batch::{SessionBatch, Times};
use crate::filter::Filter;
use crate::scheduler::{Cancel, RunError, Scheduler};
use crate::source::{RowRef, Source, SourceError};
use crate::starts::Counted;
use crate::vocabulary::Vocabulary;
use arrow::array::{Array, AsArray};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::{ColumnType, SessionColumn};
use footpath_model::id::SessionId;
use footpath_model::time::Timestamp;
use std::cmp::Reverse;
use std::collections::HashMap;

/// A page of a list. As an analysis it finds the candidates; [`list`] answers the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct List {
    /// The order.
    pub order: Order,
    /// The last row of the page before.
    pub after: Option<ListCursor>,
    /// Rows, at most.
    pub limit: usize,
}

/// The order of a list. Rows without a value come last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
    by: SessionColumn,
    direction: Direction,
}

/// Which values come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The smallest.
    Ascending,
    /// The greatest.
    Descending,
}

impl Order {
    /// Newest start first.
    pub const NEWEST: Self = Self { by: SessionColumn::Start, direction: Direction::Descending };

    /// By a column; nothing where a list cannot be ordered by it: it must be the start, or a column of 32-bit integers.
    pub fn new(by: SessionColumn, direction: Direction) -> Option<Self> {
        let orders = by == SessionColumn::Start || by.column().ty == ColumnType::Int;
        orders.then_some(Self { by, direction })
    }

    /// The column.
    pub fn by(self) -> SessionColumn {
        self.by
    }

    /// The direction.
    pub fn direction(self) -> Direction {
        self.direction
    }

    /// Smaller comes first.
    fn rank(self, value: i64) -> i64 {
        match self.direction {
            Direction::Ascending => value,
            // Reverses the order, and has no overflow.
            Direction::Descending => !value,
        }
    }

    fn key(self, value: Option<i64>, start: Timestamp) -> Key {
        (value.map_or(NO_VALUE, |value| self.rank(value)), !start.0)
    }

    fn value(self, (rank, _): Key) -> Option<i64> {
        (rank != NO_VALUE).then(|| self.rank(rank))
    }
}

/// A row's place in an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListCursor {
    /// What the list is ordered by; milliseconds where that is the start.
    pub value: Option<i64>,
    /// The start.
    pub start: Timestamp,
    /// The session.
    pub id: SessionId,
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListPage {
    /// The rows, in order; [`Scheduler::take`] reads them.
    pub rows: Vec<ListRow>,
    /// Sessions counted over all pages.
    pub counted: Counted,
    /// Whether there is a page after this one.
    pub more: bool,
}

/// A row of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListRow {
    /// Where it is.
    pub row: RowRef,
    /// What the list is ordered by.
    pub value: Option<i64>,
    /// The start.
    pub start: Timestamp,
}

impl ListRow {
    /// The cursor for the page after it, given its session's id.
    pub fn cursor(self, id: SessionId) -> ListCursor {
        ListCursor { value: self.value, start: self.start, id }
    }
}

/// A page of a list, from the same snapshot as its counts.
///
/// # Errors
/// As [`Scheduler::run`].
pub fn list(
    scheduler: &Scheduler,
    source: &dyn Source,
    filter: &Filter,
    list: &List,
    cancel: &Cancel,
) -> Result<ListPage, RunError> {
    page(scheduler, source, scheduler.run(source, filter, list, cancel)?, list)
}

/// The page that candidates make.
pub(crate) fn page(
    scheduler: &Scheduler,
    source: &dyn Source,
    candidates: Candidates,
    list: &List,
) -> Result<ListPage, RunError> {
    let tied = candidates.tied();
    let ids = scheduler.take(source, &tied, &[SessionColumn::Id])?;
    let mut id_of = HashMap::with_capacity(tied.len());
    for (row, text) in tied.iter().zip(ids.column(0).as_string::<i32>()) {
        let id = text.unwrap_or_default().parse::<SessionId>();
        let failed = |error| SourceError { segment: row.segment, source: Box::new(error) };
        id_of.insert(*row, id.map_err(failed)?);
    }
    Ok(candidates.page(list, &id_of))
}

/// Rank by the value, then the start reversed: smaller comes first.
type Key = (i64, i64);
type Keyed = (Key, RowRef);

/// The rank of rows that have no value. Ranks of values are those of 32-bit integers or of times, and smaller.
const NO_VALUE: i64 = i64::MAX;
/// Candidates are sifted when there are twice as many as are wanted, but not below this number.
const SIFTED_AT: usize = 1024;

/// Rows that are looked at together.
const BLOCK: usize = 64;
/// One row of so many is looked at before all are; prime, lest rows repeat in step with it.
const SAMPLED_EVERY: usize = 61;

/// The earliest start, in microseconds, that a key with the same rank may have and still be at most this one.
fn start_micros(last: Key) -> i64 {
    (!last.1).saturating_mul(1000)
}

/// The rows that may be on a page, as far as can be said without their ids.
#[derive(Debug, Default)]
pub struct Candidates {
    counted: Counted,
    /// Rows that are equal to the cursor but for the id.
    at_cursor: Vec<Keyed>,
    /// The first rows after the cursor, with all that are equal to the last of them.
    after: Vec<Keyed>,
}

impl Candidates {
    /// Rows whose ids decide, because another row is equal to them.
    fn tied(&self) -> Vec<RowRef> {
        let groups = self.after.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
        self.at_cursor.iter().chain(groups.flatten()).map(|(_, row)| *row).collect()
    }

    fn page(mut self, list: &List, id_of: &HashMap<RowRef, SessionId>) -> ListPage {
        let beyond = |row: &RowRef| list.after.is_some_and(|cursor| id_of[row] < cursor.id);
        self.at_cursor.retain(|(_, row)| beyond(row));
        let mut rows = self.at_cursor;
        rows.append(&mut self.after);
        rows.sort_unstable_by_key(|(key, row)| (*key, Reverse(id_of.get(row).copied())));
        let more = rows.len() > list.limit;
        rows.truncate(list.limit);
        let row = |(key, row): Keyed| ListRow { row, value: list.order.value(key), start: Timestamp(!key.1) };
        ListPage { rows: rows.into_iter().map(row).collect(), counted: self.counted, more }
    }
}

impl Analysis for List {
    type Partial = Candidates;
    type Answer = Candidates;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![self.order.by, SessionColumn::Start, SessionColumn::Errors]
    }

    fn empty(&self) -> Candidates {
        Candidates::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Candidates {
        let mut sieve = Sieve::new(self, batch.segment(), batch.times(SessionColumn::Start));
        let micros = sieve.starts.micros();
        let order = self.order;
        if order.by == SessionColumn::Start {
            let starts = sieve.starts;
            let rank = |row: usize| order.rank(starts.get(row).0);
            match order.direction {
                Direction::Ascending => {
                    sieve.sift(selected, rank, |row, last| {
                        micros[row] < last.0.saturating_add(1).saturating_mul(1000)
                    });
                }
                Direction::Descending => {
                    sieve.sift(selected, rank, |row, last| micros[row] >= start_micros(last))
                }
            }
        } else {
            let ints = batch.ints(order.by);
            let values = ints.values();
            let rank_of = |row: usize| order.rank(values[row].into());
            let passes = |rank: i64, row: usize, last: Key| {
                (rank < last.0) | ((rank == last.0) & (micros[row] >= start_micros(last)))
            };
            match ints.nulls() {
                None => sieve.sift(selected, rank_of, |row, last| passes(rank_of(row), row, last)),
                Some(nulls) => {
                    let rank = |row: usize| if nulls.is_valid(row) { rank_of(row) } else { NO_VALUE };
                    sieve.sift(selected, rank, |row, last| passes(rank(row), row, last));
                }
            }
        }
        let counted = Counted::of(batch.ints(SessionColumn::Errors), selected);
        Candidates { counted, at_cursor: sieve.at_cursor, after: sieve.first }
    }

    fn merge(&self, mut one: Candidates, mut other: Candidates) -> Candidates {
        one.counted += other.counted;
        one.at_cursor.append(&mut other.at_cursor);
        one.after.append(&mut other.after);
        keep_first(&mut one.after, self.wanted());
        one
    }

    fn finish(&self, mut candidates: Candidates, _: &Vocabulary) -> Candidates {
        candidates.after.sort_unstable();
        candidates
    }
}

impl List {
    /// One row more than the page, to know whether there is one.
    fn wanted(&self) -> usize {
        self.limit.saturating_add(1)
    }
}

/// Keeps the first rows of a scan.
struct Sieve<'a> {
    list: &'a List,
    cursor: Option<Key>,
    segment: usize,
    starts: Times<'a>,
    at_cursor: Vec<Keyed>,
    first: Vec<Keyed>,
    /// Rows behind it are not among the first.
    last: Key,
    sifted_at: usize,
}

impl<'a> Sieve<'a> {
    fn new(list: &'a List, segment: usize, starts: Times<'a>) -> Self {
        Self {
            list,
            cursor: list.after.map(|cursor| list.order.key(cursor.value, cursor.start)),
            segment,
            starts,
            at_cursor: Vec::new(),
            first: Vec::new(),
            last: (i64::MAX, i64::MAX),
            sifted_at: SIFTED_AT.max(list.wanted().saturating_mul(2)),
        }
    }

    /// `passes` says whether a row's key is at most the last one; it has no branches, as there is nothing to predict.
    fn sift(
        &mut self,
        selected: &BooleanBuffer,
        rank: impl Fn(usize) -> i64,
        passes: impl Fn(usize, Key) -> bool,
    ) {
        let starts = self.starts;
        let key = |row| (rank(row), !starts.get(row).0);
        self.sample(selected, key);
        for (from, to) in selected.set_slices() {
            for block in (from..to).step_by(BLOCK).map(|from| from..to.min(from + BLOCK)) {
                // Of most blocks no row is among the first.
                let last = self.last;
                if block.clone().fold(false, |any, row| any | passes(row, last)) {
                    block.filter(|&row| passes(row, last)).for_each(|row| self.put(key(row), row));
                }
            }
        }
        keep_first(&mut self.first, self.list.wanted());
    }

    /// Rows lie in order of time as a rule, so that each is newer than all before it. What is among the first of some rows
    /// taken from everywhere is known to bound the first of all, and few pass it.
    fn sample(&mut self, selected: &BooleanBuffer, key: impl Fn(usize) -> Key) {
        let rows = (0..selected.len()).step_by(SAMPLED_EVERY).filter(|&row| selected.value(row));
        let after = |key: &Key| self.cursor.is_none_or(|cursor| *key > cursor);
        let mut sampled: Vec<Key> = rows.map(key).filter(after).collect();
        let wanted = self.list.wanted();
        if sampled.len() > wanted {
            self.last = *sampled.select_nth_unstable(wanted - 1).1;
        }
    }

    fn put(&mut self, key: Key, row: usize) {
        let row = RowRef { segment: self.segment, row: row as u32 };
        match self.cursor {
            Some(cursor) if key < cursor => return,
            Some(cursor) if key == cursor => self.at_cursor.push((key, row)),
            Some(_) | None => self.first.push((key, row)),
        }
        if self.first.len() >= self.sifted_at {
            if let Some(last) = keep_first(&mut self.first, self.list.wanted()) {
                self.last = last;
            }
            // However many are equal to the last, sifting stays in proportion to what was added.
            self.sifted_at = SIFTED_AT.max(2 * self.first.len());
        }
    }
}

/// Keeps the first rows, with all that are equal to the last of them, whose key is given back; nothing where there
/// are no more than wanted.
fn keep_first(rows: &mut Vec<Keyed>, wanted: usize) -> Option<Key> {
    if rows.len() <= wanted {
        return None;
    }
    let last = rows.select_nth_unstable_by_key(wanted - 1, |(key, _)| *key).1.0;
    rows.retain(|(key, _)| *key <= last);
    Some(last)
}
