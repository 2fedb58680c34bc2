//! Whole paths: all are counted by their number, then the most frequent ones are looked at again for their names and times.
//!
//! Limit: all different paths' numbers are held until the most frequent are known, 16 bytes or so each.

use super::walk::{Open, Walk, open_columns};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::patterns::step_times;
use crate::reports::scope::rows;
use crate::reports::tally::{Tally, whole};
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::journeys::{Journeys, Variant, path_number};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// For each place its step's number.
pub(super) fn numbers(batch: &SessionBatch) -> Vec<u64> {
    let names = batch.vocabulary().names();
    batch.steps().dictionary().iter().map(|&code| names.number(code)).collect()
}

/// The number of the path that was walked, cut at the depth.
#[inline]
fn number(walk: &Walk<'_>, depth: usize, numbers: &[u64]) -> u64 {
    let stops = walk.path.iter().take(depth);
    stops.fold(0, |before, stop| path_number(before, numbers[stop.place as usize]))
}

/// How many sessions have each path.
#[derive(Debug)]
pub struct VariantCounts<'a>(pub &'a Journeys);

impl Analysis for VariantCounts<'_> {
    type Partial = FxHashMap<u64, u32>;
    /// The most frequent paths' numbers, in their order; and how many paths there are.
    type Answer = (Vec<u64>, u64);

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::StepLabel]
    }

    fn empty(&self) -> Self::Partial {
        FxHashMap::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let (mut walk, numbers) = (Walk::new(self.0, batch, self.0.depth), numbers(batch));
        let mut counts = FxHashMap::default();
        for row in rows(selected) {
            if walk.walk(row) {
                *counts.entry(number(&walk, self.0.depth, &numbers)).or_default() += 1;
            }
        }
        counts
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        fewer.into_iter().for_each(|(path, sessions)| *more.entry(path).or_default() += sessions);
        more
    }

    fn finish(&self, counts: Self::Partial, _: &Vocabulary) -> Self::Answer {
        most_frequent(counts.into_iter(), self.0.variants)
    }
}

/// Of paths by number with their sessions the most frequent ones, in their order; and how many paths there are.
pub(super) fn most_frequent(counts: impl Iterator<Item = (u64, u32)>, wanted: usize) -> (Vec<u64>, u64) {
    let mut ranked: Vec<(Reverse<u32>, u64)> =
        counts.map(|(path, sessions)| (Reverse(sessions), path)).collect();
    let n_variants = ranked.len() as u64;
    let wanted = wanted.min(ranked.len());
    if wanted > 0 && wanted < ranked.len() {
        ranked.select_nth_unstable(wanted - 1);
    }
    ranked.truncate(wanted);
    ranked.sort_unstable();
    (ranked.into_iter().map(|(_, path)| path).collect(), n_variants)
}

/// What is measured of a path.
#[derive(Clone, Debug, Default)]
pub struct VariantCell {
    steps: Vec<StepCode>,
    repeats: Vec<u64>,
    sessions: u64,
    continued: u64,
    ended: u64,
    open: u64,
    time: Tally,
}

/// Measures some paths.
#[derive(Debug)]
pub struct VariantCells<'a> {
    asked: &'a Journeys,
    /// By number, the path's place.
    place_of: FxHashMap<u64, usize>,
}

impl<'a> VariantCells<'a> {
    /// The paths of these numbers.
    pub fn new(asked: &'a Journeys, paths: Vec<u64>) -> Self {
        Self { asked, place_of: paths.into_iter().zip(0..).collect() }
    }
}

impl Analysis for VariantCells<'_> {
    type Partial = Vec<VariantCell>;
    type Answer = Vec<Variant>;

    fn columns(&self) -> Vec<SessionColumn> {
        [open_columns(self.asked), &[SessionColumn::StepLabel, SessionColumn::StepOffset]].concat()
    }

    fn empty(&self) -> Self::Partial {
        vec![VariantCell::default(); self.place_of.len()]
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let (open, numbers, times) = (Open::of(self.asked, batch), numbers(batch), step_times(batch));
        let depth = self.asked.depth;
        let mut walk = Walk::new(self.asked, batch, depth + 1);
        let mut cells = self.empty();
        for row in rows(selected) {
            if !walk.walk(row) {
                continue;
            }
            let Some(&place) = self.place_of.get(&number(&walk, depth, &numbers)) else { continue };
            let (cell, stops) = (&mut cells[place], &walk.path[..walk.path.len().min(depth)]);
            if cell.sessions == 0 {
                let code = |place: u32| batch.steps().dictionary()[place as usize];
                cell.steps = stops.iter().map(|stop| code(stop.place)).collect();
                cell.repeats = vec![0; stops.len()];
            }
            cell.sessions += 1;
            cell.repeats.iter_mut().zip(stops).for_each(|(sum, stop)| *sum += u64::from(stop.times));
            match walk.path.len() > stops.len() {
                true => cell.continued += 1,
                false if open.is_open(row) => cell.open += 1,
                false => cell.ended += 1,
            }
            if let (Some(first), Some(last)) = (stops.first(), stops.last()) {
                let [first, last] = [first, last].map(|stop| times[stop.first as usize]);
                cell.time.add(whole(last.saturating_sub(first).saturating_abs()));
            }
        }
        cells
    }

    fn merge(&self, mut one: Self::Partial, other: Self::Partial) -> Self::Partial {
        for (one, other) in one.iter_mut().zip(other) {
            if one.sessions == 0 {
                *one = other;
            } else if other.sessions > 0 {
                one.repeats.iter_mut().zip(other.repeats).for_each(|(sum, more)| *sum += more);
                one.sessions += other.sessions;
                one.continued += other.continued;
                one.ended += other.ended;
                one.open += other.open;
                one.time.merge(other.time);
            }
        }
        one
    }

    fn finish(&self, cells: Self::Partial, vocabulary: &Vocabulary) -> Vec<Variant> {
        let names = vocabulary.names();
        let variant = |cell: VariantCell| Variant {
            steps: cell.steps.into_iter().map(|code| names.name(code).clone()).collect(),
            repeats: cell.repeats,
            sessions: cell.sessions,
            continued: cell.continued,
            ended: cell.ended,
            open: cell.open,
            time: cell.time.timing(),
        };
        cells.into_iter().map(variant).collect()
    }
}
