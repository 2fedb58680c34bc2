//! Transitions: what came right after what, over all sessions, with how sessions began and ended.
//!
//! Steps of other kinds than the chosen ones are passed over, so that with pages alone a click between two page views
//! does not part them. A step after itself is a transition like any other. Sessions without a chosen step have none.
//!
//! Limit: a session that can still grow counts its last step as its exit.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::steps::{Codes, Dense, Place, StepKinds, Steps};
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepName;
use rustc_hash::FxHashMap;

/// All transitions between steps of some kinds.
#[derive(Clone, Copy, Debug)]
pub struct Transitions {
    /// The kinds.
    pub kinds: StepKinds,
}

/// One transition with its number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transition {
    /// The step before; nothing where the session began.
    pub from: Option<StepName>,
    /// The step after; nothing where the session ended.
    pub to: Option<StepName>,
    /// How often, over all sessions; unit: transitions, of which a session can have the same one many times.
    pub count: u64,
}

type Pair = (Option<StepCode>, Option<StepCode>);

/// A table of all pairs may have this many cells whatever the batch, and four for each step of it.
const CELLS: usize = 1 << 12;

impl Analysis for Transitions {
    type Partial = FxHashMap<Pair, u64>;
    /// Most frequent first; equals by name.
    type Answer = Vec<Transition>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::StepLabel]
    }

    fn empty(&self) -> Self::Partial {
        FxHashMap::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let steps = batch.steps();
        let dense = steps.dense(self.kinds);
        match steps.codes() {
            Codes::Narrow(codes) => scan(steps, codes, &dense, selected),
            Codes::Wide(codes) => scan(steps, codes, &dense, selected),
        }
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        fewer.into_iter().for_each(|(pair, count)| *more.entry(pair).or_default() += count);
        more
    }

    fn finish(&self, counts: Self::Partial, vocabulary: &Vocabulary) -> Vec<Transition> {
        let name = |code: Option<StepCode>| code.map(|code| vocabulary.name(code));
        let named = counts.into_iter().map(|((from, to), count)| (count, name(from), name(to)));
        let mut named: Vec<_> = named.collect();
        named.sort_unstable_by(|one, other| {
            other.0.cmp(&one.0).then_with(|| (&one.1, &one.2).cmp(&(&other.1, &other.2)))
        });
        named.into_iter().map(|(count, from, to)| Transition { from, to, count }).collect()
    }
}

/// Counts by (number before, number after), where the number after the last is outside the session.
trait Counts {
    fn add(&mut self, from: u32, to: u32);
}

struct Table {
    width: usize,
    cells: Vec<u32>,
}

impl Counts for Table {
    fn add(&mut self, from: u32, to: u32) {
        self.cells[from as usize * self.width + to as usize] += 1;
    }
}

impl Counts for FxHashMap<(u32, u32), u32> {
    fn add(&mut self, from: u32, to: u32) {
        *self.entry((from, to)).or_default() += 1;
    }
}

fn scan<P: Place>(
    steps: &Steps,
    codes: &[P],
    dense: &Dense,
    selected: &BooleanBuffer,
) -> FxHashMap<Pair, u64> {
    let outside = dense.codes.len() as u32;
    let code_of = |number: u32| dense.codes.get(number as usize).copied();
    let mut pairs = FxHashMap::default();
    let mut keep = |(from, to), count: u32| {
        // A session without a chosen step went from outside to outside.
        if count > 0 && (from, to) != (outside, outside) {
            pairs.insert((code_of(from), code_of(to)), u64::from(count));
        }
    };
    let width = dense.codes.len() + 1;
    if width * width <= CELLS.max(4 * codes.len()) {
        let mut table = Table { width, cells: vec![0; width * width] };
        count(steps, codes, dense, selected, &mut table);
        for (from, row) in (0..).zip(table.cells.chunks(width)) {
            (0..).zip(row).for_each(|(to, &count)| keep((from, to), count));
        }
    } else {
        let mut map = FxHashMap::default();
        count(steps, codes, dense, selected, &mut map);
        map.into_iter().for_each(|(pair, count)| keep(pair, count));
    }
    pairs
}

fn count<P: Place>(
    steps: &Steps,
    codes: &[P],
    dense: &Dense,
    selected: &BooleanBuffer,
    counts: &mut impl Counts,
) {
    let outside = dense.codes.len() as u32;
    steps.each_session(selected, |of_session| {
        let mut before = outside;
        for place in &codes[of_session] {
            let number = dense.number_of[place.index()];
            if number != Dense::LEFT_OUT {
                counts.add(before, number);
                before = number;
            }
        }
        counts.add(before, outside);
    });
}
