//! Reports: on random sessions they answer what the model says in plain code, however rows lie in segments and on
//! however many threads; the scan of two batches as one is the merge of their scans; parts add up to wholes, and the list
//! under every number is exactly as long.

use crate::documents::{Documents, any_document, any_documents, record_batch};
use arrow::buffer::BooleanBuffer;
use footpath_analyze::reports::{
    DropOffAnalysis, FunnelAnalysis, OverTimeAnalysis, Scope, SegmentCounts, Selection, endings, evidence,
    journeys, segments,
};
use footpath_analyze::{
    Analysis, Cancel, Filter, List, Order, RowRef, Scheduler, SchedulerConfig, SessionBatch, Vocabulary,
};
use footpath_model::columns::SessionColumn;
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::document::{AsOf, Document};
use footpath_model::reports::drop_off::{DropOff, DropOffSelection, WhichDropOff};
use footpath_model::reports::endings::{
    EndingCondition, EndingRule, EndingRules, EndingSelection, Endings, EndingsLayout,
};
use footpath_model::reports::funnels::{Funnel, FunnelOrder, FunnelSelection, FunnelStep, WhichFunnel};
use footpath_model::reports::journeys::{JourneySelection, Journeys, Node, Stretch, WhichJourneys};
use footpath_model::reports::measures::{OverTime, SegmentSelection, Segmentation, WhichSegments};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::naive;
use footpath_model::reports::pattern::{Goal, StepPattern};
use footpath_model::steps::{StepKind, StepName};
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

/// The list under a selection holds the sessions that the model says, and so many.
#[track_caller]
pub fn listed(
    scope: &Scope<'_>,
    source: &Documents,
    selection: &Selection,
    number: u64,
) -> Result<(), TestCaseError> {
    let narrower = scope.select(selection).unwrap();
    let list = List { order: Order::NEWEST, after: None, limit: usize::MAX };
    let page = narrower.list(&list).unwrap();
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
        let segment = |which| Selection::Segment(SegmentSelection { dimensions: dimensions.clone(), which });
        for row in &answer.rows {
            listed(&scope, &source, &segment(WhichSegments::One(row.key.clone())), row.sessions)?;
        }
        let shown = answer.rows.iter().map(|row| row.key.clone()).collect();
        listed(&scope, &source, &segment(WhichSegments::AllBut(shown)), rest)?;
    }

    #[test]
    fn the_law_of_metrics_and_segments(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), metrics in any_metrics(), dimensions in any_dimensions(),
    ) {
        law(&OverTimeAnalysis::new(over_time(metrics)), &one, &other, bits)?;
        law(&SegmentCounts { dimensions }, &one, &other, bits)?;
    }
}

/// Exact names and names with a star; labels up to 3 are frequent.
pub fn any_pattern() -> impl Strategy<Value = StepPattern> {
    let kind = prop_oneof![4 => Just(StepKind::Page), 1 => Just(StepKind::Click), 1 => Just(StepKind::Input)];
    let label = prop_oneof![4 => (0..4_u8).prop_map(|label| format!("/{label}")), 1 => Just("/1*".to_owned()), 1 => Just("*".to_owned())];
    (kind, label).prop_map(|(kind, label)| StepPattern::new(kind, &label))
}

fn any_kinds() -> impl Strategy<Value = Vec<StepKind>> {
    prop_oneof![Just(vec![StepKind::Page]), prop::sample::subsequence(&StepKind::ALL[..], 0..5)]
}

fn any_journeys() -> impl Strategy<Value = Journeys> {
    let stretch = prop_oneof![
        2 => prop::option::of(any_pattern()).prop_map(|from| Stretch::Forwards { from }),
        2 => prop::option::of(any_pattern()).prop_map(|to| Stretch::Backwards { to }),
        1 => (any_pattern(), any_pattern()).prop_map(|(from, to)| Stretch::Between { from, to }),
    ];
    (any_kinds(), stretch, any::<bool>(), 1..5_usize, 0..4_usize, 0..4_usize).prop_map(
        |(kinds, stretch, collapse, depth, breadth, variants)| Journeys {
            kinds,
            stretch,
            collapse,
            depth,
            breadth,
            variants,
            as_of: as_of(),
        },
    )
}

proptest! {
    #[test]
    fn paths(source in any_documents(30), asked in any_journeys()) {
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let answer = journeys(&scope, &asked).unwrap();
        prop_assert_eq!(&answer, &naive::journeys(&source.all(), &asked));
        let select = |steps: &[StepName], which| {
            Selection::Journey(JourneySelection { journeys: asked.clone(), steps: steps.to_vec(), which })
        };
        for (place, node) in answer.nodes.iter().enumerate() {
            prop_assert_eq!(node.sessions, node.continued + node.ended + node.open);
            let children: Vec<&Node> = answer.nodes.iter().filter(|one| one.parent == Some(place)).collect();
            if node.steps.len() < asked.depth {
                let parts: u64 = children.iter().map(|child| child.sessions).sum();
                let rest = node.rest.map_or(0, |rest| rest.sessions);
                prop_assert_eq!(parts + rest, node.continued);
                let shown = children.iter().filter_map(|child| child.steps.last().cloned()).collect();
                listed(&scope, &source, &select(&node.steps, WhichJourneys::ContinuedBut(shown)), rest)?;
            }
            listed(&scope, &source, &select(&node.steps, WhichJourneys::All), node.sessions)?;
            listed(&scope, &source, &select(&node.steps, WhichJourneys::Continued), node.continued)?;
            listed(&scope, &source, &select(&node.steps, WhichJourneys::Ended), node.ended)?;
            listed(&scope, &source, &select(&node.steps, WhichJourneys::Open), node.open)?;
        }
        for variant in &answer.variants {
            prop_assert_eq!(variant.sessions, variant.continued + variant.ended + variant.open);
            listed(&scope, &source, &select(&variant.steps, WhichJourneys::Exactly), variant.sessions)?;
        }
    }
}

fn any_goals() -> impl Strategy<Value = Vec<Goal>> {
    let goal = prop::collection::vec(any_pattern(), 0..3)
        .prop_map(|steps| Goal { name: "success".to_owned(), steps });
    prop::collection::vec(goal, 0..3)
}

fn any_rules() -> impl Strategy<Value = EndingRules> {
    let all: Vec<EndingRule> = EndingRules::default().into();
    let labels = prop_oneof![2 => Just(Vec::new()), 1 => Just(vec!["/1".to_owned(), "/2*".to_owned()])];
    let rules = prop_oneof![
        2 => Just(all[..9].to_vec()),
        1 => prop::sample::subsequence(all[..9].to_vec(), 0..9).prop_shuffle(),
    ];
    (rules, labels).prop_map(move |(mut rules, labels)| {
        for rule in &mut rules {
            match &mut rule.when {
                EndingCondition::BlockedByError { errors: of }
                | EndingCondition::FailedRequest { endpoints: of }
                | EndingCondition::ValidationLoop { forms: of }
                | EndingCondition::AbandonedAt { fields: of }
                | EndingCondition::WentElsewhere { pages: of } => *of = labels.clone(),
                EndingCondition::Completed
                | EndingCondition::StillOpen
                | EndingCondition::LeftBeforeDetails
                | EndingCondition::CameBackAndCompleted
                | EndingCondition::Idle => {}
            }
        }
        rules.push(all[9].clone());
        rules.try_into().unwrap()
    })
}

fn any_at() -> impl Strategy<Value = StepPattern> {
    let any_kind = (prop::sample::select(&StepKind::ALL[..]), 0..3_u8)
        .prop_map(|(kind, label)| StepPattern::new(kind, &format!("/{label}")));
    prop_oneof![2 => any_pattern(), 1 => any_kind]
}

fn any_funnel() -> impl Strategy<Value = Funnel> {
    let step = prop::collection::vec(any_pattern(), 1..3)
        .prop_map(|any_of| FunnelStep { name: "step".to_owned(), any_of });
    let order = prop_oneof![Just(FunnelOrder::Loose), Just(FunnelOrder::Strict)];
    let window = prop::option::of((0..90_i64).prop_map(|seconds| seconds * 1000));
    (prop::collection::vec(step, 0..4), order, window).prop_map(|(steps, order, window_ms)| Funnel {
        steps,
        order,
        window_ms,
        as_of: as_of(),
    })
}

proptest! {
    #[test]
    fn drop_off(source in any_documents(30), kinds in any_kinds(), goals in any_goals(), limit in 0..5_usize) {
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = DropOff { kinds, goals, as_of: as_of() };
        let answer = scope.run(&DropOffAnalysis { asked: asked.clone(), limit }).unwrap();
        prop_assert_eq!(&answer, &naive::drop_off(&source.all(), &asked, limit));
        prop_assert_eq!(answer.steps.iter().map(|step| step.dropped).sum::<u64>() + answer.rest_dropped, answer.dropped);
        for step in &answer.steps {
            prop_assert_eq!(step.reached, step.continued + step.completed + step.dropped + step.open);
            for (which, number) in [
                (WhichDropOff::Reached, step.reached),
                (WhichDropOff::Continued, step.continued),
                (WhichDropOff::Completed, step.completed),
                (WhichDropOff::Dropped, step.dropped),
                (WhichDropOff::Open, step.open),
            ] {
                let selection = DropOffSelection { drop_off: asked.clone(), step: step.step.clone(), which };
                listed(&scope, &source, &Selection::DropOff(selection), number)?;
            }
        }
    }

    #[test]
    fn endings_at_a_step(
        source in any_documents(30), at in any_at(), rules in any_rules(), goals in any_goals(), details in 0..3_usize,
        has_form in prop_oneof![3 => Just(None), 1 => any::<bool>().prop_map(Some)],
    ) {
        let (scheduler, cancel, all) = (scheduler(), Cancel::default(), source.all());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let asked = Endings { at, rules, goals, has_form, as_of: as_of() };
        let layout = EndingsLayout { edges: [0, 1007, 3000].map(Timestamp).to_vec(), details };
        let answer = endings(&scope, &asked, &layout).unwrap();
        prop_assert_eq!(&answer, &naive::endings(&all, &all, &asked, &layout));
        prop_assert_eq!(answer.endings.iter().map(|ending| ending.sessions).sum::<u64>(), answer.reached);
        let asked = asked.found(&answer);
        let select = |rule, detail| Selection::Ending(EndingSelection { endings: asked.clone(), rule, detail });
        listed(&scope, &source, &select(None, None), answer.reached)?;
        for (rule, ending) in answer.endings.iter().enumerate() {
            listed(&scope, &source, &select(Some(rule), None), ending.sessions)?;
            for detail in &ending.details {
                listed(&scope, &source, &select(Some(rule), Some(detail.step.clone())), detail.sessions)?;
            }
        }
        let found: Vec<RowRef> = (0..).zip(&source.parts)
            .flat_map(|(segment, part)| (0..part.len() as u32).map(move |row| RowRef { segment, row }))
            .collect();
        prop_assert_eq!(evidence(&scope, &asked, &found).unwrap(), naive::evidence(&all, &all, &asked));
    }

    #[test]
    fn funnels(source in any_documents(30), asked in any_funnel()) {
        let (scheduler, cancel) = (scheduler(), Cancel::default());
        let scope = Scope::new(&scheduler, &source, Filter::all(), &cancel);
        let answer = scope.run(&FunnelAnalysis::new(&asked)).unwrap();
        prop_assert_eq!(&answer, &naive::funnel(&source.all(), &asked));
        for (step, stage) in answer.stages.iter().enumerate() {
            prop_assert_eq!(stage.reached, stage.continued + stage.dropped + stage.open);
            let next = answer.stages.get(step + 1).map_or(stage.reached, |next| next.reached);
            prop_assert_eq!(stage.continued, next);
            for (which, number) in [
                (WhichFunnel::Reached, stage.reached),
                (WhichFunnel::Continued, stage.continued),
                (WhichFunnel::Dropped, stage.dropped),
                (WhichFunnel::Open, stage.open),
            ] {
                let selection = FunnelSelection { funnel: asked.clone(), step, which };
                listed(&scope, &source, &Selection::Funnel(selection), number)?;
            }
        }
    }

    #[test]
    fn the_law_of_drop_off_and_funnels(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), kinds in any_kinds(), goals in any_goals(), funnel in any_funnel(),
    ) {
        law(&DropOffAnalysis { asked: DropOff { kinds, goals, as_of: as_of() }, limit: 3 }, &one, &other, bits)?;
        law(&FunnelAnalysis::new(&funnel), &one, &other, bits)?;
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
