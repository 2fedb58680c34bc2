//! What can be asked: a question is a scan of a batch, a merge of what scans gathered, and an answer made of that.
//!
//! Schedulers rely on one law: scanning two batches as one is the same as merging their scans,
//! `scan(a ++ b) = merge(scan a, scan b)`, in either order. So an answer does not depend on how rows lie in segments, or
//! on how many threads or machines there are. It is a property test for every analysis.

use crate::batch::SessionBatch;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn;

/// A question about sessions.
pub trait Analysis: Sync {
    /// What a scan gathers.
    type Partial: Send;
    /// What is answered.
    type Answer;

    /// Columns that a scan reads. `StepKind` and `StepLabel` stand for the steps' codes ([`SessionBatch::steps`]).
    fn columns(&self) -> Vec<SessionColumn>;

    /// What the scan of no rows gathers.
    fn empty(&self) -> Self::Partial;

    /// Gathers from the selected rows. `selected` is as long as the batch; read it by `set_slices`, which makes a
    /// plain loop where all rows are selected.
    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial;

    /// What the scan of both would have gathered.
    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial;

    /// The answer. The vocabulary is the one of the batches that were scanned.
    fn finish(&self, partial: Self::Partial, vocabulary: &Vocabulary) -> Self::Answer;
}

/// Questions of one kind in one pass.
impl<A: Analysis, const N: usize> Analysis for [A; N] {
    type Partial = [A::Partial; N];
    type Answer = [A::Answer; N];

    fn columns(&self) -> Vec<SessionColumn> {
        self.iter().flat_map(Analysis::columns).collect()
    }

    fn empty(&self) -> Self::Partial {
        self.each_ref().map(Analysis::empty)
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        self.each_ref().map(|analysis| analysis.scan(batch, selected))
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        let (mut one, mut other) = (one.into_iter(), other.into_iter());
        self.each_ref().map(|analysis| {
            let both = one.next().zip(other.next()).expect("there are as many parts as analyses");
            analysis.merge(both.0, both.1)
        })
    }

    fn finish(&self, partial: Self::Partial, vocabulary: &Vocabulary) -> Self::Answer {
        let mut partial = partial.into_iter();
        self.each_ref().map(|analysis| {
            let part = partial.next().expect("there are as many parts as analyses");
            analysis.finish(part, vocabulary)
        })
    }
}

/// Two questions in one pass: what both read is decoded once.
impl<A: Analysis, B: Analysis> Analysis for (A, B) {
    type Partial = (A::Partial, B::Partial);
    type Answer = (A::Answer, B::Answer);

    fn columns(&self) -> Vec<SessionColumn> {
        [self.0.columns(), self.1.columns()].concat()
    }

    fn empty(&self) -> Self::Partial {
        (self.0.empty(), self.1.empty())
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Self::Partial {
        (self.0.scan(batch, selected), self.1.scan(batch, selected))
    }

    fn merge(&self, one: Self::Partial, other: Self::Partial) -> Self::Partial {
        (self.0.merge(one.0, other.0), self.1.merge(one.1, other.1))
    }

    fn finish(&self, partial: Self::Partial, vocabulary: &Vocabulary) -> Self::Answer {
        (self.0.finish(partial.0, vocabulary), self.1.finish(partial.1, vocabulary))
    }
}
