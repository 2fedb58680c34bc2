//! For every analysis: it answers what is said plainly in [`naive`], however rows lie in segments, whichever are
//! hidden there, on however many threads; and the scan of two batches as one is the merge of their scans.

use crate::naive;
use crate::sessions::{Memory, Row, any_filter, any_rows, any_source, compiled, record_batch};
use arrow::buffer::BooleanBuffer;
use footpath_analyze::{
    Analysis, Cancel, ClauseCounts, Count, Filter, FirstStart, Funnel, Histogram, Paths, Scheduler,
    SchedulerConfig, SessionBatch, StepKinds, StepName, Transitions, Values, ValuesOf, Vocabulary,
};
use footpath_model::search::{EventField, Field};
use footpath_model::steps::StepKind;
use footpath_model::time::Timestamp;
use proptest::prelude::*;
use std::fmt::Debug;
use std::sync::Arc;

fn any_kinds() -> impl Strategy<Value = StepKinds> {
    prop_oneof![
        Just(StepKinds::PAGES),
        Just(StepKinds::ALL),
        Just(StepKinds::of(&[StepKind::Click, StepKind::Error])),
        Just(StepKinds::of(&[])),
    ]
}

fn any_funnel() -> impl Strategy<Value = Funnel> {
    let kind = prop_oneof![3 => Just(StepKind::Page), 1 => Just(StepKind::Click)];
    let step = (kind, 0..4_u32).prop_map(|(kind, label)| StepName::new(kind, &label.to_string()));
    prop::collection::vec(step, 0..4).prop_map(|steps| Funnel { steps })
}

fn edges() -> Vec<Timestamp> {
    [0, 1000, 1007, 2008, 3000].map(Timestamp).to_vec()
}

proptest! {
    #[test]
    fn answers_do_not_depend_on_segments_hidden_rows_or_threads(
        (rows, source) in any_rows(40).prop_flat_map(|rows| (Just(rows.clone()), any_source(rows))),
        filter in any_filter(),
        kinds in any_kinds(),
        funnel in any_funnel(),
        (length, limit, threads) in (0..20_usize, 0..12_usize, 1..4_usize),
    ) {
        let scheduler = Scheduler::new(SchedulerConfig { threads, cache_bytes: 1 << 20 });
        let rows = naive::selected(&rows, &filter);
        // The second time from the cache.
        for _ in 0..2 {
            macro_rules! answer {
                ($analysis:expr) => { scheduler.run(&source, &filter, &$analysis, &Cancel::default()).unwrap() };
            }
            prop_assert_eq!(answer!(Count), naive::count(&rows));
            prop_assert_eq!(answer!(FirstStart), naive::first_start(&rows));
            prop_assert_eq!(answer!(Histogram::new(edges())), naive::histogram(&rows, &edges()));
            prop_assert_eq!(answer!(funnel), naive::funnel(&rows, &funnel.steps));
            prop_assert_eq!(answer!(Transitions { kinds }), naive::transitions(&rows, kinds));
            prop_assert_eq!(answer!(Paths { kinds, length, limit }), naive::paths(&rows, kinds, length, limit));
            let values = answer!(Values::new(clicks(), "1", 5));
            let expected: Vec<_> = naive::clicks(&rows, "1").into_iter().take(5).collect();
            prop_assert_eq!((values.values, values.complete), (expected, true));
            prop_assert_eq!(answer!(clause_counts()), naive::parts(&rows, &PARTS));
        }
    }

    #[test]
    fn the_scan_of_both_is_the_merge_of_the_scans(
        one in any_rows(20),
        other in any_rows(20),
        kinds in any_kinds(),
        funnel in any_funnel(),
        length in 0..20_usize,
        bits in any::<u64>(),
    ) {
        let law = Law { one, other, bits };
        law.check(&Count)?;
        law.check(&FirstStart)?;
        law.check(&Histogram::new(edges()))?;
        law.check(&funnel)?;
        law.check(&Transitions { kinds })?;
        law.check(&Paths { kinds, length, limit: 10 })?;
        law.check(&Values::new(clicks(), "", 10))?;
        law.check(&clause_counts())?;
    }
}

fn clicks() -> ValuesOf {
    ValuesOf::Field(Field::Event(EventField::Click), None)
}

/// Searches of which one is joined by AND.
const PARTS: [&str; 3] = ["duration:>=1ms", "click:0", "click:0 THEN click:*"];

fn clause_counts() -> ClauseCounts {
    ClauseCounts { search: compiled(&PARTS.join(" ")) }
}

/// However many different values there are, those that are kept are the same, and counted exactly.
#[test]
fn very_many_values_are_bounded_alike_in_any_segments() {
    let row = |n: u64| Row {
        id: n,
        steps: vec![(StepKind::Click, format!("{:05}", n % 30_000))],
        ..Row::default()
    };
    let rows: Vec<Row> = (0..45_000).map(row).collect();
    let counted = |segment: usize| {
        let source = Memory::new(rows.chunks(segment).map(<[Row]>::to_vec).collect());
        let scheduler = Scheduler::new(SchedulerConfig { threads: 2, cache_bytes: 1 << 24 });
        scheduler.run(&source, &Filter::all(), &Values::new(clicks(), "", 3), &Cancel::default()).unwrap()
    };
    let one = counted(45_000);
    assert!(!one.complete);
    let values: Vec<_> = one.values.iter().map(|value| (value.value.as_str(), value.sessions)).collect();
    assert_eq!(values, [("00000", 2), ("00001", 2), ("00002", 2)]);
    assert_eq!(counted(7_000), one);
}

struct Law {
    one: Vec<Row>,
    other: Vec<Row>,
    /// Which rows of both are selected.
    bits: u64,
}

impl Law {
    fn check<A: Analysis<Answer: PartialEq + Debug>>(&self, analysis: &A) -> Result<(), TestCaseError> {
        let vocabulary = Arc::new(Vocabulary::default());
        let scan = |rows: &[Row], from: usize| {
            let columns = analysis.columns();
            let loaded = record_batch(
                rows,
                &[&columns[..], &[footpath_model::columns::SessionColumn::StepKind]].concat(),
            );
            let batch = SessionBatch::new(0, &loaded, &columns, &vocabulary).unwrap();
            analysis.scan(
                &batch,
                &BooleanBuffer::collect_bool(rows.len(), |row| self.bits >> (from + row) & 1 == 1),
            )
        };
        let both = [&self.one[..], &self.other[..]].concat();
        let together = analysis.finish(scan(&both, 0), &vocabulary);
        let (one, other) = (|| scan(&self.one, 0), || scan(&self.other, self.one.len()));
        prop_assert_eq!(&analysis.finish(analysis.merge(one(), other()), &vocabulary), &together);
        prop_assert_eq!(&analysis.finish(analysis.merge(other(), one()), &vocabulary), &together);
        let with_none = analysis.merge(analysis.empty(), scan(&both, 0));
        prop_assert_eq!(&analysis.finish(with_none, &vocabulary), &together);
        Ok(())
    }
}
