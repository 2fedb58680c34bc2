//! Steps where they are many or odd: the other ways to count, which small tests do not reach.

use crate::naive;
use crate::sessions::{Memory, Row, record_batch};
use arrow::array::{Array, AsArray, ListArray, StringArray};
use arrow::record_batch::RecordBatch;
use footpath_analyze::{
    BatchError, Cancel, Codes, Filter, Funnel, Paths, Scheduler, SchedulerConfig, SessionBatch, StepKinds,
    StepName, Transitions, Vocabulary,
};
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepKind;
use std::sync::Arc;

const STEP_COLUMNS: [SessionColumn; 2] = [SessionColumn::StepKind, SessionColumn::StepLabel];

fn row(labels: impl Iterator<Item = u32>) -> Row {
    Row { steps: labels.map(|label| (StepKind::Page, label.to_string())).collect(), ..Row::default() }
}

fn answers_are_right(segments: Vec<Vec<Row>>, lengths: &[usize]) {
    let scheduler = Scheduler::new(SchedulerConfig { threads: 2, cache_bytes: 1 << 26 });
    let rows = segments.concat();
    let source = Memory::new(segments);
    let (filter, cancel, kinds) = (Filter::all(), Cancel::default(), StepKinds::PAGES);
    let transitions = scheduler.run(&source, &filter, &Transitions { kinds }, &cancel).unwrap();
    assert_eq!(transitions, naive::transitions(&rows, kinds));
    for &length in lengths {
        let paths = scheduler.run(&source, &filter, &Paths { kinds, length, limit: 30 }, &cancel).unwrap();
        assert_eq!(paths, naive::paths(&rows, kinds, length, 30), "of length {length}");
    }
    let funnel = Funnel { steps: ["3", "1"].map(|label| StepName::new(StepKind::Page, label)).to_vec() };
    assert_eq!(
        scheduler.run(&source, &filter, &funnel, &cancel).unwrap(),
        naive::funnel(&rows, &funnel.steps)
    );
}

#[test]
fn hundreds_of_labels() {
    let segment =
        |seed: u32| (0..300).map(|n| row((0..n % 9).map(|k| (n * 17 + k * k * seed) % 400))).collect();
    answers_are_right(vec![segment(3), segment(5)], &[1, 2, 5, 8, 40, 200]);
}

#[test]
fn more_labels_than_two_bytes_count() {
    let rows: Vec<Row> = (0..20_000).map(|n| row((0..4).map(|k| n * 4 + k))).collect();
    let vocabulary = Arc::new(Vocabulary::default());
    let batch =
        SessionBatch::new(0, &record_batch(&rows, &STEP_COLUMNS), &STEP_COLUMNS, &vocabulary).unwrap();
    assert!(matches!(batch.steps().codes(), Codes::Wide(codes) if codes.len() == 80_000));
    assert_eq!(batch.steps().dictionary().len(), 80_000);
    answers_are_right(vec![rows], &[5]);
}

#[test]
fn a_few_steps_among_many_sessions_are_counted_in_tables() {
    answers_are_right(vec![(0..9000).map(|n| row((0..n % 4).map(|k| (n + k) % 5))).collect()], &[3, 5]);
}

#[test]
fn a_slice_of_a_batch_has_its_own_steps() {
    let rows: Vec<Row> = (0..10).map(|n| row(0..n)).collect();
    let vocabulary = Arc::new(Vocabulary::default());
    let slice = record_batch(&rows, &STEP_COLUMNS).slice(4, 3);
    let batch = SessionBatch::new(0, &slice, &STEP_COLUMNS, &vocabulary).unwrap();
    assert_eq!(batch.steps().offsets(), [0, 4, 9, 15]);
    let Codes::Narrow(codes) = batch.steps().codes() else { panic!("six labels are few") };
    let label =
        |code: &u16| vocabulary.name(batch.steps().dictionary()[usize::from(*code)]).label.to_string();
    assert_eq!(codes[..5].iter().map(label).collect::<Vec<_>>(), ["0", "1", "2", "3", "0"]);
}

#[track_caller]
fn refused(batch: &RecordBatch, columns: &[SessionColumn], expected: expect_test::Expect) {
    let error: BatchError = SessionBatch::new(0, batch, columns, &Arc::default()).unwrap_err();
    expected.assert_eq(&error.to_string());
}

#[test]
fn columns_that_are_not_as_they_must_be_are_refused() {
    use expect_test::expect;
    let rows = [row(0..2), row(0..1)];
    let loaded = record_batch(&rows, &STEP_COLUMNS);
    refused(&loaded, &[SessionColumn::Start], expect!["column start_at is missing"]);

    let ids = Arc::new(StringArray::from(vec![Some("a"), None]));
    let loaded_ids = RecordBatch::try_from_iter([("session_id", Arc::clone(&ids) as _)]).unwrap();
    refused(&loaded_ids, &[SessionColumn::Id], expect!["column session_id holds nulls"]);
    let times = RecordBatch::try_from_iter([("start_at", ids as _)]).unwrap();
    refused(&times, &[SessionColumn::Start], expect!["column start_at is not of its type"]);

    let kinds = loaded.column(0).as_list::<i32>();
    let odd = ListArray::new(
        match kinds.data_type() {
            arrow::datatypes::DataType::List(element) => Arc::clone(element),
            other => panic!("{other} is no list"),
        },
        kinds.offsets().clone(),
        Arc::clone(loaded.column(1).as_list::<i32>().values()),
        None,
    );
    let odd = RecordBatch::try_from_iter([
        ("step_kind", Arc::new(odd) as _),
        ("step_label", Arc::clone(loaded.column(1))),
    ]);
    refused(
        &odd.unwrap(),
        &STEP_COLUMNS,
        expect!["column step_kind holds a kind of step that is not known here"],
    );

    let longer = record_batch(&[row(0..2), row(0..2)], &STEP_COLUMNS);
    let uneven = RecordBatch::try_from_iter([
        ("step_kind", Arc::clone(loaded.column(0))),
        ("step_label", Arc::clone(longer.column(1))),
    ]);
    refused(&uneven.unwrap(), &STEP_COLUMNS, expect!["column step_label is not as long as step_kind"]);
}
