//! What is gathered of values: how many, their sum, their percentiles, how many different ones.
//!
//! Percentiles are exact for few values, and counted in buckets of 1/128 of their value for many, so that a tally holds at most
//! some kilobytes. Which of the two it is depends on the number of values alone, and not on how they came together.

use footpath_model::reports::measures::{QUANTILE_EXACT, Timing, rank};

/// Values of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) n: u64,
    pub(crate) sum: u64,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    Exact(Vec<u32>),
    /// How many there are in each bucket; as long as the highest one that is needed.
    Buckets(Vec<u32>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

/// Each power of two is parted in so many buckets.
const PARTS_BITS: u32 = 7;

/// The bucket of a value; below 256 each value has its own.
fn bucket(value: u32) -> usize {
    let shift = value.checked_ilog2().unwrap_or(0).saturating_sub(PARTS_BITS);
    ((shift << PARTS_BITS) + (value >> shift)) as usize
}

/// The value in the middle of a bucket.
fn middle(bucket: usize) -> u32 {
    let parts = 1_usize << PARTS_BITS;
    let shift = (bucket / parts).saturating_sub(1);
    let lowest = (bucket - shift * parts) << shift;
    // The highest bucket ends with the highest value.
    u32::try_from(lowest + (1_usize << shift) / 2 - usize::from(shift > 0)).unwrap_or(u32::MAX)
}

/// A percentile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Percentile {
    pub(crate) value: u32,
    pub(crate) exact: bool,
}

impl Tally {
    #[inline]
    pub(crate) fn add(&mut self, value: u32) {
        self.n += 1;
        self.sum += u64::from(value);
        match &mut self.values {
            Values::Exact(values) => {
                values.push(value);
                if values.len() > QUANTILE_EXACT {
                    self.values.count();
                }
            }
            Values::Buckets(counts) => count_in(counts, value, 1),
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.sum += other.sum;
        match (&mut self.values, other.values) {
            (Values::Exact(values), Values::Exact(mut more)) => {
                values.append(&mut more);
                if values.len() > QUANTILE_EXACT {
                    self.values.count();
                }
            }
            (Values::Buckets(counts), Values::Exact(values)) => {
                values.into_iter().for_each(|value| count_in(counts, value, 1));
            }
            (Values::Exact(values), Values::Buckets(mut counts)) => {
                values.iter().for_each(|&value| count_in(&mut counts, value, 1));
                self.values = Values::Buckets(counts);
            }
            (Values::Buckets(counts), Values::Buckets(more)) => {
                if counts.len() < more.len() {
                    counts.resize(more.len(), 0);
                }
                counts.iter_mut().zip(more).for_each(|(count, more)| *count = count.saturating_add(more));
            }
        }
    }

    /// The value of nearest rank; nothing where there are none.
    pub(crate) fn percentile(&self, percent: u64) -> Option<Percentile> {
        let rank = rank(self.n, percent)?;
        match &self.values {
            Values::Exact(values) => {
                let mut values = values.clone();
                let rank = usize::try_from(rank).ok().filter(|&rank| rank < values.len())?;
                Some(Percentile { value: *values.select_nth_unstable(rank).1, exact: true })
            }
            Values::Buckets(counts) => {
                let mut before = 0;
                let at = counts.iter().position(|&count| {
                    before += u64::from(count);
                    before > rank
                })?;
                Some(Percentile { value: middle(at), exact: false })
            }
        }
    }

    pub(crate) fn timing(&self) -> Option<Timing> {
        let Percentile { value, exact } = self.percentile(50)?;
        Some(Timing { median_ms: value.into(), n: self.n, exact })
    }
}

impl Values {
    #[cold]
    fn count(&mut self) {
        if let Self::Exact(values) = self {
            let mut counts = Vec::new();
            values.iter().for_each(|&value| count_in(&mut counts, value, 1));
            *self = Self::Buckets(counts);
        }
    }
}

#[inline]
fn count_in(counts: &mut Vec<u32>, value: u32, n: u32) {
    let bucket = bucket(value);
    if bucket >= counts.len() {
        counts.resize(bucket + 1, 0);
    }
    counts[bucket] = counts[bucket].saturating_add(n);
}

/// A value as it is tallied: never below zero.
#[inline]
pub(crate) fn whole(value: i32) -> u32 {
    value.max(0).cast_unsigned()
}

/// Different values, told apart by 62 bits, each with marks that some of its occurrences have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    /// Values above their marks; the first of them are in order and without repetition.
    hashes: Vec<u64>,
    in_order: usize,
}

/// What an occurrence of a value can be marked with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    First = 1,
    Second = 2,
}

/// Bits of marks.
const MARKS: u64 = Mark::First as u64 | Mark::Second as u64;
/// Below this many it is not worth putting them in order.
const UNORDERED: usize = 1024;
/// Hashes of one part, about, when many are put in order: few enough for the quickest way of sorting.
const OF_A_PART: usize = 32;
/// Parts at most, so that where each begins fits the processor's nearest cache.
const MOST_PARTS_BITS: u32 = 11;

impl Distinct {
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        self.add_marked(hash, 0);
    }

    /// `marks` are [`Mark`]s.
    #[inline]
    pub(crate) fn add_marked(&mut self, hash: u64, marks: u64) {
        self.hashes.push(hash & !MARKS | marks);
        // So that what is held stays in proportion to what is different.
        if self.hashes.len() >= UNORDERED && self.hashes.len() >= 2 * self.in_order {
            self.order();
        }
    }

    pub(crate) fn merge(&mut self, mut other: Self) {
        if self.hashes.len() < other.hashes.len() {
            std::mem::swap(self, &mut other);
        }
        self.hashes.append(&mut other.hashes);
        if self.hashes.len() >= UNORDERED && self.hashes.len() >= 2 * self.in_order {
            self.order();
        }
    }

    /// How many different ones; of all, and of those with an occurrence of each mark.
    pub(crate) fn number(&self) -> Marked {
        let mut ordered = self.clone();
        ordered.order();
        let mut marked = Marked::default();
        for same in ordered.hashes.chunk_by(|one, other| one & !MARKS == other & !MARKS) {
            let marks = same.iter().fold(0, |marks, hash| marks | hash);
            marked.all += 1;
            marked.first += u64::from(marks & Mark::First as u64 != 0);
            marked.second += u64::from(marks & Mark::Second as u64 != 0);
        }
        marked
    }

    /// Only what is new is sorted; then both are one.
    fn order(&mut self) {
        let new = sorted(&self.hashes[self.in_order..]);
        let old = std::mem::take(&mut self.hashes);
        let mut old = &old[..self.in_order];
        let mut both = Vec::with_capacity(old.len() + new.len());
        for hash in new {
            let before = old.iter().position(|one| *one >= hash).unwrap_or(old.len());
            both.extend_from_slice(&old[..before]);
            old = &old[before..];
            if old.first() != Some(&hash) && both.last() != Some(&hash) {
                both.push(hash);
            }
        }
        both.extend_from_slice(old);
        self.in_order = both.len();
        self.hashes = both;
    }
}

/// Numbers of different values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Marked {
    pub(crate) all: u64,
    pub(crate) first: u64,
    pub(crate) second: u64,
}

/// In order. Hashes are spread evenly, so that their highest bits part them into parts of one size, which are sorted
/// one by one.
fn sorted(hashes: &[u64]) -> Vec<u64> {
    let bits = (hashes.len() / OF_A_PART).checked_ilog2().unwrap_or(0).min(MOST_PARTS_BITS);
    let part = |hash: u64| (hash.unbounded_shr(u64::BITS - bits)) as usize;
    let mut ends = vec![0; 1 << bits];
    hashes.iter().for_each(|&hash| ends[part(hash)] += 1);
    let mut begin = 0;
    for end in &mut ends {
        begin += *end;
        *end = begin - *end;
    }
    let mut sorted = vec![0; hashes.len()];
    for &hash in hashes {
        let at = &mut ends[part(hash)];
        sorted[*at] = hash;
        *at += 1;
    }
    let mut begin = 0;
    for end in ends {
        sorted[begin..end].sort_unstable();
        begin = end;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use footpath_model::reports::measures::QUANTILE_ERROR;
    use proptest::prelude::*;

    #[test]
    fn buckets_are_in_order_without_gaps_and_near_their_values() {
        let mut last = 0;
        let mut value: u32 = 0;
        while value < u32::MAX {
            let at = bucket(value);
            assert!(at == last || at == last + 1, "{value} is in bucket {at} after {last}");
            last = at;
            let off = f64::from(middle(at).abs_diff(value));
            assert!(off <= f64::from(value) * QUANTILE_ERROR, "{value} is told as {}", middle(at));
            value = value.saturating_add(1 + value / 500);
        }
        assert_eq!(middle(bucket(255)), 255);
        assert!(middle(bucket(u32::MAX)) > u32::MAX - (1 << 25));
    }

    fn tally(values: &[u32]) -> Tally {
        let mut tally = Tally::default();
        values.iter().for_each(|&value| tally.add(value));
        tally
    }

    proptest! {
        #[test]
        fn percentiles_are_exact_or_near_and_do_not_depend_on_how_values_came_together(
            seed in any::<u64>(), n in prop_oneof![0..60_usize, 4080..4110_usize, 9000..9001_usize],
            cut in any::<prop::sample::Index>(), percent in 0..=100_u64,
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 40) as u32 >> (state >> 33 & 15)
            };
            let values: Vec<u32> = (0..n).map(|_| next()).collect();
            let whole = tally(&values);
            let (one, other) = values.split_at(cut.index(n + 1));
            let mut merged = tally(one);
            merged.merge(tally(other));
            prop_assert_eq!((merged.n, merged.sum), (whole.n, whole.sum));
            prop_assert_eq!(merged.percentile(percent), whole.percentile(percent));
            let mut ordered = values;
            ordered.sort_unstable();
            let expected = rank(n as u64, percent).map(|rank| ordered[rank as usize]);
            match (whole.percentile(percent), expected) {
                (None, None) => {}
                (Some(Percentile { value, exact: true }), Some(expected)) => {
                    prop_assert!(n <= QUANTILE_EXACT);
                    prop_assert_eq!(value, expected);
                }
                (Some(Percentile { value, exact: false }), Some(expected)) => {
                    prop_assert!(n > QUANTILE_EXACT);
                    prop_assert!(f64::from(value.abs_diff(expected)) <= f64::from(expected) * QUANTILE_ERROR);
                }
                (got, expected) => prop_assert!(false, "{got:?} where {expected:?}"),
            }
        }

        #[test]
        fn repetitions_are_not_different(seed in 0..50_u64, n in 0..5000_usize, cut in any::<prop::sample::Index>()) {
            // As spread as hashes are; the low bits are for marks.
            let hash = |at: usize| ((at as u64 * (seed + 1)) % 700).wrapping_mul(0x9E37_79B9_7F4A_7C15) << 2;
            let marks = |at: usize| (at % 5 % 3) as u64 + u64::from(at.is_multiple_of(7));
            let distinct = |range: std::ops::Range<usize>| {
                let mut distinct = Distinct::default();
                range.for_each(|at| distinct.add_marked(hash(at), marks(at)));
                distinct
            };
            let different = |mark: u64| {
                let marked = (0..n).filter(|&at| mark == 0 || marks(at) & mark != 0);
                marked.map(hash).collect::<std::collections::HashSet<_>>().len() as u64
            };
            let expected = Marked {
                all: different(0),
                first: different(Mark::First as u64),
                second: different(Mark::Second as u64),
            };
            let cut = cut.index(n + 1);
            let mut merged = distinct(0..cut);
            merged.merge(distinct(cut..n));
            prop_assert_eq!(merged.number(), expected);
            prop_assert_eq!(distinct(0..n).number(), expected);
        }
    }
}
