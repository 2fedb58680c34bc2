//! Funnels: how many sessions did this, then that, then the next, whatever they did in between.
//!
//! A session reaches a step where the wanted steps up to it are in it in that order, with any gaps. Taking each wanted
//! step where it first comes is enough: whatever comes after a later occurrence comes after the first one too. One
//! occurrence is one step, so a funnel that wants a page twice wants two views of it.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::steps::{Codes, Place, Steps};
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepName;

/// The steps wanted, in order.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// Each is one (kind, label).
    pub steps: Vec<StepName>,
}

/// No place of a dictionary: these have at most 2³² − 1.
const NEVER: usize = usize::MAX;

impl Analysis for Funnel {
    type Partial = Vec<u64>;
    /// For each wanted step the sessions that reached it; never more than the one before.
    type Answer = Vec<u64>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::StepLabel]
    }

    fn empty(&self) -> Vec<u64> {
        vec![0; self.steps.len()]
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Vec<u64> {
        let steps = batch.steps();
        let wanted = self.places(steps, batch.vocabulary());
        match steps.codes() {
            Codes::Narrow(codes) => scan(steps, codes, &wanted, selected),
            Codes::Wide(codes) => scan(steps, codes, &wanted, selected),
        }
    }

    fn merge(&self, mut one: Vec<u64>, other: Vec<u64>) -> Vec<u64> {
        one.iter_mut().zip(other).for_each(|(one, other)| *one += other);
        one
    }

    fn finish(&self, reached: Vec<u64>, _: &Vocabulary) -> Vec<u64> {
        reached
    }
}

impl Funnel {
    /// Places of the wanted steps in this segment's dictionary.
    fn places(&self, steps: &Steps, vocabulary: &Vocabulary) -> Vec<usize> {
        let place = |name: &StepName| {
            let code = vocabulary.lookup(name.kind, &name.label)?;
            steps.dictionary().iter().position(|&there| there == code)
        };
        self.steps.iter().map(|name| place(name).unwrap_or(NEVER)).collect()
    }
}

fn scan<P: Place>(steps: &Steps, codes: &[P], wanted: &[usize], selected: &BooleanBuffer) -> Vec<u64> {
    // By how many of the wanted steps a session reached. After the last one nothing is wanted any more.
    let mut by_reached = vec![0_u64; wanted.len() + 1];
    let mut next_wanted = wanted.to_vec();
    next_wanted.push(NEVER);
    steps.each_session(selected, |of_session| {
        let mut reached = 0;
        let mut want = next_wanted[0];
        for place in &codes[of_session] {
            if place.index() == want {
                reached += 1;
                want = next_wanted[reached];
            }
        }
        by_reached[reached] += 1;
    });
    let mut at_least = 0;
    let mut reached: Vec<u64> = by_reached[1..]
        .iter()
        .rev()
        .map(|sessions| {
            at_least += sessions;
            at_least
        })
        .collect();
    reached.reverse();
    reached
}
