//! Error impact: every session that met an error, and those to compare with.

use super::span;
use crate::reports::dimension::Dimension;
use crate::reports::document::Document;
use crate::reports::impact::{
    Alternative, Comparison, ENDED_AFTER_MS, ErrorAt, ErrorImpact, ErrorImpactAnswer, Impact,
    ImpactSelection, RETRY_MS, WhichImpact,
};
use crate::reports::pattern::Goal;
use crate::reports::statistics::Stratum;
use crate::steps::{StepKind, StepName};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a session that met an error.
struct Met {
    ended: bool,
    open: bool,
    retries: u64,
    succeeded: u64,
    alternative: Option<StepName>,
    completed: bool,
    /// Whether a goal came before.
    had_completed: bool,
}

fn is_goal(asked: &ErrorImpact, document: &Document, place: usize) -> bool {
    let name = &document.steps[place].name;
    Goal::any(&asked.goals, name.kind, &name.label)
}

/// The first meeting with each error: its place, and the error at its page.
fn meetings(document: &Document) -> Vec<(usize, ErrorAt)> {
    let mut met = BTreeSet::new();
    let mut meetings = Vec::new();
    for (place, did) in document.steps_of(&[StepKind::Error]) {
        if met.insert(did.name.label.clone()) {
            let page = document.steps[..place].iter().rev().find(|step| step.name.kind == StepKind::Page);
            let page = page.map(|page| page.name.label.to_string());
            meetings.push((place, ErrorAt { error: did.name.label.to_string(), page }));
        }
    }
    meetings
}

fn met(asked: &ErrorImpact, document: &Document, place: usize, at: &ErrorAt) -> Met {
    let steps = &document.steps;
    let met_ms = steps[place].offset_ms;
    let after = || place + 1..steps.len();
    let page_after = after().find(|&later| steps[later].name.kind == StepKind::Page);
    let stopped = page_after.is_none() && document.session.duration_ms() - met_ms <= ENDED_AFTER_MS;
    let is_live = document.is_live(asked.as_of);
    let is_action = |step: &StepName| matches!(step.kind, StepKind::Click | StepKind::Submit);
    let action = steps[..place].iter().rev().map(|step| &step.name).find(|step| is_action(step));
    let is_retry = |later: &usize| {
        let within = span(met_ms, steps[*later].offset_ms) <= RETRY_MS.unsigned_abs();
        action.is_some_and(|action| within && steps[*later].name == *action)
    };
    let retries: Vec<usize> = after().filter(is_retry).collect();
    let succeeded = |retry: &&usize| {
        let decides = |later: &usize| {
            let kind = steps[*later].name.kind;
            is_goal(asked, document, *later)
                || is_retry(later)
                || matches!(kind, StepKind::Page | StepKind::Error | StepKind::Request)
        };
        let decisive = (**retry + 1..steps.len()).find(decides);
        decisive
            .is_some_and(|later| is_goal(asked, document, later) || steps[later].name.kind == StepKind::Page)
    };
    let is_other = |later: &usize| {
        let name = &steps[*later].name;
        name.kind == StepKind::Page && Some(&*name.label) != at.page.as_deref()
    };
    let alternative = after().find(is_other).filter(|_| retries.is_empty());
    Met {
        ended: stopped && !is_live,
        open: stopped && is_live,
        succeeded: retries.iter().filter(succeeded).count() as u64,
        retries: retries.len() as u64,
        alternative: alternative.map(|place| steps[place].name.clone()),
        completed: after().any(|later| is_goal(asked, document, later)),
        had_completed: (0..place).any(|before| is_goal(asked, document, before)),
    }
}

fn met_at(asked: &ErrorImpact, document: &Document, at: &ErrorAt) -> Option<Met> {
    let (place, _) = meetings(document).into_iter().find(|(_, other)| other == at)?;
    Some(met(asked, document, place, at))
}

/// Whether a session is compared as one without the error, and whether it completed.
fn without(asked: &ErrorImpact, document: &Document, at: &ErrorAt) -> Option<bool> {
    let page = StepName::new(StepKind::Page, at.page.as_deref()?);
    let reached = document.steps.iter().position(|did| did.name == page)?;
    let is_error = |did: &crate::reports::document::Did| {
        did.name.kind == StepKind::Error && *did.name.label == *at.error
    };
    let had_completed = (0..reached).any(|before| is_goal(asked, document, before));
    if document.is_live(asked.as_of) || had_completed || document.steps.iter().any(is_error) {
        return None;
    }
    Some((reached..document.steps.len()).any(|later| is_goal(asked, document, later)))
}

fn comparison(asked: &ErrorImpact, documents: &[Document], at: &ErrorAt) -> Comparison {
    if asked.goals.is_empty() {
        return Comparison::NoGoals;
    }
    let mut strata = BTreeMap::<_, Stratum>::new();
    for document in documents {
        let group =
            [Dimension::Device, Dimension::Country].map(|dimension| dimension.of(document, asked.as_of));
        let stratum = strata.entry(group).or_default();
        let is_live = document.is_live(asked.as_of);
        if let Some(met) = met_at(asked, document, at).filter(|met| !is_live && !met.had_completed) {
            stratum.with += 1;
            stratum.with_completed += u64::from(met.completed);
        }
        if let Some(completed) = without(asked, document, at) {
            stratum.without += 1;
            stratum.without_completed += u64::from(completed);
        }
    }
    Comparison::of(strata.into_values().collect())
}

/// What errors did.
pub fn error_impact(documents: &[Document], asked: &ErrorImpact) -> ErrorImpactAnswer {
    let mut by_error = BTreeMap::<ErrorAt, Vec<Met>>::new();
    for document in documents {
        for (place, at) in meetings(document) {
            let met = met(asked, document, place, &at);
            by_error.entry(at).or_default().push(met);
        }
    }
    let mut errors: Vec<(ErrorAt, Vec<Met>)> = by_error.into_iter().collect();
    errors.sort_by_key(|(_, met)| Reverse(met.len()));
    let rest = errors.split_off(asked.limit.min(errors.len())).len() as u64;
    let row = |(at, met): (ErrorAt, Vec<Met>)| {
        let number = |is: &dyn Fn(&Met) -> bool| met.iter().filter(|met| is(met)).count() as u64;
        let mut alternatives = BTreeMap::<StepName, u64>::new();
        for page in met.iter().filter_map(|met| met.alternative.clone()) {
            *alternatives.entry(page).or_default() += 1;
        }
        let mut alternatives: Vec<Alternative> =
            alternatives.into_iter().map(|(page, sessions)| Alternative { page, sessions }).collect();
        alternatives.sort_by_key(|alternative| Reverse(alternative.sessions));
        alternatives.truncate(asked.alternatives);
        Impact {
            sessions: met.len() as u64,
            ended: number(&|met| met.ended),
            went_on: number(&|met| !met.ended && !met.open),
            open: number(&|met| met.open),
            retried: number(&|met| met.retries > 0),
            retries: met.iter().map(|met| met.retries).sum(),
            retries_succeeded: met.iter().map(|met| met.succeeded).sum(),
            alternative: number(&|met| met.alternative.is_some()),
            alternatives,
            completed: number(&|met| met.completed),
            comparison: comparison(asked, documents, &at),
            at,
        }
    };
    let has_error = |one: &&Document| one.steps.iter().any(|did| did.name.kind == StepKind::Error);
    ErrorImpactAnswer {
        rows: ErrorImpactAnswer::ranked(errors.into_iter().map(row).collect()),
        rest,
        sessions: documents.iter().filter(has_error).count() as u64,
        out_of: documents.len() as u64,
    }
}

pub(super) fn keeps(document: &Document, selection: &ImpactSelection) -> bool {
    let ImpactSelection { impact, at, which } = selection;
    if *which == WhichImpact::Without {
        return without(impact, document, at).is_some();
    }
    met_at(impact, document, at).is_some_and(|met| match which {
        WhichImpact::All => true,
        WhichImpact::Ended => met.ended,
        WhichImpact::WentOn => !met.ended && !met.open,
        WhichImpact::Open => met.open,
        WhichImpact::Retried => met.retries > 0,
        WhichImpact::Alternative(None) => met.alternative.is_some(),
        WhichImpact::Alternative(Some(page)) => met.alternative.is_some_and(|step| *step.label == **page),
        WhichImpact::Completed => met.completed,
        WhichImpact::Without => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::document::AsOf;
    use crate::reports::pattern::StepPattern;
    use crate::time::{HOUR, MINUTE, Timestamp};
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(timelines: &[&str], expected: Expect) {
        let documents: Vec<Document> = timelines.iter().map(|one| Document::of_timeline(one)).collect();
        let asked = ErrorImpact {
            goals: vec![Goal {
                name: "Order".to_owned(),
                steps: vec![StepPattern::new(StepKind::Page, "/thanks")],
            }],
            as_of: AsOf { now: Timestamp(HOUR), timeout_ms: 30 * MINUTE },
            limit: 10,
            alternatives: 2,
        };
        let told = |row: &Impact| {
            let alternatives: Vec<&str> = row.alternatives.iter().map(|one| &*one.page.label).collect();
            format!(
                "{} at {}: {} sessions = {} ended + {} went on + {} open; {} retried {} times, {} well; {} to {}; {} completed\n",
                row.at.error,
                row.at.page.as_deref().unwrap_or("–"),
                row.sessions,
                row.ended,
                row.went_on,
                row.open,
                row.retried,
                row.retries,
                row.retries_succeeded,
                row.alternative,
                alternatives.join(", "),
                row.completed,
            )
        };
        expected.assert_eq(&error_impact(&documents, &asked).rows.iter().map(told).collect::<String>());
    }

    #[test]
    fn what_becomes_of_sessions_that_meet_an_error() {
        check(
            &[
                "a 0:00:00 page /pay\na 0:00:05 click Pay\na 0:00:06 error PaymentError\na 0:00:30 click Why?",
                "a 0:00:00 page /pay\na 0:00:05 click Pay\na 0:00:06 error PaymentError\na 0:00:20 click Pay\n\
                 a 0:00:21 error PaymentError\na 0:00:40 click Pay\na 0:00:41 page /thanks",
                "a 0:00:00 page /pay\na 0:00:05 click Pay\na 0:00:06 error PaymentError\na 0:00:20 page /help\n\
                 a 0:00:50 page /pay\na 0:03:50 click Pay\na 0:04:00 page /thanks",
                "a 0:00:00 page /pay\na 0:00:05 click Pay\na 0:00:06 error PaymentError\na 0:02:07 click Pay",
                "a 0:45:00 page /pay\na 0:45:05 error PaymentError",
                "a 0:00:00 error Early",
            ],
            expect![[r#"
                PaymentError at /pay: 5 sessions = 1 ended + 3 went on + 1 open; 1 retried 2 times, 1 well; 1 to /help; 2 completed
                Early at –: 1 sessions = 1 ended + 0 went on + 0 open; 0 retried 0 times, 0 well; 0 to ; 0 completed
            "#]],
        );
    }

    #[test]
    fn few_sessions_say_nothing_and_many_say_how_much() {
        let with = "a 0:00:00 page /pay\na 0:00:06 error PaymentError";
        let with_completed = "a 0:00:00 page /pay\na 0:00:06 error PaymentError\na 0:00:20 page /thanks";
        let completed = "a 0:00:00 page /pay\na 0:00:20 page /thanks";
        let not = "a 0:00:00 page /pay\na 0:00:20 click Hm";
        let asked = ErrorImpact {
            goals: vec![Goal {
                name: "Order".to_owned(),
                steps: vec![StepPattern::new(StepKind::Page, "/thanks")],
            }],
            as_of: AsOf { now: Timestamp(9 * HOUR), timeout_ms: 30 * MINUTE },
            limit: 10,
            alternatives: 2,
        };
        let compared = |n: usize| {
            let all = [(with, 3 * n), (with_completed, n), (completed, 2 * n), (not, 2 * n)];
            let documents: Vec<Document> = all
                .iter()
                .flat_map(|(timeline, n)| std::iter::repeat_n(Document::of_timeline(timeline), *n))
                .collect();
            error_impact(&documents, &asked).rows[0].comparison
        };
        assert_eq!(compared(5), Comparison::TooFew { with: 20, without: 20 });
        let Comparison::Matched { with, without, difference, lost } = compared(10) else {
            panic!("forty sessions are enough")
        };
        assert_eq!((with, without, difference.estimate, lost.estimate), (40, 40, -0.25, 10.0));
        assert!(lost.low < 10.0 && 10.0 < lost.high, "{lost:?}");
    }
}
