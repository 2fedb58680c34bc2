//! A search, compiled: which columns it reads, and which rows it finds. It must find what
//! [`footpath_model::search::matches`] does, which says what a search means.
//!
//! ```text
//! Search ──new──► CompiledSearch ──select──► bits        (cheap parts first, each only for rows that are still open)
//!                   │ parts: session │ event │ sequence │ text
//!                   └ each: columns, mask
//! ```
//!
//! A predicate is asked once for each word of a column's dictionary, and rows are told by its codes. What is said of one
//! event is told for all events of the open rows at once, as one flag each, and then gathered by session; a sequence is a
//! walk over such flags in order of time.
//!
//! Limits: dictionaries are asked anew for each segment and query, so a site with very many different paths pays for them.

mod bits;
mod elements;
mod event;
mod sequence;
mod session;
mod stops;
mod text;

pub(crate) use bits::is_none;
pub(crate) use session::columns_of;
pub(crate) use stops::{At, Moments, StopTests};

use crate::batch::SessionBatch;
use crate::scheduler::RunError;
use arrow::buffer::BooleanBuffer;
use event::EventTest;
use footpath_model::columns::{ColumnType, SessionColumn};
use footpath_model::search::{Clock, Expr, Part, Search, SessionField};
use footpath_model::time::Timestamp;
use sequence::SequenceTest;
use session::SessionTest;
use std::ops::Range;
use text::TextTest;

/// A search that is ready to be asked of batches, as of one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompiledSearch {
    search: Search,
    /// The tests, in the order of [`Search::parts`].
    tests: Vec<Test>,
    /// By places in the tests; cheap ones first.
    root: Option<Expr<usize>>,
    /// No session that starts outside is found.
    starts: Range<Timestamp>,
}

/// What one part of a search asks.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Test {
    Session(SessionTest),
    Event(EventTest),
    Sequence(SequenceTest),
    Text(TextTest),
}

/// Gives columns of the segment that is searched, from the cache where they are there.
pub(crate) type Load<'a> = dyn FnMut(&[SessionColumn]) -> Result<SessionBatch, RunError> + 'a;

impl CompiledSearch {
    /// A search, asked at one moment.
    pub fn new(search: Search, clock: Clock<'_>) -> Self {
        let tests: Vec<Test> = search.parts().into_iter().map(|(part, _)| Test::new(part, clock)).collect();
        let mut places = 0..;
        let numbered = search.root.as_ref().map(|root| root.map(&mut |_| places.next().unwrap_or(0)));
        let starts = starts_of(&search, &tests);
        let costs: Vec<u32> = tests.iter().map(Test::cost).collect();
        let root = numbered.map(|root| cheap_first(root, &costs));
        Self { search, tests, root, starts }
    }

    /// What is asked.
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// All columns that it may read.
    pub fn columns(&self) -> Vec<SessionColumn> {
        let mut columns: Vec<SessionColumn> = self.tests.iter().flat_map(Test::columns).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Starts of the sessions that it can find, or more.
    pub fn starts(&self) -> &Range<Timestamp> {
        &self.starts
    }

    /// Those of the rows that it finds. Columns are loaded as they are needed, so that what cheap parts have decided costs
    /// nothing more.
    ///
    /// # Errors
    /// Where columns cannot be loaded.
    pub(crate) fn select(
        &self,
        rows: &BooleanBuffer,
        load: &mut Load<'_>,
    ) -> Result<BooleanBuffer, RunError> {
        match &self.root {
            None => Ok(rows.clone()),
            Some(root) => self.found(root, rows, load),
        }
    }

    fn found(
        &self,
        expr: &Expr<usize>,
        rows: &BooleanBuffer,
        load: &mut Load<'_>,
    ) -> Result<BooleanBuffer, RunError> {
        if bits::is_none(rows) {
            return Ok(rows.clone());
        }
        match expr {
            Expr::All(exprs) => {
                exprs.iter().try_fold(rows.clone(), |open, expr| self.found(expr, &open, load))
            }
            Expr::Any(exprs) => {
                let (negative, positive): (Vec<_>, Vec<_>) =
                    exprs.iter().partition(|expr| expr.is_negative());
                let mut found = if positive.is_empty() { rows.clone() } else { bits::none(rows.len()) };
                for expr in positive {
                    found = &found | &self.found(expr, &bits::without(rows, &found), load)?;
                }
                negative.into_iter().try_fold(found, |open, expr| self.found(expr, &open, load))
            }
            Expr::Not(inner) => Ok(bits::without(rows, &self.found(inner, rows, load)?)),
            Expr::Leaf(place) => {
                let test = &self.tests[*place];
                Ok(test.mask(&load(&test.columns())?, rows))
            }
        }
    }

    /// Of each part, which of the rows it holds for; the batch must have all [`CompiledSearch::columns`].
    pub(crate) fn masks(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> Vec<BooleanBuffer> {
        self.tests.iter().map(|test| test.mask(batch, rows)).collect()
    }

    /// Which places of parts it is made of.
    pub(crate) fn root(&self) -> Option<&Expr<usize>> {
        self.root.as_ref()
    }
}

/// What an expression finds among rows, where it is known of each of its leaves.
pub(crate) fn combined(expr: &Expr<usize>, masks: &[BooleanBuffer], rows: &BooleanBuffer) -> BooleanBuffer {
    match expr {
        Expr::All(exprs) => exprs.iter().fold(rows.clone(), |open, expr| combined(expr, masks, &open)),
        Expr::Any(exprs) => {
            let (negative, positive): (Vec<_>, Vec<_>) = exprs.iter().partition(|expr| expr.is_negative());
            let mut found = if positive.is_empty() { rows.clone() } else { bits::none(rows.len()) };
            for expr in positive {
                found = &found | &combined(expr, masks, rows);
            }
            negative.into_iter().fold(found, |open, expr| combined(expr, masks, &open))
        }
        Expr::Not(inner) => bits::without(rows, &combined(inner, masks, rows)),
        Expr::Leaf(place) => rows & &masks[*place],
    }
}

/// The same with what costs little before what costs much.
fn cheap_first(expr: Expr<usize>, costs: &[u32]) -> Expr<usize> {
    let sorted = |exprs: Vec<Expr<usize>>| {
        let mut exprs: Vec<_> = exprs.into_iter().map(|expr| cheap_first(expr, costs)).collect();
        exprs.sort_by_key(|expr| expr.leaves().into_iter().map(|(place, _)| costs[*place]).sum::<u32>());
        exprs
    };
    match expr {
        Expr::All(exprs) => Expr::All(sorted(exprs)),
        Expr::Any(exprs) => Expr::Any(sorted(exprs)),
        Expr::Not(inner) => Expr::Not(Box::new(cheap_first(*inner, costs))),
        leaf @ Expr::Leaf(_) => leaf,
    }
}

/// Where all sessions that are found must start: said by clauses that must hold.
fn starts_of(search: &Search, tests: &[Test]) -> Range<Timestamp> {
    let mut starts = Timestamp(i64::MIN)..Timestamp(i64::MAX);
    let mut place = 0;
    for conjunct in search.conjuncts() {
        if let (Expr::Leaf(Part::Session(clause)), Test::Session(test)) = (conjunct, &tests[place])
            && clause.field == SessionField::Started
            && let Some(of_clause) = test.instants()
        {
            starts = starts.start.max(of_clause.start)..starts.end.min(of_clause.end);
        }
        place += conjunct.leaves().len();
    }
    starts
}

impl Test {
    fn new(part: &Part, clock: Clock<'_>) -> Self {
        match part {
            Part::Text(values) => Self::Text(TextTest::new(values, clock.zone)),
            Part::Session(clause) => Self::Session(SessionTest::new(clause, clock)),
            Part::Event(event) => Self::Event(EventTest::new(event)),
            Part::Sequence(stops) => Self::Sequence(SequenceTest::new(stops)),
        }
    }

    fn columns(&self) -> Vec<SessionColumn> {
        match self {
            Self::Session(test) => test.columns(),
            Self::Event(test) => test.columns(),
            Self::Sequence(test) => test.columns(),
            Self::Text(test) => test.columns(),
        }
    }

    /// The rows, among these, that it holds for.
    fn mask(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        match self {
            Self::Session(test) => test.mask(batch, rows),
            Self::Event(test) => test.mask(batch, rows),
            Self::Sequence(test) => test.mask(batch, rows),
            Self::Text(test) => test.mask(batch, rows),
        }
    }

    /// Roughly, in columns of one word a session.
    fn cost(&self) -> u32 {
        self.columns().into_iter().map(cost).sum()
    }
}

fn cost(column: SessionColumn) -> u32 {
    match column.column().ty {
        ColumnType::Word
        | ColumnType::Time
        | ColumnType::Day
        | ColumnType::Int
        | ColumnType::Long
        | ColumnType::Float
        | ColumnType::Bool => 1,
        ColumnType::Id | ColumnType::Text => 4,
        // Most sessions have no error, many have tens of requests.
        ColumnType::Words | ColumnType::Ints | ColumnType::Floats => {
            if column.name().starts_with("error_") {
                2
            } else {
                8
            }
        }
    }
}
