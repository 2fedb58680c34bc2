//! Funnels over any predicates of steps, in one pass.
//!
//! Trying every attempt would take the square of a session's steps. Loosely and without a window the first attempt gets as far
//! as any. Within a window, the furthest and first end is found by keeping, for each number of steps taken, the latest beginning
//! that got there (as ClickHouse's `windowFunnel` does); of the attempts that end there the earliest beginning that is within the
//! window is then tried once. Strictly, an attempt is as long as the funnel at most.

use super::live::{LIVE_COLUMNS, Live};
use super::patterns::{StepPredicate, WantedSteps, step_times};
use super::scope::{Selects, keep, rows};
use super::tally::{Tally, whole};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::patterns::RowSteps;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::funnels::{
    Funnel, FunnelAnswer, FunnelOrder, FunnelSelection, FunnelStage, MAX_FUNNEL_STEPS, WhichFunnel,
};
use footpath_model::steps::StepKind;
use std::sync::Arc;

/// A funnel as an analysis. Steps beyond [`MAX_FUNNEL_STEPS`] are left out.
#[derive(Clone)]
pub struct FunnelAnalysis {
    steps: Vec<Arc<dyn StepPredicate>>,
    order: FunnelOrder,
    window_ms: Option<i64>,
    as_of: AsOf,
}

impl FunnelAnalysis {
    /// A funnel of patterns.
    pub fn new(asked: &Funnel) -> Self {
        let predicate = |step: &footpath_model::reports::funnels::FunnelStep| {
            Arc::new(step.any_of.clone()) as Arc<dyn StepPredicate>
        };
        let steps = asked.steps.iter().map(predicate).collect();
        Self::of_predicates(steps, asked.order, asked.window_ms, asked.as_of)
    }

    /// A funnel of any predicates, such as clauses of a search.
    pub fn of_predicates(
        mut steps: Vec<Arc<dyn StepPredicate>>,
        order: FunnelOrder,
        window_ms: Option<i64>,
        as_of: AsOf,
    ) -> Self {
        steps.truncate(MAX_FUNNEL_STEPS);
        Self { steps, order, window_ms, as_of }
    }

    /// The sessions that are so at a step of this funnel.
    pub fn selection(&self, step: usize, which: WhichFunnel) -> impl Selects + use<> {
        FunnelMask { funnel: self.clone(), step, which }
    }

    fn is_last(&self, step: usize) -> bool {
        step + 1 == self.steps.len()
    }
}

/// The funnel over a batch: which of its steps a step may be, as bits.
struct Attempts<'a> {
    batch: &'a SessionBatch,
    live: Live<'a>,
    times: &'a [i32],
    bits: Bits,
    n_steps: usize,
    order: FunnelOrder,
    window_ms: Option<i64>,
    /// For each place whether it lies between steps of a strict funnel.
    counts: Vec<bool>,
    /// For each number of steps taken but none, the latest beginning, in time.
    latest: Vec<Option<i32>>,
    /// Of the attempt that counts, each step taken.
    taken: Vec<u32>,
}

enum Bits {
    Places(Vec<u32>),
    /// Some predicate asks for more than names.
    Steps(Vec<u32>),
}

impl<'a> Attempts<'a> {
    fn of(funnel: &FunnelAnalysis, batch: &'a SessionBatch) -> Self {
        let wanted: Vec<WantedSteps> = funnel.steps.iter().map(|step| step.wanted(batch)).collect();
        let steps = batch.steps();
        let dictionary = steps.dictionary();
        let kinds: Vec<StepKind> = funnel.steps.iter().flat_map(|step| step.kinds()).collect();
        let n_steps = steps.offsets().last().copied().unwrap_or(0) as usize;
        let by_name = wanted.iter().all(|wanted| matches!(wanted, WantedSteps::Places(_)));
        let is_wanted = |wanted: &WantedSteps, at: usize, place: usize| match wanted {
            WantedSteps::Places(places) => places[place],
            WantedSteps::Steps(steps) => steps.value(at),
        };
        let bits_of = |at: usize, place: usize| {
            (0..)
                .zip(&wanted)
                .fold(0, |bits, (step, wanted)| bits | u32::from(is_wanted(wanted, at, place)) << step)
        };
        let bits = if by_name {
            Bits::Places((0..dictionary.len()).map(|place| bits_of(0, place)).collect())
        } else {
            let all = RowSteps::all(batch);
            Bits::Steps((0..n_steps).map(|at| bits_of(at, all.place(at))).collect())
        };
        Self {
            batch,
            live: Live::of(batch, funnel.as_of),
            times: step_times(batch),
            bits,
            n_steps: funnel.steps.len(),
            order: funnel.order,
            window_ms: funnel.window_ms,
            counts: dictionary.iter().map(|code| kinds.contains(&code.kind())).collect(),
            latest: vec![None; funnel.steps.len()],
            taken: Vec::with_capacity(funnel.steps.len()),
        }
    }

    #[inline]
    fn bits(&self, steps: RowSteps<'_>, at: usize) -> u32 {
        match &self.bits {
            Bits::Places(bits) => bits[steps.place(at)],
            Bits::Steps(bits) => bits[at],
        }
    }

    fn is_within(&self, from: i32, to: i32) -> bool {
        self.window_ms.is_none_or(|window| i64::from(to) - i64::from(from) <= window)
    }

    /// Puts the steps of the attempt that counts into `taken`.
    #[inline]
    fn attempt(&mut self, row: usize) {
        self.taken.clear();
        let steps = RowSteps::of(self.batch, row);
        match (self.order, self.window_ms) {
            (FunnelOrder::Loose, None) => self.first(steps, steps.range()),
            (FunnelOrder::Loose, Some(_)) => self.furthest(steps),
            (FunnelOrder::Strict, _) => self.strict(steps),
        }
    }

    /// The attempt that begins first.
    fn first(&mut self, steps: RowSteps<'_>, range: std::ops::Range<usize>) {
        for at in range {
            if self.taken.len() == self.n_steps {
                return;
            }
            if self.bits(steps, at) >> self.taken.len() & 1 == 1 {
                self.taken.push(at as u32);
            }
        }
    }

    fn furthest(&mut self, steps: RowSteps<'_>) {
        self.latest.fill(None);
        // How many steps were taken at most, and where that was so first.
        let (mut most, mut end) = (0, 0);
        for at in steps.range() {
            let bits = self.bits(steps, at);
            if bits == 0 {
                continue;
            }
            let time = self.times[at];
            // From the last, so that one step is not taken twice.
            for step in (0..self.n_steps.min(most + 1)).rev().filter(|step| bits >> step & 1 == 1) {
                let begun = if step == 0 { Some(time) } else { self.latest[step - 1] };
                if let Some(begun) = begun.filter(|&begun| self.is_within(begun, time)) {
                    self.latest[step] = self.latest[step].max(Some(begun));
                    if step == most {
                        (most, end) = (most + 1, at);
                    }
                }
            }
        }
        if most == 0 {
            return;
        }
        let range = steps.range();
        let last = self.times[end];
        let begin = (range.start..=end)
            .find(|&at| self.bits(steps, at) & 1 == 1 && self.is_within(self.times[at], last))
            .unwrap_or(end);
        self.first(steps, begin..end + 1);
    }

    fn strict(&mut self, steps: RowSteps<'_>) {
        let range = steps.range();
        let mut best = 0;
        for begin in range.clone() {
            if self.bits(steps, begin) & 1 == 0 || !self.counts[steps.place(begin)] {
                continue;
            }
            let already = self.taken.len();
            let mut n = 0;
            for at in (begin..range.end).filter(|&at| self.counts[steps.place(at)]).take(self.n_steps) {
                let fits = self.bits(steps, at) >> n & 1 == 1;
                if !fits || !self.is_within(self.times[begin], self.times[at]) {
                    break;
                }
                self.taken.push(at as u32);
                n += 1;
            }
            if n > best {
                self.taken.drain(..already);
                best = n;
            } else {
                self.taken.truncate(already);
            }
            if best == self.n_steps {
                return;
            }
        }
    }
}

/// What is gathered of a funnel's step.
#[derive(Clone, Debug, Default)]
pub struct StageCell {
    reached: u64,
    open: u64,
    dropped: u64,
    to_next: Tally,
}

impl Analysis for FunnelAnalysis {
    type Partial = (u64, Vec<StageCell>);
    type Answer = FunnelAnswer;

    fn columns(&self) -> Vec<SessionColumn> {
        let mut columns = columns();
        self.steps.iter().for_each(|step| columns.extend(step.columns()));
        columns
    }

    fn empty(&self) -> Self::Partial {
        (0, vec![StageCell::default(); self.steps.len()])
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let mut attempts = Attempts::of(self, batch);
        let (_, mut cells) = self.empty();
        for row in rows(selected) {
            attempts.attempt(row);
            let taken = &attempts.taken;
            for (step, at) in taken.iter().enumerate() {
                cells[step].reached += 1;
                if let Some(next) = taken.get(step + 1) {
                    let [from, to] = [at, next].map(|&at| attempts.times[at as usize]);
                    cells[step].to_next.add(whole(to.saturating_sub(from)));
                }
            }
            if let Some(last) = taken.len().checked_sub(1).filter(|&last| !self.is_last(last)) {
                match attempts.live.is_live(row) {
                    true => cells[last].open += 1,
                    false => cells[last].dropped += 1,
                }
            }
        }
        (selected.count_set_bits() as u64, cells)
    }

    fn merge(&self, (n, mut one): Self::Partial, (m, other): Self::Partial) -> Self::Partial {
        for (one, other) in one.iter_mut().zip(other) {
            one.reached += other.reached;
            one.open += other.open;
            one.dropped += other.dropped;
            one.to_next.merge(other.to_next);
        }
        (n + m, one)
    }

    fn finish(&self, (out_of, cells): Self::Partial, _: &Vocabulary) -> FunnelAnswer {
        let stage = |cell: &StageCell| FunnelStage {
            reached: cell.reached,
            continued: cell.reached - cell.dropped - cell.open,
            dropped: cell.dropped,
            open: cell.open,
            time_to_next: cell.to_next.timing(),
        };
        FunnelAnswer { stages: cells.iter().map(stage).collect(), out_of }
    }
}

fn columns() -> Vec<SessionColumn> {
    [&LIVE_COLUMNS[..], &[SessionColumn::StepLabel, SessionColumn::StepOffset]].concat()
}

struct FunnelMask {
    funnel: FunnelAnalysis,
    step: usize,
    which: WhichFunnel,
}

/// The sessions of a step of a funnel of patterns.
pub(crate) fn selects(selection: &FunnelSelection) -> impl Selects + use<> {
    FunnelAnalysis::new(&selection.funnel).selection(selection.step, selection.which)
}

impl Selects for FunnelMask {
    fn columns(&self) -> Vec<SessionColumn> {
        Analysis::columns(&self.funnel)
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let mut attempts = Attempts::of(&self.funnel, batch);
        keep(selected, |row| {
            attempts.attempt(row);
            let taken = attempts.taken.len();
            let goes_on = self.funnel.is_last(self.step) || taken > self.step + 1;
            taken > self.step
                && match self.which {
                    WhichFunnel::Reached => true,
                    WhichFunnel::Continued => goes_on,
                    WhichFunnel::Dropped => !goes_on && !attempts.live.is_live(row),
                    WhichFunnel::Open => !goes_on && attempts.live.is_live(row),
                }
        })
    }
}

impl std::fmt::Debug for FunnelAnalysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FunnelAnalysis")
            .field("steps", &self.steps.len())
            .field("order", &self.order)
            .field("window_ms", &self.window_ms)
            .finish_non_exhaustive()
    }
}
