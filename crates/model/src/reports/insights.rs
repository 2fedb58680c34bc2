//! Insights: what changed most against the period before, counted exactly.
//!
//! Every insight compares sessions with sessions: how many there were, or which share of them something was true of. Told
//! is what differs by more than chance explains (over 4 standard errors, since many things are looked at) and by at least a
//! fifth, most certain first.

use super::dimension::Dimension;
use super::document::AsOf;
use super::impact::ErrorAt;
use super::selection::Selection;
use super::statistics::{two_counts, two_proportions};
use crate::steps::{StepKind, StepName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Less than this many standard errors may be chance.
pub const MIN_STANDARD_ERRORS: f64 = 4.0;
/// A change by less than this factor, up or down, matters to nobody.
pub const MIN_FACTOR: f64 = 1.2;

/// A question about changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Insights {
    /// Starts of the sessions before.
    pub before: Range<Timestamp>,
    /// Starts of the sessions now; as long as the period before.
    pub now: Range<Timestamp>,
    /// Insights, at most.
    pub limit: usize,
    /// When it is asked.
    pub as_of: AsOf,
}

impl Insights {
    /// The range that a filter must let through.
    pub fn range(&self) -> Range<Timestamp> {
        self.before.start.min(self.now.start)..self.before.end.max(self.now.end)
    }
}

/// What can be true of a session.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightSubject {
    /// That it is there.
    Sessions,
    /// It had an error.
    WithErrors,
    /// It bounced, of those that are over.
    Bounced,
    /// It had this step: viewed a page, met an error, had a request fail.
    Did(StepName),
    /// It is of a segment.
    Segment(Dimension, String),
}

/// Dimensions whose segments are looked at.
pub const INSIGHT_DIMENSIONS: [Dimension; 6] = [
    Dimension::Device,
    Dimension::Browser,
    Dimension::Country,
    Dimension::Channel,
    Dimension::EntryRoute,
    Dimension::Release,
];
/// Steps that are looked at.
pub const INSIGHT_STEPS: [StepKind; 3] = [StepKind::Page, StepKind::Error, StepKind::Request];

/// One change.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Insight {
    /// What changed.
    pub subject: InsightSubject,
    /// Sessions that it was true of, before and now.
    pub sessions: [u64; 2],
    /// Sessions that it could be true of, before and now.
    pub out_of: [u64; 2],
    /// Now over before: of the number of sessions, else of the share; nothing where there was none before.
    pub factor: Option<f64>,
    /// How certain: standard errors, below zero for less.
    pub standard_errors: f64,
    /// Of errors: which one at which page grew, or shrank, most, with its sessions before and now.
    pub mostly: Option<(ErrorAt, [u64; 2])>,
}

impl Insight {
    /// Of numbers before and now; nothing where that is no insight.
    pub fn of(subject: InsightSubject, sessions: [u64; 2], out_of: [u64; 2]) -> Option<Self> {
        let is_count = subject == InsightSubject::Sessions;
        let standard_errors = match is_count {
            true => two_counts(sessions[0], sessions[1]),
            false => two_proportions(sessions, out_of),
        }?;
        let size = |when: usize| match is_count {
            true => sessions[when] as f64,
            false => sessions[when] as f64 / out_of[when] as f64,
        };
        let factor = (sessions[0] > 0).then(|| size(1) / size(0));
        let matters = factor.is_none_or(|factor| !(MIN_FACTOR.recip()..=MIN_FACTOR).contains(&factor));
        let is_certain = standard_errors.abs() >= MIN_STANDARD_ERRORS;
        (matters && is_certain).then_some(Self {
            subject,
            sessions,
            out_of,
            factor,
            standard_errors,
            mostly: None,
        })
    }

    /// Insights in their order, the most certain ones.
    pub fn ranked(mut insights: Vec<Self>, limit: usize) -> Vec<Self> {
        insights.sort_by(|one, other| {
            let certain = other.standard_errors.abs().total_cmp(&one.standard_errors.abs());
            certain.then_with(|| one.subject.cmp(&other.subject))
        });
        insights.truncate(limit);
        insights
    }

    /// The sessions that it is of, in either period.
    pub fn selection(&self, as_of: AsOf) -> Selection {
        match &self.subject {
            InsightSubject::Sessions => Selection::All,
            InsightSubject::WithErrors => Selection::WithErrors,
            InsightSubject::Bounced => Selection::Bounced(as_of),
            InsightSubject::Did(step) => Selection::Did(step.clone()),
            InsightSubject::Segment(dimension, value) => {
                Selection::Segment(super::measures::SegmentSelection {
                    dimensions: vec![*dimension],
                    which: super::measures::WhichSegments::One(vec![Some(value.clone())]),
                    as_of,
                })
            }
        }
    }
}
