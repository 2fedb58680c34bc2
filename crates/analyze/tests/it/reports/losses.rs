//! Drop-off, endings and funnels.

use super::{any_goals, any_kinds, any_pattern, as_of, law, listed, scheduler};
use crate::documents::{any_document, any_documents};
use footpath_analyze::reports::passes::{Completed, EndingsAnalysis, Facts, HasForm};
use footpath_analyze::reports::{DropOffAnalysis, FunnelAnalysis, Scope, endings, evidence};
use footpath_analyze::{Cancel, Filter, RowRef};
use footpath_model::reports::document::Document;
use footpath_model::reports::drop_off::{DropOff, WhichDropOff};
use footpath_model::reports::endings::{
    EndingCondition, EndingRule, EndingRules, Endings, EndingsLayout, Evidence,
};
use footpath_model::reports::funnels::{Funnel, FunnelOrder, FunnelStep, WhichFunnel};
use footpath_model::reports::naive;
use footpath_model::reports::pattern::StepPattern;
use footpath_model::steps::StepKind;
use footpath_model::time::Timestamp;
use proptest::prelude::*;
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
    let step = prop::collection::vec(any_pattern(), 1..3).prop_map(|any_of| FunnelStep {
        name: "step".to_owned(),
        any_of,
        clauses: Vec::new(),
    });
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
                listed(&scope, &source, &asked.select(&step.step, which), number)?;
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
        listed(&scope, &source, &asked.select(None, None), answer.reached)?;
        for (rule, ending) in answer.endings.iter().enumerate() {
            listed(&scope, &source, &asked.select(Some(rule), None), ending.sessions)?;
            for detail in &ending.details {
                listed(&scope, &source, &asked.select(Some(rule), Some(detail.step.clone())), detail.sessions)?;
            }
        }
        let found: Vec<RowRef> = (0..).zip(&source.parts)
            .flat_map(|(segment, part)| (0..part.len() as u32).map(move |row| RowRef { segment, row }))
            .collect();
        let told = evidence(&scope, &asked, &found).unwrap();
        let plain = naive::evidence(&all, &all, &asked);
        let name = |(one, evidence): (&Document, &Option<Evidence>)| {
            evidence.map(|evidence| (evidence, one.steps[evidence.step].name.clone()))
        };
        let plain: Vec<_> = all.iter().zip(&plain).map(name).collect();
        prop_assert_eq!(told, plain);
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
                listed(&scope, &source, &asked.select(step, which), number)?;
            }
        }
    }

    #[test]
    fn the_law_of_losses(
        one in prop::collection::vec(any_document(), 0..12), other in prop::collection::vec(any_document(), 0..12),
        bits in any::<u64>(), kinds in any_kinds(), goals in any_goals(), funnel in any_funnel(), at in any_at(),
        rules in any_rules(),
    ) {
        law(&Completed(&goals), &one, &other, bits)?;
        let asked = Endings { at, rules, goals: goals.clone(), has_form: None, as_of: as_of() };
        law(&HasForm(&asked), &one, &other, bits)?;
        let layout = EndingsLayout { edges: [0, 1007, 3000].map(Timestamp).to_vec(), details: 3 };
        let facts = Facts::default();
        law(&EndingsAnalysis { asked: &asked, layout: &layout, facts: &facts }, &one, &other, bits)?;
        law(&DropOffAnalysis { asked: DropOff { kinds, goals, as_of: as_of() }, limit: 3 }, &one, &other, bits)?;
        law(&FunnelAnalysis::new(&funnel), &one, &other, bits)?;
    }
}
