//! Metrics over time and by segment.

use super::{as_of, law, listed, scheduler};
use crate::documents::{Documents, any_document, any_documents};
use footpath_analyze::reports::passes::SegmentCounts;
use footpath_analyze::reports::{OverTimeAnalysis, Scope, segments};
use footpath_analyze::{Cancel, Filter};
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::measures::{OverTime, Segmentation, WhichSegments};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::naive;
use footpath_model::time::Timestamp;
use proptest::prelude::*;
fn any_metrics() -> impl Strategy<Value = Vec<Metric>> {
    prop_oneof![Just(Metric::all()), prop::sample::subsequence(Metric::all(), 0..6)]
}

fn any_dimensions() -> impl Strategy<Value = Vec<Dimension>> {
    prop::collection::vec(prop::sample::select(&Dimension::ALL[..]), 1..4)
}

fn over_time(metrics: Vec<Metric>) -> OverTime {
    let edges = |edges: &[i64]| edges.iter().map(|&edge| Timestamp(edge)).collect();
    OverTime { metrics, edges: edges(&[1000, 2007, 2008, 4000]), previous: edges(&[0, 1007]), as_of: as_of() }
}

proptest! {
    #[test]
    fn metrics_over_time(source in any_documents(30), metrics in any_metrics()) {
        let (scheduler, cancel, asked) = (scheduler(), Cancel::default(), over_time(metrics));
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let answer = scope.run(&OverTimeAnalysis::new(asked.clone())).unwrap();
        prop_assert_eq!(answer, naive::over_time(&source.all(), &asked));
    }

    #[test]
    fn metrics_by_segment(
        source in any_documents(30), dimensions in any_dimensions(), metrics in any_metrics(), limit in 0..5_usize,
    ) {
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = Segmentation { dimensions: dimensions.clone(), metrics, limit, as_of: as_of() };
        let answer = segments(&scope, &asked).unwrap();
        prop_assert_eq!(&answer, &naive::segments(&source.all(), &asked));
        let rest = answer.rest.as_ref().map_or(0, |rest| rest.sessions);
        prop_assert_eq!(answer.rows.iter().map(|row| row.sessions).sum::<u64>() + rest, answer.sessions);
        prop_assert_eq!(answer.sessions, source.all().len() as u64);
        for row in &answer.rows {
            listed(&scope, &source, &asked.select(WhichSegments::One(row.key.clone())), row.sessions)?;
        }
        let shown = answer.rows.iter().map(|row| row.key.clone()).collect();
        listed(&scope, &source, &asked.select(WhichSegments::AllBut(shown)), rest)?;
    }

    #[test]
    fn the_law_of_metrics_and_segments(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), metrics in any_metrics(), dimensions in any_dimensions(),
    ) {
        law(&OverTimeAnalysis::new(over_time(metrics)), &one, &other, bits)?;
        law(&SegmentCounts { dimensions, as_of: as_of() }, &one, &other, bits)?;
    }
}

#[test]
fn zero_denominators_give_no_number() {
    let (scheduler, cancel, source) = (scheduler(), Cancel::default(), Documents::new(vec![]));
    let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
    let answer = scope.run(&OverTimeAnalysis::new(over_time(Metric::all()))).unwrap();
    for measurement in answer.current.total {
        let is_count = matches!(measurement.metric, Metric::Sessions | Metric::Visitors | Metric::PageViews);
        assert_eq!(measurement.reading.number(), is_count.then_some(0.0), "{measurement:?}");
    }
}
