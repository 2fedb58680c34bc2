//! What is counted of sessions themselves: how many there are, how many had errors, when they started.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::vocabulary::Vocabulary;
use arrow::array::Int32Array;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::time::Timestamp;
use std::ops::AddAssign;

/// How many sessions there are.
#[derive(Clone, Copy, Debug)]
pub struct Count;

/// Sessions counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// Sessions.
    pub total: u64,
    /// Of these, sessions with at least one error.
    pub with_errors: u64,
}

impl AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.total += other.total;
        self.with_errors += other.with_errors;
    }
}

impl Counted {
    pub(crate) fn of(errors: &Int32Array, selected: &BooleanBuffer) -> Self {
        let errors = errors.values();
        let with_errors = selected.set_slices().map(|(from, to)| count_above_zero(&errors[from..to])).sum();
        Self { total: selected.count_set_bits() as u64, with_errors }
    }
}

fn count_above_zero(values: &[i32]) -> u64 {
    // Sums of 32 bits over short chunks are what compilers make vector code of.
    values.chunks(1 << 16).map(|chunk| u64::from(chunk.iter().map(|&n| u32::from(n > 0)).sum::<u32>())).sum()
}

impl Analysis for Count {
    type Partial = Counted;
    type Answer = Counted;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::Errors]
    }

    fn empty(&self) -> Counted {
        Counted::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Counted {
        Counted::of(batch.ints(SessionColumn::Errors), selected)
    }

    fn merge(&self, mut one: Counted, other: Counted) -> Counted {
        one += other;
        one
    }

    fn finish(&self, counted: Counted, _: &Vocabulary) -> Counted {
        counted
    }
}

/// The earliest start; nothing where there are no sessions.
#[derive(Clone, Copy, Debug)]
pub struct FirstStart;

impl Analysis for FirstStart {
    type Partial = Option<Timestamp>;
    type Answer = Option<Timestamp>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::Start]
    }

    fn empty(&self) -> Option<Timestamp> {
        None
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Option<Timestamp> {
        let micros = batch.times(SessionColumn::Start).micros();
        let first = selected.set_slices().filter_map(|(from, to)| micros[from..to].iter().min()).min()?;
        Some(Timestamp(first.div_euclid(1000)))
    }

    fn merge(&self, one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
        one.into_iter().chain(other).min()
    }

    fn finish(&self, first: Option<Timestamp>, _: &Vocabulary) -> Option<Timestamp> {
        first
    }
}

/// Sessions by start, in buckets that need not be equally long: a day can have 23 or 25 hours.
#[derive(Clone, Debug)]
pub struct Histogram {
    edges: Vec<Timestamp>,
}

impl Histogram {
    /// Buckets between neighbouring edges, each from the one (included) to the next (excluded). Sessions outside all
    /// buckets are not counted.
    pub fn new(mut edges: Vec<Timestamp>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        Self { edges }
    }

    /// Its edges, ascending.
    pub fn edges(&self) -> &[Timestamp] {
        &self.edges
    }
}

impl Analysis for Histogram {
    type Partial = Vec<Counted>;
    /// Sessions of each bucket, one fewer than edges.
    type Answer = Vec<Counted>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::Start, SessionColumn::Errors]
    }

    fn empty(&self) -> Vec<Counted> {
        vec![Counted::default(); self.edges.len().saturating_sub(1)]
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Vec<Counted> {
        let starts = batch.times(SessionColumn::Start);
        let errors = batch.ints(SessionColumn::Errors).values();
        let mut counts = self.empty();
        // Neighbouring rows mostly start in one bucket, which then need not be searched for.
        let mut here = Timestamp(0)..Timestamp(0);
        let mut bucket = 0;
        for row in selected.set_slices().flat_map(|(from, to)| from..to) {
            let start = starts.get(row);
            if !here.contains(&start) {
                let after = self.edges.partition_point(|edge| *edge <= start);
                if after == 0 || after == self.edges.len() {
                    continue;
                }
                here = self.edges[after - 1]..self.edges[after];
                bucket = after - 1;
            }
            counts[bucket] += Counted { total: 1, with_errors: u64::from(errors[row] > 0) };
        }
        counts
    }

    fn merge(&self, mut one: Vec<Counted>, other: Vec<Counted>) -> Vec<Counted> {
        one.iter_mut().zip(other).for_each(|(one, other)| *one += other);
        one
    }

    fn finish(&self, counts: Vec<Counted>, _: &Vocabulary) -> Vec<Counted> {
        counts
    }
}
