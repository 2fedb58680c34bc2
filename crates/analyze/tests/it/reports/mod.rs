//! Reports: on random sessions they answer what the model says in plain code, however rows lie in segments and on
//! however many threads; the scan of two batches as one is the merge of their scans; parts add up to wholes, and the list
//! under every number is exactly as long.

mod impact;
mod losses;
mod metrics;
mod pages;
mod paths;

use crate::documents::{Documents, record_batch};
use arrow::buffer::BooleanBuffer;
use footpath_analyze::reports::{Scope, Selection};
use footpath_analyze::{
    Analysis, List, ListPage, Order, Scheduler, SchedulerConfig, SessionBatch, Vocabulary,
};
use footpath_model::columns::SessionColumn;
use footpath_model::reports::document::{AsOf, Document};
use footpath_model::reports::naive;
use footpath_model::reports::pattern::{Goal, StepPattern};
use footpath_model::steps::StepKind;
use footpath_model::time::{MINUTE, Timestamp};
use proptest::prelude::*;
use std::fmt::Debug;
use std::sync::Arc;

pub fn scheduler() -> Scheduler {
    Scheduler::new(SchedulerConfig { threads: 2, cache_bytes: 1 << 22 })
}

/// Some sessions are live then.
pub fn as_of() -> AsOf {
    AsOf { now: Timestamp(31 * MINUTE), timeout_ms: 30 * MINUTE }
}

/// The scan of both is the merge of the scans, in either order, also with nothing.
pub fn law<A: Analysis<Answer: PartialEq + Debug>>(
    analysis: &A,
    one: &[Document],
    other: &[Document],
    bits: u64,
) -> Result<(), TestCaseError> {
    let vocabulary = Arc::new(Vocabulary::default());
    let columns = [&analysis.columns()[..], &[SessionColumn::StepKind, SessionColumn::StepLabel]].concat();
    let scan = |documents: &[Document], from: usize| {
        let loaded = record_batch(documents, &columns);
        let batch = SessionBatch::new(0, &loaded, &columns, &vocabulary).unwrap();
        let selected =
            BooleanBuffer::collect_bool(documents.len(), |row| bits >> ((from + row) % 64) & 1 == 1);
        analysis.scan(&batch, &selected)
    };
    let both = [one, other].concat();
    let together = analysis.finish(scan(&both, 0), &vocabulary);
    let (first, second) = (|| scan(one, 0), || scan(other, one.len()));
    prop_assert_eq!(&analysis.finish(analysis.merge(first(), second()), &vocabulary), &together);
    prop_assert_eq!(&analysis.finish(analysis.merge(second(), first()), &vocabulary), &together);
    let with_none = analysis.merge(analysis.empty(), scan(&both, 0));
    prop_assert_eq!(&analysis.finish(with_none, &vocabulary), &together);
    Ok(())
}

/// The whole list under a selection.
pub fn page(scope: &Scope<'_>, selection: &Selection) -> ListPage {
    let list = List { order: Order::NEWEST, after: None, limit: usize::MAX };
    scope.select(selection).unwrap().list(&list).unwrap()
}

/// The list under a selection holds the sessions that the model says, and so many.
pub fn listed(
    scope: &Scope<'_>,
    source: &Documents,
    selection: &Selection,
    number: u64,
) -> Result<(), TestCaseError> {
    let page = page(scope, selection);
    prop_assert_eq!(page.counted.total, number, "{:?}", selection);
    let documents = source.all();
    let kept = naive::selected(&documents, &documents, selection);
    let mut expected: Vec<_> =
        documents.iter().zip(kept).filter(|(_, kept)| *kept).map(|(one, _)| one.session.id).collect();
    let id_of =
        |row: &footpath_analyze::ListRow| source.parts[row.row.segment][row.row.row as usize].session.id;
    let mut ids: Vec<_> = page.rows.iter().map(id_of).collect();
    expected.sort_unstable();
    ids.sort_unstable();
    prop_assert_eq!(ids, expected, "{:?}", selection);
    Ok(())
}

/// Exact names and names with a star; labels up to 3 are frequent.
pub fn any_pattern() -> impl Strategy<Value = StepPattern> {
    let kind = prop_oneof![4 => Just(StepKind::Page), 1 => Just(StepKind::Click), 1 => Just(StepKind::Input)];
    let label = prop_oneof![4 => (0..4_u8).prop_map(|label| format!("/{label}")), 1 => Just("/1*".to_owned()), 1 => Just("*".to_owned())];
    (kind, label).prop_map(|(kind, label)| StepPattern::new(kind, &label))
}

pub fn any_kinds() -> impl Strategy<Value = Vec<StepKind>> {
    prop_oneof![Just(vec![StepKind::Page]), prop::sample::subsequence(&StepKind::ALL[..], 0..5)]
}

pub fn any_goals() -> impl Strategy<Value = Vec<Goal>> {
    let goal = prop::collection::vec(any_pattern(), 0..3)
        .prop_map(|steps| Goal { name: "success".to_owned(), steps });
    prop::collection::vec(goal, 0..3)
}
