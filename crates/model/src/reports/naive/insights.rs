//! Insights: everything that can be true of a session is counted in both periods.

use crate::reports::document::Document;
use crate::reports::impact::ErrorAt;
use crate::reports::insights::{INSIGHT_DIMENSIONS, INSIGHT_STEPS, Insight, InsightSubject, Insights};
use crate::steps::StepKind;
use std::collections::{BTreeMap, BTreeSet};

/// What is true of a session.
fn subjects(document: &Document, asked: &Insights) -> BTreeSet<InsightSubject> {
    let mut subjects = BTreeSet::from([InsightSubject::Sessions]);
    if document.session.counts.errors > 0 {
        subjects.insert(InsightSubject::WithErrors);
    }
    if !document.is_live(asked.as_of) && document.session.is_bounce() {
        subjects.insert(InsightSubject::Bounced);
    }
    let steps = document.steps_of(&INSIGHT_STEPS).into_iter();
    subjects.extend(steps.map(|(_, did)| InsightSubject::Did(did.name.clone())));
    for dimension in INSIGHT_DIMENSIONS {
        let value = dimension.of(document, asked.as_of);
        subjects.extend(value.map(|value| InsightSubject::Segment(dimension, value.into_owned())));
    }
    subjects
}

/// Every error at the page that it came at.
fn errors(document: &Document) -> BTreeSet<ErrorAt> {
    let mut page = None;
    let mut errors = BTreeSet::new();
    for did in &document.steps {
        match did.name.kind {
            StepKind::Page => page = Some(did.name.label.to_string()),
            StepKind::Error => {
                errors.insert(ErrorAt { error: did.name.label.to_string(), page: page.clone() });
            }
            StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Request | StepKind::Custom => {}
        }
    }
    errors
}

/// What changed most.
pub fn insights(documents: &[Document], asked: &Insights) -> Vec<Insight> {
    let mut sessions = [0_u64; 2];
    let mut settled = [0_u64; 2];
    let mut counts = BTreeMap::<InsightSubject, [u64; 2]>::new();
    let mut error_counts = BTreeMap::<ErrorAt, [u64; 2]>::new();
    for document in documents {
        for (period, range) in [&asked.before, &asked.now].into_iter().enumerate() {
            if range.contains(&document.session.start) {
                sessions[period] += 1;
                settled[period] += u64::from(!document.is_live(asked.as_of));
                for subject in subjects(document, asked) {
                    counts.entry(subject).or_default()[period] += 1;
                }
                for error in errors(document) {
                    error_counts.entry(error).or_default()[period] += 1;
                }
            }
        }
    }
    let insight = |(subject, counts): (InsightSubject, [u64; 2])| {
        let out_of = if subject == InsightSubject::Bounced { settled } else { sessions };
        let mut insight = Insight::of(subject, counts, out_of)?;
        let is_more = insight.standard_errors > 0.0;
        let grew = |counts: &[u64; 2]| {
            let by = i128::from(counts[1]) - i128::from(counts[0]);
            if is_more { by } else { -by }
        };
        let is_of = |error: &ErrorAt| match &insight.subject {
            InsightSubject::WithErrors => true,
            InsightSubject::Did(step) => step.kind == StepKind::Error && *step.label == *error.error,
            InsightSubject::Sessions | InsightSubject::Bounced | InsightSubject::Segment(..) => false,
        };
        let most = error_counts
            .iter()
            .filter(|(error, counts)| is_of(error) && grew(counts) > 0)
            .max_by(|one, other| grew(one.1).cmp(&grew(other.1)).then(other.0.cmp(one.0)));
        insight.mostly = most.map(|(error, counts)| (error.clone(), *counts));
        Some(insight)
    };
    Insight::ranked(counts.into_iter().filter_map(insight).collect(), asked.limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::document::AsOf;
    use crate::time::{HOUR, MINUTE, Timestamp};

    #[test]
    fn errors_that_tripled_are_told_with_where_they_are() {
        let at = |timeline: &str, start: i64| {
            let mut document = Document::of_timeline(timeline);
            document.session.start = Timestamp(start);
            document
        };
        let fine = "a 0:00:00 page /pay";
        let failing = "a 0:00:00 page /pay\na 0:00:01 error PaymentError";
        let mut documents = Vec::new();
        for (n, timeline, start) in
            [(970, fine, 0), (30, failing, 0), (900, fine, HOUR), (100, failing, HOUR)]
        {
            documents.extend(std::iter::repeat_n(at(timeline, start), n));
        }
        let asked = Insights {
            before: Timestamp(0)..Timestamp(HOUR),
            now: Timestamp(HOUR)..Timestamp(2 * HOUR),
            limit: 5,
            as_of: AsOf { now: Timestamp(99 * HOUR), timeout_ms: MINUTE },
        };
        let told: Vec<_> = insights(&documents, &asked)
            .into_iter()
            .map(|insight| (insight.subject, insight.sessions, insight.mostly))
            .collect();
        let mostly =
            Some((ErrorAt { error: "PaymentError".to_owned(), page: Some("/pay".to_owned()) }, [30, 100]));
        let error = crate::steps::StepName::new(StepKind::Error, "PaymentError");
        assert_eq!(
            told,
            [
                (InsightSubject::WithErrors, [30, 100], mostly.clone()),
                (InsightSubject::Did(error), [30, 100], mostly),
            ]
        );
    }
}
