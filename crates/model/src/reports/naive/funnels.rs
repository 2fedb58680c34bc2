//! Funnels: every attempt is tried.

use super::{span, timing};
use crate::reports::document::{Did, Document};
use crate::reports::funnels::{
    Funnel, FunnelAnswer, FunnelKinds, FunnelOrder, FunnelSelection, FunnelStage, WhichFunnel,
};
use crate::reports::pattern::StepPattern;
use crate::search::{MetEvent, SameEvent, met_events};

/// An event that can be a step.
struct Met {
    offset_ms: i64,
    /// Of each step whether it can be that.
    fits: Vec<bool>,
    /// Whether it is of the kinds that the funnel names.
    is_named: bool,
}

/// What an attempt walks along, in order of time.
fn events(asked: &Funnel, document: &Document) -> Vec<Met> {
    let kinds = FunnelKinds::of(&asked.steps);
    let named = |step: &Did| -> Vec<bool> {
        let is_any =
            |any_of: &[StepPattern]| any_of.iter().any(|one| one.matches(step.name.kind, &step.name.label));
        asked.steps.iter().map(|wanted| is_any(&wanted.any_of)).collect()
    };
    if asked.steps.iter().all(|step| step.clauses.is_empty()) {
        let met = |step: &Did| Met {
            offset_ms: step.offset_ms,
            fits: named(step),
            is_named: kinds.has_step(step.name.kind),
        };
        return document.steps.iter().map(met).collect();
    }
    let clauses: Vec<&[SameEvent]> = asked.steps.iter().map(|step| step.clauses.as_slice()).collect();
    let met = |event: MetEvent| {
        let named =
            event.step.map_or_else(|| vec![false; asked.steps.len()], |step| named(&document.steps[step]));
        Met {
            offset_ms: event.at.since(document.session.start),
            fits: event.stops.iter().zip(named).map(|(clause, name)| *clause || name).collect(),
            is_named: if event.step.is_some() { kinds.has_step(event.kind) } else { kinds.has_calls() },
        }
    };
    met_events(&clauses, &document.events).into_iter().map(met).collect()
}

/// Times of the steps of the attempt that counts.
fn attempt(asked: &Funnel, document: &Document) -> Vec<i64> {
    let mut events = events(asked, document);
    match asked.order {
        FunnelOrder::Loose => {}
        FunnelOrder::Strict => events.retain(|event| event.is_named),
    }
    let fits = |at: usize, want: usize| events[at].fits[want];
    let mut best: Vec<i64> = Vec::new();
    for first in (0..events.len()).filter(|&at| !asked.steps.is_empty() && fits(at, 0)) {
        let mut taken = vec![first];
        while taken.len() < asked.steps.len() {
            let after = taken[taken.len() - 1] + 1;
            let until = match asked.order {
                FunnelOrder::Loose => events.len(),
                FunnelOrder::Strict => events.len().min(after + 1),
            };
            let Some(next) = (after..until).find(|&at| fits(at, taken.len())) else { break };
            let took = events[next].offset_ms - events[first].offset_ms;
            if asked.window_ms.is_some_and(|window| took > window) {
                break;
            }
            taken.push(next);
        }
        if taken.len() > best.len() {
            best = taken.into_iter().map(|at| events[at].offset_ms).collect();
        }
    }
    best
}

/// How far sessions get.
pub fn funnel(documents: &[Document], asked: &Funnel) -> FunnelAnswer {
    let attempts: Vec<(Vec<i64>, bool)> =
        documents.iter().map(|one| (attempt(asked, one), one.is_live(asked.as_of))).collect();
    let stage = |step: usize| {
        let is_last = step + 1 == asked.steps.len();
        let number = |which| {
            attempts
                .iter()
                .filter(|(times, is_live)| is_one(times.len(), *is_live, is_last, step, which))
                .count() as u64
        };
        let times: Vec<u64> = attempts
            .iter()
            .filter(|(times, _)| times.len() > step + 1)
            .map(|(times, _)| span(times[step], times[step + 1]))
            .collect();
        FunnelStage {
            reached: number(WhichFunnel::Reached),
            continued: number(WhichFunnel::Continued),
            dropped: number(WhichFunnel::Dropped),
            open: number(WhichFunnel::Open),
            time_to_next: timing(&times),
        }
    };
    FunnelAnswer { stages: (0..asked.steps.len()).map(stage).collect(), out_of: documents.len() as u64 }
}

fn is_one(taken: usize, is_live: bool, is_last: bool, step: usize, which: WhichFunnel) -> bool {
    let goes_on = is_last || taken > step + 1;
    taken > step
        && match which {
            WhichFunnel::Reached => true,
            WhichFunnel::Continued => goes_on,
            WhichFunnel::Dropped => !goes_on && !is_live,
            WhichFunnel::Open => !goes_on && is_live,
        }
}

pub(super) fn keeps(document: &Document, selection: &FunnelSelection) -> bool {
    let FunnelSelection { funnel, step, which } = selection;
    let taken = attempt(funnel, document).len();
    is_one(taken, document.is_live(funnel.as_of), step + 1 == funnel.steps.len(), *step, *which)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::document::AsOf;
    use crate::reports::funnels::FunnelStep;
    use crate::search::Stop;
    use crate::steps::StepKind;
    use crate::time::{MINUTE, SECOND, Timestamp};

    /// Steps are names where they are `kind:label`, and clauses where they are in braces.
    #[track_caller]
    fn check(timeline: &str, steps: &[&str], order: FunnelOrder, window_s: Option<i64>, expected: &[i64]) {
        let step = |text: &&str| {
            let clauses =
                if text.starts_with('{') { Stop::parse(text).expect("a clause").events } else { Vec::new() };
            let name = text.split_once(':').filter(|_| clauses.is_empty());
            let any_of =
                name.map(|(kind, label)| StepPattern::new(StepKind::of_name(kind).expect("a kind"), label));
            FunnelStep { name: (*text).to_owned(), any_of: any_of.into_iter().collect(), clauses }
        };
        let asked = Funnel {
            steps: steps.iter().map(step).collect(),
            order,
            window_ms: window_s.map(|window| window * SECOND),
            as_of: AsOf { now: Timestamp(0), timeout_ms: MINUTE },
        };
        let seconds = |ms: i64| ms / SECOND;
        let times: Vec<i64> =
            attempt(&asked, &Document::of_timeline(timeline)).into_iter().map(seconds).collect();
        assert_eq!(times, expected);
    }

    const PAGES: &[&str] = &["page:/a", "page:/b", "page:/c"];
    const SESSION: &str = "a 0:00:00 page /a
                           a 0:00:10 click X
                           a 0:00:20 page /x
                           a 0:00:30 page /a
                           a 0:00:40 page /b
                           a 0:01:00 page /c";

    #[test]
    fn the_attempt_that_gets_furthest_counts() {
        check(SESSION, PAGES, FunnelOrder::Loose, None, &[0, 40, 60]);
        check(SESSION, PAGES, FunnelOrder::Strict, None, &[30, 40, 60]);
        check(SESSION, PAGES, FunnelOrder::Loose, Some(30), &[30, 40, 60]);
        check(SESSION, PAGES, FunnelOrder::Loose, Some(29), &[30, 40]);
        check(SESSION, PAGES, FunnelOrder::Loose, Some(5), &[0]);
        check("a 0:00:00 page /b\na 0:00:01 page /c", PAGES, FunnelOrder::Loose, None, &[]);
    }
    const CALLS: &str = "a 0:00:00 page /a
                         a 0:00:10 request GET /api 200 9
                         a 0:00:20 click Pay
                         a 0:00:30 request POST /api 503 9
                         a 0:00:40 request POST /api 200 9
                         a 0:00:50 page /c";

    #[test]
    fn a_clause_can_be_a_step() {
        let loose =
            |steps: &[&str], expected: &[i64]| check(CALLS, steps, FunnelOrder::Loose, None, expected);
        loose(&["page:/a", "{request:/api}", "page:/c"], &[0, 10, 50]);
        // A name of kind `request` is of calls that failed.
        loose(&["page:/a", "request:POST /api", "page:/c"], &[0, 30, 50]);
        loose(&["page:/a", "{request:/api status:5xx}", "{page:/C}"], &[0, 30, 50]);
        loose(&["{click:* page:/a}", "{request:/api}", "{request:/api -status:5xx}"], &[20, 30, 40]);
        loose(&["{page:/a}", "{error:*}"], &[0]);
        check(CALLS, &["{click:Pay}", "{status:200}"], FunnelOrder::Loose, Some(19), &[20]);
    }

    #[test]
    fn strictly_nothing_of_the_kinds_that_are_named_lies_between() {
        let strict =
            |steps: &[&str], expected: &[i64]| check(CALLS, steps, FunnelOrder::Strict, None, expected);
        strict(&["page:/a", "{page:/c}"], &[0, 50]);
        // No call that failed, and any call.
        strict(&["page:/a", "request:POST /api", "page:/c"], &[0, 30, 50]);
        strict(&["{page:/a}", "{request:POST*}", "page:/c"], &[0]);
        strict(&["{request:POST*}", "{status:200}", "page:/c"], &[30, 40, 50]);
        strict(&["{page:/a}", "request:POST /api", "{click:*}"], &[0]);
    }
}
