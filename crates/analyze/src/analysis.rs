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
