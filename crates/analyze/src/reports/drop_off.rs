//! Where sessions are lost: for every step who reached it and who ended there, in one pass.

use super::live::{LIVE_COLUMNS, Live};
use super::patterns::{RowSteps, goals, place};
use super::scope::{Selects, keep, rows};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::drop_off::{
    DropOff, DropOffAnswer, DropOffSelection, DropOffStep, WhichDropOff,
};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// [`DropOff`] as an analysis.
#[derive(Clone, Debug)]
pub struct DropOffAnalysis {
    /// What is asked.
    pub asked: DropOff,
    /// Steps shown, at most.
    pub limit: usize,
}

/// What became of the sessions that reached a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    reached: u64,
    completed: u64,
    dropped: u64,
    open: u64,
}

/// How a session ended that is not going on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Completed,
    Dropped,
    Open,
}

/// A batch with what is asked of it.
struct Ends<'a> {
    batch: &'a SessionBatch,
    live: Live<'a>,
    chosen: Vec<bool>,
    goals: Vec<bool>,
}

fn columns() -> Vec<SessionColumn> {
    [&LIVE_COLUMNS[..], &[SessionColumn::StepLabel]].concat()
}

impl<'a> Ends<'a> {
    fn of(asked: &DropOff, batch: &'a SessionBatch) -> Self {
        let dictionary = batch.steps().dictionary();
        Self {
            batch,
            live: Live::of(batch, asked.as_of),
            chosen: dictionary.iter().map(|code| asked.kinds.contains(&code.kind())).collect(),
            goals: goals(batch, &asked.goals),
        }
    }

    /// The place of a row's last step, and how the session ended there; calls `met` with all places of its steps.
    #[inline]
    fn end(&self, row: usize, mut met: impl FnMut(usize)) -> Option<(usize, End)> {
        let steps = RowSteps::of(self.batch, row);
        let (mut last, mut completed) = (None, false);
        for at in steps.range() {
            let place = steps.place(at);
            completed |= self.goals[place];
            if self.chosen[place] {
                met(place);
                last = Some(place);
            }
        }
        let end = match (self.live.is_live(row), completed) {
            (true, _) => End::Open,
            (false, true) => End::Completed,
            (false, false) => End::Dropped,
        };
        Some((last?, end))
    }
}

impl Analysis for DropOffAnalysis {
    type Partial = (u64, FxHashMap<StepCode, Reached>);
    type Answer = DropOffAnswer;

    fn columns(&self) -> Vec<SessionColumn> {
        columns()
    }

    fn empty(&self) -> Self::Partial {
        Default::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let ends = Ends::of(&self.asked, batch);
        let dictionary = batch.steps().dictionary();
        let mut counts = vec![Reached::default(); dictionary.len()];
        // The row that met a place last, so that each counts once.
        let mut met_by = vec![u32::MAX; dictionary.len()];
        for row in rows(selected) {
            let end = ends.end(row, |place| {
                counts[place].reached += u64::from(met_by[place] != row as u32);
                met_by[place] = row as u32;
            });
            if let Some((last, end)) = end {
                let count = &mut counts[last];
                match end {
                    End::Completed => count.completed += 1,
                    End::Dropped => count.dropped += 1,
                    End::Open => count.open += 1,
                }
            }
        }
        let met = dictionary.iter().copied().zip(counts).filter(|(_, count)| count.reached > 0);
        (selected.count_set_bits() as u64, met.collect())
    }

    fn merge(&self, (n, one): Self::Partial, (m, other): Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        for (code, count) in fewer {
            let sum = more.entry(code).or_default();
            sum.reached += count.reached;
            sum.completed += count.completed;
            sum.dropped += count.dropped;
            sum.open += count.open;
        }
        (n + m, more)
    }

    fn finish(&self, (out_of, counts): Self::Partial, vocabulary: &Vocabulary) -> DropOffAnswer {
        let names = vocabulary.names();
        let step = |(code, count): (StepCode, Reached)| DropOffStep {
            step: names.name(code).clone(),
            reached: count.reached,
            continued: count.reached - count.completed - count.dropped - count.open,
            completed: count.completed,
            dropped: count.dropped,
            open: count.open,
        };
        let mut steps: Vec<DropOffStep> = counts.into_iter().map(step).collect();
        steps.sort_unstable_by(|one, other| {
            let key = |step: &DropOffStep| (Reverse(step.dropped), Reverse(step.reached));
            key(one).cmp(&key(other)).then_with(|| one.step.cmp(&other.step))
        });
        let dropped = steps.iter().map(|step| step.dropped).sum();
        let rest = steps.split_off(self.limit.min(steps.len()));
        DropOffAnswer {
            steps,
            rest: rest.len() as u64,
            rest_dropped: rest.iter().map(|step| step.dropped).sum(),
            dropped,
            out_of,
        }
    }
}

impl Selects for DropOffSelection {
    fn columns(&self) -> Vec<SessionColumn> {
        columns()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let Some(wanted) = place(batch, &self.step) else {
            return BooleanBuffer::new_unset(selected.len());
        };
        let ends = Ends::of(&self.drop_off, batch);
        keep(selected, |row| {
            let mut reached = false;
            let Some((last, end)) = ends.end(row, |place| reached |= place == wanted) else { return false };
            let is_here = last == wanted;
            reached
                && match self.which {
                    WhichDropOff::Reached => true,
                    WhichDropOff::Continued => !is_here,
                    WhichDropOff::Completed => is_here && end == End::Completed,
                    WhichDropOff::Dropped => is_here && end == End::Dropped,
                    WhichDropOff::Open => is_here && end == End::Open,
                }
        })
    }
}
