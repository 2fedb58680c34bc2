//! The scheduler: what it loads, keeps and lets go of, when it stops, and rows taken one by one.

use crate::sessions::{Memory, Row, any_rows, any_source, record_batch};
use arrow::array::AsArray;
use arrow::record_batch::RecordBatch;
use footpath_analyze::{
    Bots, Cancel, Count, Filter, FirstStart, Funnel, Paths, RowRef, RunError, Scheduler, SchedulerConfig,
    Segment, SegmentId, Source, SourceError, StepKinds, StepName, Transitions,
};
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepKind;
use footpath_model::time::Timestamp;
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

fn scheduler(threads: usize, cache_bytes: u64) -> Scheduler {
    Scheduler::new(SchedulerConfig { threads, cache_bytes })
}

fn sessions(n: i64) -> Vec<Row> {
    let row = |n: i64| Row {
        id: n as u64,
        start: n,
        steps: vec![(StepKind::Page, format!("/{}", n % 7))],
        ..Row::default()
    };
    (0..n).map(row).collect()
}

fn count(scheduler: &Scheduler, source: &dyn Source) -> u64 {
    scheduler.run(source, &Filter::all(), &Count, &Cancel::default()).unwrap().total
}

#[test]
fn what_was_loaded_is_kept_but_for_what_changes() {
    let scheduler = scheduler(1, 1 << 20);
    let source = Memory::new(vec![sessions(100), sessions(50)]).last_is_live();
    assert_eq!(count(&scheduler, &source), 150);
    assert_eq!(source.loads(), 2);
    assert_eq!(count(&scheduler, &source), 150);
    assert_eq!(source.loads(), 3, "only the live segment is loaded again");
    assert!(scheduler.held_bytes() > 400);
}

#[test]
fn segments_that_are_gone_are_let_go_of() {
    let scheduler = scheduler(1, 1 << 20);
    let source = Memory::new(vec![sessions(100), sessions(100)]);
    count(&scheduler, &source);
    let held = scheduler.held_bytes();
    scheduler.retain(&HashSet::from([SegmentId(1)]));
    assert_eq!(scheduler.held_bytes(), held / 2);
    count(&scheduler, &source);
    assert_eq!(source.loads(), 3);
}

#[test]
fn the_cache_keeps_to_its_bytes() {
    let bytes = 20_000;
    let scheduler = scheduler(2, bytes);
    let source = Memory::new((0..40).map(|_| sessions(500)).collect());
    for _ in 0..3 {
        assert_eq!(count(&scheduler, &source), 20_000);
        let paths = Paths { kinds: StepKinds::PAGES, length: 5, limit: 10 };
        let top = scheduler.run(&source, &Filter::all(), &paths, &Cancel::default()).unwrap();
        assert_eq!((top.sessions, top.n_paths), (20_000, 7));
        assert!(scheduler.held_bytes() <= bytes + bytes / 4, "{} bytes", scheduler.held_bytes());
    }
}

#[test]
fn a_vocabulary_that_has_become_too_big_is_left() {
    let scheduler = scheduler(1, 1 << 16);
    let transitions = Transitions { kinds: StepKinds::ALL };
    for round in 0..20 {
        let step = |n: i64| (StepKind::Click, format!("label {round} {n}"));
        let rows = (0..100).map(|n| Row { steps: vec![step(n)], ..Row::default() }).collect();
        let mut source = Memory::new(vec![sessions(30), rows]);
        source.segments[1].id = Some(SegmentId(100 + round));
        let answer = scheduler.run(&source, &Filter::all(), &transitions, &Cancel::default()).unwrap();
        assert_eq!(answer.len(), 200 + 14);
        let funnel = Funnel { steps: vec![StepName::new(StepKind::Page, "/0")] };
        let reached = scheduler.run(&source, &Filter::all(), &funnel, &Cancel::default()).unwrap();
        assert_eq!(reached, [5], "codes of the vocabulary before are not mistaken for this one's");
    }
    assert!(scheduler.held_bytes() < 1 << 17, "{} bytes", scheduler.held_bytes());
}

#[test]
fn segments_outside_the_range_are_not_loaded() {
    let scheduler = scheduler(1, 1 << 20);
    let later = sessions(10).into_iter().map(|row| Row { start: row.start + 1000, ..row }).collect();
    let source = Memory::new(vec![sessions(10), later]);
    let filter =
        |from, to| Filter { range: Timestamp(from)..Timestamp(to), bots: Bots::Exclude, search: None };
    let first = |filter| scheduler.run(&source, &filter, &FirstStart, &Cancel::default()).unwrap();
    assert_eq!(first(filter(1003, 2000)), Some(Timestamp(1003)));
    assert_eq!(source.loads(), 1);
    assert_eq!(first(filter(10, 1000)), None);
    assert_eq!(first(filter(5, 5)), None);
    assert_eq!(source.loads(), 1);
}

/// A source that does something before it answers.
struct Doing<F> {
    memory: Memory,
    action: F,
}

impl<F: Fn() -> Result<(), SourceError> + Sync> Source for Doing<F> {
    fn segments(&self) -> &[Segment] {
        self.memory.segments()
    }

    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        (self.action)()?;
        self.memory.load(segment, columns)
    }
}

#[test]
fn a_cancelled_query_loads_no_further_segment() {
    for threads in [1, 3] {
        let cancel = Cancel::default();
        let action = || {
            cancel.cancel();
            Ok(())
        };
        let source = Doing { memory: Memory::new((0..50).map(|_| sessions(10)).collect()), action };
        let answer = scheduler(threads, 1 << 20).run(&source, &Filter::all(), &Count, &cancel);
        assert!(matches!(answer, Err(RunError::Cancelled)));
        assert!((1..=threads).contains(&source.memory.loads()), "{} loads", source.memory.loads());
    }
}

#[test]
fn one_segment_that_cannot_be_read_is_an_error_and_no_smaller_answer() {
    let n = AtomicUsize::new(0);
    let fail = || match n.fetch_add(1, Ordering::Relaxed) {
        7 => Err(SourceError { segment: 7, source: "no such file".into() }),
        _ => Ok(()),
    };
    let source = Doing { memory: Memory::new((0..10).map(|_| sessions(10)).collect()), action: fail };
    let scheduler = scheduler(1, 1 << 20);
    let error = scheduler.run(&source, &Filter::all(), &Count, &Cancel::default()).unwrap_err();
    expect_test::expect!["segment 7 could not be read: no such file"]
        .assert_eq(&format!("{error}: {}", std::error::Error::source(&error).unwrap()));
    assert_eq!(count(&scheduler, &source), 100);
}

#[test]
fn a_source_that_gives_too_few_rows_is_refused() {
    let mut source = Memory::new(vec![sessions(10)]);
    source.segments[0].rows = 11;
    let error = scheduler(1, 1 << 20).run(&source, &Filter::all(), &Count, &Cancel::default()).unwrap_err();
    assert!(matches!(error, RunError::Source(SourceError { segment: 0, .. })), "{error:?}");
}

#[test]
fn queries_that_miss_together_load_once() {
    let scheduler = scheduler(1, 1 << 20);
    let begun = AtomicUsize::new(0);
    // Whoever loads first is held up until all have begun.
    let action = || {
        while begun.load(Ordering::Relaxed) < 4 {
            std::thread::yield_now();
        }
        Ok(())
    };
    let source = Doing { memory: Memory::new(vec![sessions(1000)]), action };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                begun.fetch_add(1, Ordering::Relaxed);
                assert_eq!(count(&scheduler, &source), 1000);
            });
        }
    });
    assert_eq!(source.memory.loads(), 1);
}

#[test]
fn taking_what_is_cached_reads_nothing_and_taking_what_is_not_keeps_nothing() {
    let scheduler = scheduler(1, 1 << 20);
    let source = Memory::new(vec![sessions(10)]);
    let rows = [RowRef { segment: 0, row: 3 }];
    let held = scheduler.held_bytes();
    scheduler.take(&source, &rows, &[SessionColumn::Start, SessionColumn::StepLabel]).unwrap();
    assert_eq!(scheduler.held_bytes(), held);
    assert_eq!(*source.rows_loaded.lock().unwrap(), [3]);
    scheduler.run(&source, &Filter::all(), &FirstStart, &Cancel::default()).unwrap();
    scheduler.take(&source, &rows, &[SessionColumn::Start]).unwrap();
    assert_eq!(*source.rows_loaded.lock().unwrap(), [3]);
}

#[test]
fn no_rows_have_all_columns() {
    let taken = scheduler(1, 1 << 20).take(&Memory::new(vec![]), &[], SessionColumn::ALL).unwrap();
    assert_eq!((taken.num_rows(), taken.num_columns()), (0, SessionColumn::ALL.len()));
}

const TAKEN: [SessionColumn; 6] = [
    SessionColumn::Id,
    SessionColumn::Start,
    SessionColumn::Load,
    SessionColumn::Bot,
    SessionColumn::StepKind,
    SessionColumn::StepLabel,
];

proptest! {
    #[test]
    fn rows_are_taken_in_the_order_asked(
        source in any_rows(30).prop_flat_map(any_source),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        warm in any::<bool>(),
    ) {
        let scheduler = scheduler(1, 1 << 20);
        if warm {
            let filter = Filter { range: Timestamp(1)..Timestamp(2000), bots: Bots::Exclude, search: None };
            scheduler.run(&source, &filter, &FirstStart, &Cancel::default()).unwrap();
        }
        let rows_of = |segment: usize| (0..source.rows[segment].len() as u32).map(move |row| RowRef { segment, row });
        let all: Vec<RowRef> = (0..source.segments.len()).flat_map(rows_of).collect();
        let picks = if all.is_empty() { vec![] } else { picks };
        let rows: Vec<RowRef> = picks.iter().map(|pick| all[pick.index(all.len())]).collect();
        let taken = scheduler.take(&source, &rows, &TAKEN).unwrap();
        let expected: Vec<Row> =
            rows.iter().map(|row| source.rows[row.segment][row.row as usize].clone()).collect();
        let expected = record_batch(&expected, &TAKEN);
        prop_assert_eq!(said(&taken), said(&expected));
    }
}

/// Every value as text: dictionaries that say the same may be made differently.
fn said(batch: &RecordBatch) -> Vec<Vec<String>> {
    let said = |column: &arrow::array::ArrayRef| {
        let row = |row| match column.as_list_opt::<i32>() {
            Some(lists) => format!("{:?}", words(&lists.value(row))),
            None => match column.as_any_dictionary_opt() {
                Some(_) => format!("{:?}", words(&column.slice(row, 1))),
                None => format!("{:?}", column.slice(row, 1)),
            },
        };
        (0..batch.num_rows()).map(row).collect()
    };
    batch.columns().iter().map(said).collect()
}

fn words(array: &dyn arrow::array::Array) -> Vec<Option<String>> {
    let words = array.as_dictionary::<arrow::datatypes::Int32Type>();
    let words = words.downcast_dict::<arrow::array::StringArray>().unwrap();
    words.into_iter().map(|word| word.map(str::to_owned)).collect()
}
