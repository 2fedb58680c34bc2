//! Paths: how sessions began, as their first steps of the chosen kinds, with how many sessions began so.
//!
//! A path has as many steps as asked, or fewer where the session has no more; a session has exactly one path, so paths'
//! sessions add up to all sessions with a chosen step.
//!
//! While a segment is scanned a path is one integer: the numbers of its steps are the digits (1 to n, so that a shorter
//! path is never the same integer as a longer one). Where the integers are few enough they are the places of a flat
//! table, which is what makes this fast; else they are the keys of a map. Between segments a path is its steps'
//! codes, packed into 16 bytes where they fit.
//!
//! Limit: all different paths are held until the answer is made, 32 bytes or more each.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::steps::{Codes, Dense, Place, StepKinds, Steps};
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepName;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::hash::Hash;

/// The most frequent paths.
#[derive(Clone, Copy, Debug)]
pub struct Paths {
    /// Kinds of steps that paths are made of; others are passed over.
    pub kinds: StepKinds,
    /// Steps of a path, at most.
    pub length: usize,
    /// Paths in the answer, at most.
    pub limit: usize,
}

/// The most frequent paths, and what they are out of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopPaths {
    /// Most frequent first; equals by their steps' names.
    pub paths: Vec<Path>,
    /// Different paths, those not in the answer too.
    pub n_paths: u64,
    /// Sessions with a step of the chosen kinds: the sum over all different paths.
    pub sessions: u64,
}

/// A path with its number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// Its steps, in order.
    pub steps: Vec<StepName>,
    /// Sessions that began so.
    pub sessions: u64,
}

/// Sessions by path.
#[derive(Debug, Default)]
pub struct PathCounts {
    /// By codes, each one more than it is, in equal parts of the 128 bits.
    packed: FxHashMap<u128, u64>,
    /// Those of which a code does not fit its part.
    long: FxHashMap<Box<[StepCode]>, u64>,
}

/// A flat table may have this many cells whatever the batch, and four for each row of it.
const CELLS: u64 = 1 << 12;

impl Analysis for Paths {
    type Partial = PathCounts;
    type Answer = TopPaths;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![SessionColumn::StepLabel]
    }

    fn empty(&self) -> PathCounts {
        PathCounts::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> PathCounts {
        let steps = batch.steps();
        match steps.codes() {
            Codes::Narrow(codes) => self.scan_codes(steps, codes, selected),
            Codes::Wide(codes) => self.scan_codes(steps, codes, selected),
        }
    }

    fn merge(&self, one: PathCounts, other: PathCounts) -> PathCounts {
        PathCounts { packed: merged(one.packed, other.packed), long: merged(one.long, other.long) }
    }

    fn finish(&self, counts: PathCounts, vocabulary: &Vocabulary) -> TopPaths {
        let all = || counts.packed.values().chain(counts.long.values()).copied();
        let mut ranked: Vec<u64> = all().collect();
        let n_paths = ranked.len() as u64;
        let sessions = ranked.iter().sum();
        // The number of the last path in the answer. All that have it are looked at, so that equals are told apart
        // by name and not by chance.
        let least = match self.limit {
            0 => u64::MAX,
            limit if limit >= ranked.len() => 0,
            limit => *ranked.select_nth_unstable_by(limit - 1, |one, other| other.cmp(one)).1,
        };
        let packed = counts.packed.iter().filter(|(_, sessions)| **sessions >= least);
        let packed = packed.map(|(key, sessions)| (*sessions, self.unpack(*key)));
        let long = counts.long.iter().filter(|(_, sessions)| **sessions >= least);
        let long = long.map(|(codes, sessions)| (*sessions, codes.to_vec()));
        let paths = self.named(packed.chain(long).collect(), vocabulary);
        TopPaths { paths, n_paths, sessions }
    }
}

impl Paths {
    fn scan_codes<P: Place>(&self, steps: &Steps, codes: &[P], selected: &BooleanBuffer) -> PathCounts {
        let dense = steps.dense(self.kinds);
        let mut counts = PathCounts::default();
        let Some(integers) = Integers::of(dense.codes.len(), self.length) else {
            self.scan_long(steps, codes, &dense, selected, &mut counts);
            return counts;
        };
        let mut keep = |integer: u64, sessions: u32| {
            if sessions > 0 {
                self.put(&mut counts, integers.codes(integer, &dense), sessions.into());
            }
        };
        if integers.end <= CELLS.max(4 * selected.len() as u64) {
            let mut table = vec![0_u32; integers.end as usize];
            self.scan_integers(steps, codes, &dense, selected, |integer| table[integer as usize] += 1);
            (0..).zip(table).skip(1).for_each(|(integer, sessions)| keep(integer, sessions));
        } else {
            let mut map = FxHashMap::<u64, u32>::default();
            self.scan_integers(steps, codes, &dense, selected, |integer| {
                *map.entry(integer).or_default() += 1
            });
            // A session without a chosen step has no path.
            map.remove(&0);
            map.into_iter().for_each(|(integer, sessions)| keep(integer, sessions));
        }
        counts
    }

    fn scan_integers<P: Place>(
        &self,
        steps: &Steps,
        codes: &[P],
        dense: &Dense,
        selected: &BooleanBuffer,
        mut add: impl FnMut(u64),
    ) {
        let base = dense.codes.len() as u64 + 1;
        steps.each_session(selected, |of_session| {
            let mut integer = 0;
            let mut left = self.length;
            for place in &codes[of_session] {
                let number = dense.number_of[place.index()];
                if number != Dense::LEFT_OUT {
                    if left == 0 {
                        break;
                    }
                    integer = integer * base + u64::from(number) + 1;
                    left -= 1;
                }
            }
            add(integer);
        });
    }

    /// Paths so long, over so many different steps, that they are no integers.
    fn scan_long<P: Place>(
        &self,
        steps: &Steps,
        codes: &[P],
        dense: &Dense,
        selected: &BooleanBuffer,
        counts: &mut PathCounts,
    ) {
        let mut paths = FxHashMap::<Box<[StepCode]>, u64>::default();
        let mut path = Vec::with_capacity(self.length.min(1024));
        steps.each_session(selected, |of_session| {
            let numbers = codes[of_session].iter().map(|place| dense.number_of[place.index()]);
            let chosen = numbers.filter(|&number| number != Dense::LEFT_OUT).take(self.length);
            path.clear();
            path.extend(chosen.map(|number| dense.codes[number as usize]));
            match paths.get_mut(&*path) {
                Some(sessions) => *sessions += 1,
                None if path.is_empty() => {}
                None => {
                    paths.insert(path.as_slice().into(), 1);
                }
            }
        });
        paths.into_iter().for_each(|(path, sessions)| self.put(counts, path.iter().copied(), sessions));
    }

    /// Adds to a path's sessions.
    fn put(&self, counts: &mut PathCounts, path: impl Iterator<Item = StepCode> + Clone, sessions: u64) {
        match self.pack(path.clone()) {
            Some(packed) => *counts.packed.entry(packed).or_default() += sessions,
            None => *counts.long.entry(path.collect()).or_default() += sessions,
        }
    }

    /// Bits of each step of a packed path: a code and one more has 33 at most.
    fn bits(&self) -> u32 {
        (u128::BITS / u32::try_from(self.length).unwrap_or(u32::MAX).max(1)).min(33)
    }

    /// The same for the same path, whichever segment it is of.
    fn pack(&self, path: impl Iterator<Item = StepCode>) -> Option<u128> {
        let bits = self.bits();
        path.into_iter().try_fold(0, |packed, code| {
            let digit = u128::from(code.0) + 1;
            (digit >> bits == 0).then_some(packed << bits | digit)
        })
    }

    fn unpack(&self, mut packed: u128) -> Vec<StepCode> {
        let bits = self.bits();
        let mut path = Vec::with_capacity(self.length);
        while packed != 0 {
            // A digit is a code and one more.
            path.push(StepCode(((packed & ((1 << bits) - 1)) - 1) as u32));
            packed >>= bits;
        }
        path.reverse();
        path
    }

    /// The most frequent of the candidates, with names.
    fn named(&self, candidates: Vec<(u64, Vec<StepCode>)>, vocabulary: &Vocabulary) -> Vec<Path> {
        let codes: FxHashSet<StepCode> = candidates.iter().flat_map(|(_, path)| path).copied().collect();
        let mut names: Vec<(StepName, StepCode)> =
            codes.into_iter().map(|code| (vocabulary.name(code), code)).collect();
        names.sort_unstable();
        // Comparing ranks is comparing names, but faster.
        let rank_of: FxHashMap<StepCode, u32> = names.iter().map(|(_, code)| *code).zip(0..).collect();
        let ranks = |path: Vec<StepCode>| path.iter().map(|code| rank_of[code]).collect::<Vec<_>>();
        let mut ranked: Vec<_> =
            candidates.into_iter().map(|(sessions, path)| (Reverse(sessions), ranks(path))).collect();
        ranked.sort_unstable();
        ranked.truncate(self.limit);
        let name = |rank: u32| names[rank as usize].0.clone();
        let named = |(Reverse(sessions), ranks): (_, Vec<u32>)| Path {
            steps: ranks.into_iter().map(name).collect(),
            sessions,
        };
        ranked.into_iter().map(named).collect()
    }
}

/// Paths of a segment as integers.
#[derive(Clone, Copy)]
struct Integers {
    base: u64,
    /// All are below it.
    end: u64,
}

impl Integers {
    /// Nothing where they would not fit.
    fn of(n_steps: usize, length: usize) -> Option<Self> {
        let base = n_steps as u64 + 1;
        Some(Self { base, end: base.checked_pow(u32::try_from(length).ok()?)? })
    }

    /// The steps' codes.
    fn codes(self, integer: u64, dense: &Dense) -> impl Iterator<Item = StepCode> + Clone {
        let mut digit = self.base.pow(integer.checked_ilog(self.base).unwrap_or(0));
        std::iter::from_fn(move || {
            let number = (integer / digit.max(1)) % self.base;
            digit = if digit == 0 { return None } else { digit / self.base };
            Some(dense.codes[number as usize - 1])
        })
    }
}

fn merged<K: Eq + Hash>(one: FxHashMap<K, u64>, other: FxHashMap<K, u64>) -> FxHashMap<K, u64> {
    let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    fewer.into_iter().for_each(|(key, sessions)| *more.entry(key).or_default() += sessions);
    more
}
