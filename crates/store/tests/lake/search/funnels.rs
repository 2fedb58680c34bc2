//! Funnels whose steps are clauses, over whatever happened: as many sessions, at the same times, as the model says plainly, and the
//! list under each number is as long.

use super::asked::any_event;
use super::happened::{any_batches, batches_of_all};
use super::{Sessions, apart, filled, folded, scheduler};
use crate::fixture::now;
use footpath_analyze::reports::{FunnelAnalysis, Scope};
use footpath_analyze::{Bots, Cancel, Filter, List, Order, Scheduler};
use footpath_model::id::SessionId;
use footpath_model::reports::document::{AsOf, Document};
use footpath_model::reports::funnels::{Funnel, FunnelAnswer, FunnelOrder, FunnelStep, WhichFunnel};
use footpath_model::reports::naive;
use footpath_model::reports::pattern::StepPattern;
use footpath_model::reports::selection::Selection;
use footpath_model::search::Stop;
use footpath_model::sessionize::HintedSession;
use footpath_model::site::SessionRules;
use footpath_model::steps::StepKind;
use footpath_model::time::SECOND;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

fn any_step() -> impl Strategy<Value = FunnelStep> {
    let pattern = (select(&StepKind::ALL[..]), select(&["*", "/cart", "Pay*", "POST*"][..]))
        .prop_map(|(kind, label)| StepPattern::new(kind, label));
    let patterns = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(pattern, 1..3)];
    (patterns, prop::collection::vec(any_event(), 0..3)).prop_map(|(any_of, clauses)| {
        let name = clauses.join("|");
        let clauses = clauses.iter().flat_map(|text| Stop::parse(text).expect("a clause").events).collect();
        FunnelStep { name, any_of, clauses }
    })
}

fn any_funnel() -> impl Strategy<Value = Funnel> {
    let order = prop_oneof![Just(FunnelOrder::Loose), Just(FunnelOrder::Strict)];
    let window = prop::option::of((0..40_i64).prop_map(|seconds| seconds * SECOND));
    (prop::collection::vec(any_step(), 1..4), order, window).prop_map(|(steps, order, window_ms)| Funnel {
        steps,
        order,
        window_ms,
        as_of: as_of(),
    })
}

fn as_of() -> AsOf {
    AsOf::new(now(), SessionRules::default())
}

fn documents(hints: &[HintedSession]) -> Vec<Document> {
    let sessions = hints.iter().flat_map(HintedSession::sessions_with_events);
    // Whose returns are told does not matter here.
    sessions.map(|(session, events)| Document::of(session, SessionId(Uuid::nil()), events)).collect()
}

/// What is answered, which must be what the model says, as must be the lists under its numbers.
fn check(
    scheduler: &Scheduler,
    source: &Sessions,
    documents: &[Document],
    asked: &Funnel,
) -> Result<FunnelAnswer, TestCaseError> {
    let cancel = Cancel::default();
    let scope = Scope::new(scheduler, source, Filter { bots: Bots::Include, ..Filter::all() }, &cancel);
    let answer = apart(|| scope.run(&FunnelAnalysis::new(asked)).expect("it is answered"));
    prop_assert_eq!(&answer, &naive::funnel(documents, asked), "{:?}", asked);
    for (step, stage) in answer.stages.iter().enumerate() {
        prop_assert_eq!(stage.reached, stage.continued + stage.dropped + stage.open);
        for (which, number) in [
            (WhichFunnel::Reached, stage.reached),
            (WhichFunnel::Continued, stage.continued),
            (WhichFunnel::Dropped, stage.dropped),
            (WhichFunnel::Open, stage.open),
        ] {
            let door = serde_json::to_string(&asked.select(step, which)).expect("JSON");
            let selection: Selection =
                serde_json::from_str(&door).expect("a selection is read as it is written");
            prop_assert_eq!(&selection, &asked.select(step, which));
            let all = List { order: Order::NEWEST, after: None, limit: 1 };
            let listed =
                apart(|| scope.select(&selection).expect("it is selected").list(&all).expect("a list"));
            prop_assert_eq!(listed.counted.total, number, "{:?}", selection);
        }
    }
    Ok(answer)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn clauses_as_steps(batches in any_batches(), funnels in prop::collection::vec(any_funnel(), 30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let opened = filled(&batches).await;
            let documents = documents(&folded(&batches));
            // Once with live sessions, once with all of them in the lake.
            for _ in 0..2 {
                let (scheduler, source) = (scheduler(), Sessions::of(&opened));
                for asked in &funnels {
                    check(&scheduler, &source, &documents, asked)?;
                }
                drop(source);
                opened.flush().await;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}

/// Funnels that nobody gets into prove nothing: each of these loses sessions at its first step, and some get through.
#[tokio::test]
async fn some_get_through_and_some_do_not() {
    let batches = batches_of_all();
    let (opened, documents) = (filled(&batches).await, documents(&folded(&batches)));
    let (scheduler, source) = (scheduler(), Sessions::of(&opened));
    for (steps, order) in [
        (["page:/cart", "{request:* -status:5xx}"], FunnelOrder::Loose),
        (["click:*", "status:>=400"], FunnelOrder::Loose),
        (["{request:* -failed:*}", "failed:*"], FunnelOrder::Strict),
        (["page:/ OR page:/cart", "{error:* page:/cart}"], FunnelOrder::Loose),
        (["input:*", "event.total:>5"], FunnelOrder::Loose),
        (["page:/", "click:*"], FunnelOrder::Strict),
    ] {
        let step = |text: &str| FunnelStep {
            name: text.to_owned(),
            any_of: Vec::new(),
            clauses: Stop::parse(text).expect("a clause").events,
        };
        let asked = Funnel { steps: steps.map(step).to_vec(), order, window_ms: None, as_of: as_of() };
        let answer = check(&scheduler, &source, &documents, &asked).expect("it is as the model says");
        let [first, last] = answer.stages.as_slice() else { panic!("two steps") };
        assert!(last.reached > 0 && last.reached < first.reached, "{steps:?}: {answer:?}");
    }
}
