//! Funnels: every attempt is tried.

use super::{span, timing};
use crate::reports::document::Document;
use crate::reports::funnels::{Funnel, FunnelAnswer, FunnelOrder, FunnelSelection, FunnelStage, WhichFunnel};
use crate::steps::StepKind;

/// Times of the steps of the attempt that counts.
fn attempt(asked: &Funnel, document: &Document) -> Vec<i64> {
    let kinds: Vec<StepKind> = match asked.order {
        FunnelOrder::Loose => StepKind::ALL.to_vec(),
        FunnelOrder::Strict => {
            asked.steps.iter().flat_map(|step| &step.any_of).map(|pattern| pattern.kind).collect()
        }
    };
    let steps = document.steps_of(&kinds);
    let fits = |at: usize, want: usize| {
        let name = &steps[at].1.name;
        asked.steps[want].any_of.iter().any(|pattern| pattern.matches(name.kind, &name.label))
    };
    let mut best: Vec<i64> = Vec::new();
    for first in (0..steps.len()).filter(|&at| !asked.steps.is_empty() && fits(at, 0)) {
        let mut taken = vec![first];
        while taken.len() < asked.steps.len() {
            let after = taken[taken.len() - 1] + 1;
            let until = match asked.order {
                FunnelOrder::Loose => steps.len(),
                FunnelOrder::Strict => steps.len().min(after + 1),
            };
            let Some(next) = (after..until).find(|&at| fits(at, taken.len())) else { break };
            let took = steps[next].1.offset_ms - steps[first].1.offset_ms;
            if asked.window_ms.is_some_and(|window| took > window) {
                break;
            }
            taken.push(next);
        }
        if taken.len() > best.len() {
            best = taken.into_iter().map(|at| steps[at].1.offset_ms).collect();
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
    use crate::reports::pattern::StepPattern;
    use crate::time::{MINUTE, SECOND, Timestamp};

    #[track_caller]
    fn check(timeline: &str, order: FunnelOrder, window_s: Option<i64>, expected: &[i64]) {
        let step = |label: &str| FunnelStep {
            name: label.to_owned(),
            any_of: vec![StepPattern::new(StepKind::Page, label)],
        };
        let asked = Funnel {
            steps: ["/a", "/b", "/c"].map(step).to_vec(),
            order,
            window_ms: window_s.map(|window| window * SECOND),
            as_of: AsOf { now: Timestamp(0), timeout_ms: MINUTE },
        };
        let seconds = |ms: i64| ms / SECOND;
        let times: Vec<i64> =
            attempt(&asked, &Document::of_timeline(timeline)).into_iter().map(seconds).collect();
        assert_eq!(times, expected);
    }

    const SESSION: &str = "a 0:00:00 page /a
                           a 0:00:10 click X
                           a 0:00:20 page /x
                           a 0:00:30 page /a
                           a 0:00:40 page /b
                           a 0:01:00 page /c";

    #[test]
    fn the_attempt_that_gets_furthest_counts() {
        check(SESSION, FunnelOrder::Loose, None, &[0, 40, 60]);
        check(SESSION, FunnelOrder::Strict, None, &[30, 40, 60]);
        check(SESSION, FunnelOrder::Loose, Some(30), &[30, 40, 60]);
        check(SESSION, FunnelOrder::Loose, Some(29), &[30, 40]);
        check(SESSION, FunnelOrder::Loose, Some(5), &[0]);
        check("a 0:00:00 page /b\na 0:00:01 page /c", FunnelOrder::Loose, None, &[]);
    }
}
