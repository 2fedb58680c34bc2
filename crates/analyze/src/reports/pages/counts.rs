//! How often each word of a list is there, to find the most frequent ones.

use super::WordLists;
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::scope::rows;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Counts the words of a column of lists.
#[derive(Clone, Copy, Debug)]
pub struct ListCounts {
    /// A column of words.
    pub column: SessionColumn,
}

impl Analysis for ListCounts {
    type Partial = HashMap<String, u64>;
    /// Most frequent first, equals by the word.
    type Answer = Vec<(String, u64)>;

    fn columns(&self) -> Vec<SessionColumn> {
        vec![self.column]
    }

    fn empty(&self) -> Self::Partial {
        HashMap::new()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        let lists = WordLists::of(batch, self.column);
        let mut counts = vec![0_u64; lists.n_places()];
        for row in rows(selected) {
            lists.range(row).for_each(|at| counts[lists.place(at)] += 1);
        }
        let met = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        met.filter_map(|(place, count)| Some((lists.word(place)?.to_owned(), count))).collect()
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut more, fewer) = if one.len() >= other.len() { (one, other) } else { (other, one) };
        fewer.into_iter().for_each(|(word, count)| *more.entry(word).or_default() += count);
        more
    }

    fn finish(&self, counts: Self::Partial, _: &Vocabulary) -> Self::Answer {
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable_by(|one, other| (Reverse(one.1), &one.0).cmp(&(Reverse(other.1), &other.0)));
        counts
    }
}

/// The most frequent words, how many others there are, how often these are there, and how often all are.
pub(super) fn top(counts: Vec<(String, u64)>, limit: usize) -> (Vec<String>, u64, u64, u64) {
    let all = counts.iter().map(|(_, count)| count).sum();
    let (shown, rest) = counts.split_at(limit.min(counts.len()));
    let of_rest = rest.iter().map(|(_, count)| count).sum();
    (shown.iter().map(|(word, _)| word.clone()).collect(), rest.len() as u64, of_rest, all)
}

/// For each place the number of its word among those shown.
pub(super) fn numbers(lists: &WordLists<'_>, shown: &[String]) -> Vec<Option<usize>> {
    let numbers: HashMap<&str, usize> = shown.iter().map(String::as_str).zip(0..).collect();
    (0..lists.n_places()).map(|place| numbers.get(lists.word(place)?).copied()).collect()
}
