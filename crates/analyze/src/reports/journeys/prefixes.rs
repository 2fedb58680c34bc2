//! All prefixes of all paths, counted by their numbers in one pass: as long as they are few enough to be held, the tree and
//! the most frequent whole paths are read off them, and no pass a depth is needed.

use super::tree::{NextStep, Tree};
use super::variants::{most_frequent, numbers};
use super::walk::Walk;
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::scope::rows;
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::reports::journeys::{Journeys, path_number};
use rustc_hash::FxHashMap;

/// A prefix of paths.
#[derive(Clone, Copy, Debug)]
pub struct Prefix {
    /// Number of the prefix that is a step shorter.
    before: u64,
    /// Its last step.
    step: StepCode,
    sessions: u32,
    /// Sessions whose whole path it is.
    whole: u32,
}

/// What is read off them.
#[derive(PartialEq, Debug)]
pub struct Grown {
    /// The whole tree.
    pub tree: Tree,
    /// The most frequent paths' numbers, in their order.
    pub paths: Vec<u64>,
    /// How many different whole paths there are.
    pub n_variants: u64,
}

/// Counts all prefixes; there is no answer where they are more than `most`.
#[derive(Debug)]
pub struct Prefixes<'a> {
    /// What is asked.
    pub asked: &'a Journeys,
    /// As many are held.
    pub most: usize,
}

impl Analysis for Prefixes<'_> {
    /// By the prefix's number.
    type Partial = Option<FxHashMap<u64, Prefix>>;
    type Answer = Option<Grown>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::StepLabel]
    }

    fn empty(&self) -> Self::Partial {
        Some(FxHashMap::default())
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let (mut walk, numbers) = (Walk::new(self.asked, batch, self.asked.depth), numbers(batch));
        let codes = batch.steps().dictionary();
        let mut prefixes = FxHashMap::default();
        for row in rows(selected) {
            if !walk.walk(row) {
                continue;
            }
            let (mut before, last) = (0, walk.path.len() - 1);
            for (at, stop) in walk.path.iter().enumerate() {
                let number = path_number(before, numbers[stop.place as usize]);
                let step = codes[stop.place as usize];
                let prefix = prefixes.entry(number).or_insert(Prefix { before, step, sessions: 0, whole: 0 });
                prefix.sessions += 1;
                prefix.whole += u32::from(at == last);
                before = number;
            }
        }
        (prefixes.len() <= self.most).then_some(prefixes)
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (one, other) = (one?, other?);
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        for (number, prefix) in fewer {
            let held = more.entry(number).or_insert(Prefix { sessions: 0, whole: 0, ..prefix });
            held.sessions += prefix.sessions;
            held.whole += prefix.whole;
        }
        (more.len() <= self.most).then_some(more)
    }

    fn finish(&self, prefixes: Self::Partial, vocabulary: &Vocabulary) -> Option<Grown> {
        let prefixes = prefixes?;
        let whole = prefixes.iter().filter(|(_, prefix)| prefix.whole > 0);
        let (paths, n_variants) =
            most_frequent(whole.map(|(number, prefix)| (*number, prefix.whole)), self.asked.variants);
        let mut longer: Vec<Prefix> = prefixes.into_values().collect();
        longer.sort_unstable_by_key(|prefix| prefix.before);
        let names = vocabulary.names();
        let mut tree = Tree::root();
        for _ in 0..self.asked.depth {
            let mut next = Vec::new();
            for (parent, number) in tree.deepest() {
                let first = longer.partition_point(|prefix| prefix.before < number);
                let of_parent = longer[first..].iter().take_while(|prefix| prefix.before == number);
                next.extend(of_parent.map(|prefix| NextStep {
                    parent,
                    name: names.name(prefix.step).clone(),
                    sessions: prefix.sessions.into(),
                }));
            }
            if !tree.grow(next, self.asked.breadth) {
                break;
            }
        }
        Some(Grown { tree, paths, n_variants })
    }
}
