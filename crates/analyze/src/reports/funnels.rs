//! Funnels over names of steps and clauses of a search, in one pass.
//!
//! Where all steps are names, each of a batch's different names is met once, and a session is walked by its codes. Where some are
//! clauses, events are told as for a sequence of a search ([`StopTests`]), and a session is walked by those.
//!
//! Trying every attempt would take the square of a session's events. Loosely and without a window the first attempt gets as far
//! as any. Within a window, the furthest and first end is found by keeping, for each number of steps taken, the latest beginning
//! that got there (as ClickHouse's `windowFunnel` does); of the attempts that end there the earliest beginning that is within the
//! window is then tried once. Strictly, an attempt is as long as the funnel at most.

use super::live::{LIVE_COLUMNS, Live};
use super::patterns::{kinds, places, step_times};
use super::scope::{Selects, keep, rows};
use super::tally::{Tally, whole};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::patterns::RowSteps;
use crate::search::{At, Moments, StopTests};
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::funnels::{
    Funnel, FunnelAnswer, FunnelKinds, FunnelOrder, FunnelSelection, FunnelStage, MAX_FUNNEL_STEPS,
    WhichFunnel,
};
use std::ops::Range;

/// A funnel as an analysis. Steps beyond [`MAX_FUNNEL_STEPS`] are left out.
#[derive(Clone, Debug)]
pub struct FunnelAnalysis {
    asked: Funnel,
    kinds: FunnelKinds,
    /// Where some step is a clause.
    clauses: Option<StopTests>,
}

impl FunnelAnalysis {
    /// A funnel, ready to be asked of batches.
    pub fn new(asked: &Funnel) -> Self {
        let mut asked = asked.clone();
        asked.steps.truncate(MAX_FUNNEL_STEPS);
        let has_clauses = asked.steps.iter().any(|step| !step.clauses.is_empty());
        let clauses = has_clauses.then(|| StopTests::new(asked.steps.iter().map(|step| &*step.clauses)));
        Self { kinds: FunnelKinds::of(&asked.steps), clauses, asked }
    }

    fn n_steps(&self) -> usize {
        self.asked.steps.len()
    }

    fn is_last(&self, step: usize) -> bool {
        step + 1 == self.n_steps()
    }

    fn columns(&self) -> Vec<C> {
        let mut columns = [&LIVE_COLUMNS[..], &[C::StepLabel, C::StepOffset]].concat();
        if let Some(clauses) = &self.clauses {
            columns.extend(clauses.columns());
            columns.extend(clauses.has_requests().then_some(C::RequestOffset));
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

/// The events that attempts walk along: which of the funnel's steps each may be, as bits, when it was, and whether it is of
/// the funnel's kinds.
enum Walked<'a> {
    /// All steps of the batch, told by the places of their names.
    Steps { steps: RowSteps<'a>, bits: Vec<u32>, is_named: Vec<bool>, times: &'a [i32] },
    /// The events of one row.
    Events(Vec<Met>),
}

/// An event of a row.
struct Met {
    bits: u32,
    time: i32,
    is_named: bool,
}

impl Walked<'_> {
    #[inline]
    fn bits(&self, at: usize) -> u32 {
        match self {
            Self::Steps { steps, bits, .. } => bits[steps.place(at)],
            Self::Events(events) => events[at].bits,
        }
    }

    #[inline]
    fn is_named(&self, at: usize) -> bool {
        match self {
            Self::Steps { steps, is_named, .. } => is_named[steps.place(at)],
            Self::Events(events) => events[at].is_named,
        }
    }

    #[inline]
    fn time(&self, at: usize) -> i32 {
        match self {
            Self::Steps { times, .. } => times[at],
            Self::Events(events) => events[at].time,
        }
    }
}

/// What makes the events of a row, where some step is a clause.
struct Clauses<'a> {
    moments: Moments<'a>,
    steps: RowSteps<'a>,
    /// By place of the steps' dictionary: the funnel's steps that the name may be, and whether it is of the funnel's kinds.
    bits: Vec<u32>,
    is_named: Vec<bool>,
    has_calls: bool,
    step_times: &'a [i32],
    /// Where some clause is about requests.
    request_times: &'a [i32],
}

impl Clauses<'_> {
    fn events_of(&self, row: usize, events: &mut Vec<Met>) {
        events.clear();
        self.moments.any(row, |at, stops| {
            events.push(match at {
                At::Step(at) => {
                    let place = self.steps.place(at);
                    Met {
                        bits: stops | self.bits[place],
                        time: self.step_times[at],
                        is_named: self.is_named[place],
                    }
                }
                At::Request(at) => {
                    Met { bits: stops, time: self.request_times[at], is_named: self.has_calls }
                }
            });
            false
        });
    }
}

/// The funnel over a batch.
struct Attempts<'a> {
    batch: &'a SessionBatch,
    live: Live<'a>,
    walked: Walked<'a>,
    clauses: Option<Clauses<'a>>,
    n_steps: usize,
    order: FunnelOrder,
    window_ms: Option<i64>,
    /// For each number of steps taken but none, the latest beginning, in time.
    latest: Vec<Option<i32>>,
    /// Of the attempt that counts, each event taken.
    taken: Vec<u32>,
}

impl<'a> Attempts<'a> {
    /// Over these rows of a batch.
    fn of(funnel: &FunnelAnalysis, batch: &'a SessionBatch, rows: &BooleanBuffer) -> Self {
        let mut bits = vec![0; batch.steps().dictionary().len()];
        for (step, wanted) in funnel.asked.steps.iter().enumerate() {
            let wanted = places(batch, &wanted.any_of);
            bits.iter_mut().zip(wanted).for_each(|(bits, is_wanted)| *bits |= u32::from(is_wanted) << step);
        }
        let is_named = kinds(batch).into_iter().map(|kind| funnel.kinds.has_step(kind)).collect();
        let (steps, step_times) = (RowSteps::all(batch), step_times(batch));
        let (walked, clauses) = match &funnel.clauses {
            None => (Walked::Steps { steps, bits, is_named, times: step_times }, None),
            Some(tests) => {
                let request_times = if tests.has_requests() {
                    let list = batch.int_lists(C::RequestOffset);
                    &list.values.values()[list.offsets[0] as usize..]
                } else {
                    &[]
                };
                let has_calls = funnel.kinds.has_calls();
                let moments = tests.moments(batch, rows);
                let clauses =
                    Clauses { moments, steps, bits, is_named, has_calls, step_times, request_times };
                (Walked::Events(Vec::new()), Some(clauses))
            }
        };
        Self {
            batch,
            live: Live::of(batch, funnel.asked.as_of),
            walked,
            clauses,
            n_steps: funnel.n_steps(),
            order: funnel.asked.order,
            window_ms: funnel.asked.window_ms,
            latest: vec![None; funnel.n_steps()],
            taken: Vec::with_capacity(funnel.n_steps()),
        }
    }

    fn is_within(&self, from: i32, to: i32) -> bool {
        self.window_ms.is_none_or(|window| i64::from(to) - i64::from(from) <= window)
    }

    /// Puts the events of the attempt that counts into `taken`.
    #[inline]
    fn attempt(&mut self, row: usize) {
        self.taken.clear();
        let range = match (&mut self.walked, &self.clauses) {
            (Walked::Events(events), Some(clauses)) => {
                clauses.events_of(row, events);
                0..events.len()
            }
            (Walked::Steps { .. } | Walked::Events(_), _) => RowSteps::of(self.batch, row).range(),
        };
        match (self.order, self.window_ms) {
            (FunnelOrder::Loose, None) => self.first(range),
            (FunnelOrder::Loose, Some(_)) => self.furthest(range),
            (FunnelOrder::Strict, _) => self.strict(range),
        }
    }

    /// The attempt that begins first.
    fn first(&mut self, range: Range<usize>) {
        for at in range {
            if self.taken.len() == self.n_steps {
                return;
            }
            if self.walked.bits(at) >> self.taken.len() & 1 == 1 {
                self.taken.push(at as u32);
            }
        }
    }

    fn furthest(&mut self, range: Range<usize>) {
        self.latest.fill(None);
        // How many steps were taken at most, and where that was so first.
        let (mut most, mut end) = (0, 0);
        for at in range.clone() {
            let bits = self.walked.bits(at);
            if bits == 0 {
                continue;
            }
            let time = self.walked.time(at);
            // From the last, so that one event is not taken twice.
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
        let last = self.walked.time(end);
        let begin = (range.start..=end)
            .find(|&at| self.walked.bits(at) & 1 == 1 && self.is_within(self.walked.time(at), last))
            .unwrap_or(end);
        self.first(begin..end + 1);
    }

    fn strict(&mut self, range: Range<usize>) {
        let mut best = 0;
        for begin in range.clone() {
            if self.walked.bits(begin) & 1 == 0 || !self.walked.is_named(begin) {
                continue;
            }
            let already = self.taken.len();
            let mut n = 0;
            for at in (begin..range.end).filter(|&at| self.walked.is_named(at)).take(self.n_steps) {
                let fits = self.walked.bits(at) >> n & 1 == 1;
                if !fits || !self.is_within(self.walked.time(begin), self.walked.time(at)) {
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

    fn columns(&self) -> Vec<C> {
        self.columns()
    }

    fn empty(&self) -> Self::Partial {
        (0, vec![StageCell::default(); self.n_steps()])
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let mut attempts = Attempts::of(self, batch, selected);
        let (_, mut cells) = self.empty();
        for row in rows(selected) {
            attempts.attempt(row);
            let taken = &attempts.taken;
            for (step, at) in taken.iter().enumerate() {
                cells[step].reached += 1;
                if let Some(next) = taken.get(step + 1) {
                    let [from, to] = [at, next].map(|&at| attempts.walked.time(at as usize));
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

struct FunnelMask {
    funnel: FunnelAnalysis,
    step: usize,
    which: WhichFunnel,
}

/// The sessions of a step.
pub(crate) fn selects(selection: &FunnelSelection) -> impl Selects + use<> {
    let FunnelSelection { funnel, step, which } = selection;
    FunnelMask { funnel: FunnelAnalysis::new(funnel), step: *step, which: *which }
}

impl Selects for FunnelMask {
    fn columns(&self) -> Vec<C> {
        self.funnel.columns()
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let mut attempts = Attempts::of(&self.funnel, batch, selected);
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
