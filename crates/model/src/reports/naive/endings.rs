//! Endings: of each session that reached the step, the first rule that fits.

use crate::reports::document::Document;
use crate::reports::endings::{
    ENDED_AFTER_MS, Ending, EndingCondition, EndingDetail, EndingSelection, Endings, EndingsAnswer,
    EndingsLayout, Evidence, LOOP_SUBMITS,
};
use crate::reports::pattern::Goal;
use crate::steps::{StepKind, StepName};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A session that reached the step.
struct Story<'a> {
    asked: &'a Endings,
    document: &'a Document,
    /// First arrival.
    reached: usize,
    /// Last arrival.
    arrived: usize,
}

impl<'a> Story<'a> {
    fn of(asked: &'a Endings, document: &'a Document) -> Option<Self> {
        let is_at = |place: &usize| {
            let name = &document.steps[*place].name;
            asked.at.matches(name.kind, &name.label)
        };
        let places = 0..document.steps.len();
        let reached = places.clone().find(is_at)?;
        let story = |arrived| Self { asked, document, reached, arrived };
        let last = places.rev().find(is_at)?;
        if asked.at.kind != StepKind::Page {
            return Some(story(last));
        }
        // Back over views of the step that no other page parts.
        let other = (0..last).rev().find(|&place| story(last).is_other_page(place));
        let arrived = (other.map_or(0, |other| other + 1)..=last).find(is_at)?;
        Some(story(arrived))
    }

    fn kind(&self, place: usize) -> StepKind {
        self.document.steps[place].name.kind
    }

    fn is_other_page(&self, place: usize) -> bool {
        let name = &self.document.steps[place].name;
        name.kind == StepKind::Page && !self.asked.at.matches(name.kind, &name.label)
    }

    fn other_page_after(&self, place: usize) -> Option<usize> {
        (place + 1..self.document.steps.len()).find(|&place| self.is_other_page(place))
    }

    /// Whether no other page parts a place from an arrival at the step before it.
    fn is_at_step(&self, place: usize) -> bool {
        let is_arrival = |place: usize| {
            let name = &self.document.steps[place].name;
            self.asked.at.matches(name.kind, &name.label)
        };
        (0..=place)
            .rev()
            .find(|&before| is_arrival(before) || self.is_other_page(before))
            .is_some_and(is_arrival)
    }

    /// The last step of a kind in the stay after which the session ended.
    fn ended_after(&self, kind: StepKind) -> Option<usize> {
        let last = (self.arrived..self.document.steps.len()).rev().find(|&place| self.kind(place) == kind)?;
        let left_ms = self.document.session.duration_ms() - self.document.steps[last].offset_ms;
        (self.other_page_after(self.arrived).is_none() && left_ms <= ENDED_AFTER_MS).then_some(last)
    }

    fn fields(&self) -> Vec<usize> {
        let of_step = |place: &usize| self.kind(*place) == StepKind::Input && self.is_at_step(*place);
        (self.reached..self.document.steps.len()).filter(of_step).collect()
    }

    /// Evidence for a rule, where it fits.
    fn evidence(&self, when: &EndingCondition, facts: &Facts<'_>) -> Option<usize> {
        let steps = &self.document.steps;
        let place = match when {
            EndingCondition::Completed => (self.reached..steps.len()).find(|&place| {
                let name = &steps[place].name;
                Goal::any(&self.asked.goals, name.kind, &name.label)
            }),
            EndingCondition::StillOpen => self.document.is_live(self.asked.as_of).then_some(steps.len() - 1),
            EndingCondition::BlockedByError { .. } => self.ended_after(StepKind::Error),
            EndingCondition::FailedRequest { .. } => self.ended_after(StepKind::Request),
            EndingCondition::ValidationLoop { .. } => {
                let submits =
                    (self.arrived..steps.len()).filter(|&place| self.kind(place) == StepKind::Submit);
                let submits: Vec<usize> = submits.collect();
                let last = *submits.last()?;
                let same = submits.iter().rev().take_while(|&&place| steps[place].name == steps[last].name);
                let is_loop = same.count() >= LOOP_SUBMITS as usize;
                (is_loop && self.other_page_after(self.arrived).is_none()).then_some(last)
            }
            EndingCondition::AbandonedAt { .. } => {
                let last = *self.fields().last()?;
                let page = self.other_page_after(last);
                let sent =
                    page.is_some_and(|page| (last..page).any(|place| self.kind(place) == StepKind::Submit));
                (!sent).then_some(last)
            }
            EndingCondition::LeftBeforeDetails => {
                (facts.has_form && self.fields().is_empty()).then_some(self.arrived)
            }
            EndingCondition::WentElsewhere { .. } => self.other_page_after(self.arrived),
            EndingCondition::CameBackAndCompleted => facts.came_back(self).then_some(self.arrived),
            EndingCondition::Idle => Some(steps.len() - 1),
        }?;
        when.wants(&steps[place].name.label).then_some(place)
    }

    fn ending(&self, facts: &Facts<'_>) -> Option<(usize, usize)> {
        let rules = self.asked.rules.rules().iter().enumerate();
        rules.filter_map(|(rule, of)| Some((rule, self.evidence(&of.when, facts)?))).next()
    }
}

/// What is told by other sessions than the one looked at.
struct Facts<'a> {
    has_form: bool,
    later: &'a [Document],
}

impl Facts<'_> {
    fn came_back(&self, story: &Story<'_>) -> bool {
        let this = &story.document.session;
        self.later.iter().any(|other| {
            let completed =
                other.steps.iter().any(|did| Goal::any(&story.asked.goals, did.name.kind, &did.name.label));
            completed && other.session.visitor_id == this.visitor_id && other.session.start > this.start
        })
    }
}

fn facts<'a>(documents: &[Document], later: &'a [Document], asked: &Endings) -> Facts<'a> {
    let found =
        || documents.iter().filter_map(|one| Story::of(asked, one)).any(|story| !story.fields().is_empty());
    Facts { has_form: asked.has_form.unwrap_or_else(found), later }
}

/// How sessions that reached a step ended. `later` are all sessions from the earliest on, also those that began after the
/// period asked about.
pub fn endings(
    documents: &[Document],
    later: &[Document],
    asked: &Endings,
    layout: &EndingsLayout,
) -> EndingsAnswer {
    let facts = facts(documents, later, asked);
    let stories: Vec<Story<'_>> = documents.iter().filter_map(|one| Story::of(asked, one)).collect();
    let ended: Vec<_> = stories.iter().filter_map(|story| Some((story, story.ending(&facts)?))).collect();
    let ending = |(rule, of): (usize, &crate::reports::endings::EndingRule)| {
        let those: Vec<_> = ended.iter().filter(|(_, (of, _))| *of == rule).collect();
        let mut details = BTreeMap::<StepName, u64>::new();
        for (story, (_, place)) in &those {
            *details.entry(story.document.steps[*place].name.clone()).or_default() += 1;
        }
        let mut details: Vec<EndingDetail> =
            details.into_iter().map(|(step, sessions)| EndingDetail { step, sessions }).collect();
        details.sort_by_key(|detail| Reverse(detail.sessions));
        details.truncate(if of.when.has_details() { layout.details } else { 0 });
        let bucket = |pair: &[crate::time::Timestamp]| {
            let within = |story: &Story<'_>| (pair[0]..pair[1]).contains(&story.document.session.start);
            those.iter().filter(|(story, _)| within(story)).count() as u64
        };
        let trend = layout.edges.windows(2).map(bucket).collect();
        Ending { name: of.name.clone(), sessions: those.len() as u64, trend, details }
    };
    EndingsAnswer {
        reached: stories.len() as u64,
        endings: asked.rules.rules().iter().enumerate().map(ending).collect(),
        has_form: facts.has_form,
        out_of: documents.len() as u64,
    }
}

/// What decided each session's ending; nothing for those that did not reach the step.
pub fn evidence(documents: &[Document], later: &[Document], asked: &Endings) -> Vec<Option<Evidence>> {
    let facts = facts(documents, later, asked);
    let of = |document: &Document| {
        let (rule, step) = Story::of(asked, document)?.ending(&facts)?;
        Some(Evidence { rule, step, offset_ms: document.steps[step].offset_ms })
    };
    documents.iter().map(of).collect()
}

pub(super) fn keeps(documents: &[Document], later: &[Document], selection: &EndingSelection) -> Vec<bool> {
    let is_one = |(document, evidence): (&Document, Option<Evidence>)| {
        evidence.is_some_and(|evidence| {
            let rule = selection.rule.is_none_or(|rule| rule == evidence.rule);
            let name = &document.steps[evidence.step].name;
            rule && selection.detail.as_ref().is_none_or(|detail| detail == name)
        })
    };
    documents.iter().zip(evidence(documents, later, &selection.endings)).map(is_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::document::AsOf;
    use crate::reports::endings::{EndingRule, EndingRules};
    use crate::reports::pattern::StepPattern;
    use crate::time::{HOUR, MINUTE, Timestamp};
    use expect_test::{Expect, expect};

    fn checkout() -> Endings {
        Endings {
            at: StepPattern::new(StepKind::Page, "/checkout"),
            rules: EndingRules::default(),
            goals: vec![Goal {
                name: "Order".to_owned(),
                steps: vec![StepPattern::new(StepKind::Page, "/thanks")],
            }],
            has_form: None,
            as_of: AsOf { now: Timestamp(90 * HOUR), timeout_ms: 30 * MINUTE },
        }
    }

    /// Each session's ending with its evidence.
    #[track_caller]
    fn check(asked: &Endings, timelines: &[&str], expected: Expect) {
        let documents: Vec<Document> =
            timelines.iter().flat_map(|one| Document::all_of_timeline(one)).collect();
        let told = |(document, evidence): (&Document, Option<Evidence>)| match evidence {
            None => "did not reach it\n".to_owned(),
            Some(Evidence { rule, step, offset_ms }) => {
                let step = &document.steps[step].name;
                let at = offset_ms / 1000;
                format!("{}: {} {} at {at} s\n", asked.rules.rules()[rule].name, step.kind.name(), step.label)
            }
        };
        let evidence = evidence(&documents, &documents, asked);
        expected.assert_eq(&documents.iter().zip(evidence).map(told).collect::<String>());
    }

    #[test]
    fn every_rule_with_its_evidence() {
        check(
            &checkout(),
            &[
                "a 0:00:00 page /checkout\na 0:00:10 input checkout email\na 0:00:30 page /thanks",
                "a 0:00:00 page /checkout\na 0:00:10 input checkout card\na 0:00:20 error PaymentError\na 0:01:00 click Pay",
                "a 0:00:00 page /checkout\na 0:00:10 request POST /pay 502\na 0:00:20 click Pay",
                "a 0:00:00 page /checkout\na 0:00:10 submit checkout\na 0:00:20 submit checkout",
                "a 0:00:00 page /checkout\na 0:00:10 input checkout email\na 0:00:20 input checkout card",
                "a 0:00:00 page /checkout\na 0:00:10 input checkout email\na 0:00:20 page /help",
                "a 0:00:00 page /checkout\na 0:00:10 page /cart",
                "a 0:00:00 page /checkout\na 0:00:10 input checkout email\na 0:00:20 submit checkout\na 0:00:30 page /pay",
                "a 0:00:00 page /cart",
                "a 0:00:00 page /checkout\na 0:00:10 error PaymentError\na 0:02:00 click Help",
            ],
            expect![[r#"
                Completed: page /thanks at 30 s
                Blocked by an error: error PaymentError at 20 s
                Failed request: request POST /pay at 10 s
                Form not accepted: submit checkout at 20 s
                Abandoned while filling in: input checkout: card at 20 s
                Abandoned while filling in: input checkout: email at 10 s
                Left before entering details: page /checkout at 0 s
                Went elsewhere: page /pay at 30 s
                did not reach it
                Left before entering details: page /checkout at 0 s
            "#]],
        );
    }

    #[test]
    fn where_nobody_enters_anything_there_are_no_details() {
        check(
            &checkout(),
            &[
                "a 0:00:00 page /checkout\na 0:00:10 page /cart\na 0:00:20 input search q",
                "a 0:00:00 page /checkout\na 0:00:10 click Why?",
            ],
            expect![[r#"
                Went elsewhere: page /cart at 10 s
                Left without a sign: click Why? at 10 s
            "#]],
        );
    }

    #[test]
    fn live_sessions_and_visitors_who_come_back() {
        let mut asked = checkout();
        asked.as_of.now = Timestamp(9 * HOUR);
        check(
            &asked,
            &[
                "a 0:00:00 page /checkout\na 2:00:00 page /checkout\na 2:01:00 page /thanks\na 8:45:00 page /checkout",
            ],
            expect![[r#"
                Came back later and completed: page /checkout at 0 s
                Completed: page /thanks at 60 s
                Still open: page /checkout at 0 s
            "#]],
        );
    }

    #[test]
    fn reloading_is_no_arrival_and_the_sites_rules_come_first() {
        let mut asked = checkout();
        let mut rules: Vec<EndingRule> = asked.rules.into();
        let fields = vec!["checkout: card*".to_owned(), "checkout: cvc".to_owned()];
        let name = "Abandoned at payment".to_owned();
        rules.insert(0, EndingRule { name, when: EndingCondition::AbandonedAt { fields } });
        asked.rules = rules.try_into().expect("they end with the one that takes what is left");
        check(
            &asked,
            &[
                "a 0:00:00 page /checkout\na 0:00:05 error PaymentError\na 0:00:10 page /checkout\na 0:00:20 scroll",
                "a 0:00:00 page /checkout\na 0:00:05 input checkout card-number\na 0:00:06 error PaymentError",
                "a 0:00:00 page /checkout\na 0:00:05 input checkout email\na 0:00:06 page /thanks",
            ],
            expect![[r#"
                Blocked by an error: error PaymentError at 5 s
                Abandoned at payment: input checkout: card-number at 5 s
                Completed: page /thanks at 6 s
            "#]],
        );
    }
}
