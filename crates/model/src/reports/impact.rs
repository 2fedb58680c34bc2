//! Error impact: what became of sessions that met an error, and what the error cost, against sessions of the same kind of
//! visitor that reached the same page without it.
//!
//! - A session **meets** an error at the first step of that name; **at** the page it had viewed last.
//! - It **ended after** it where no page view followed and its last activity was at most 60 s later; live ones are
//!   **open** until they do something more.
//! - Its **action** is the last click or submission before the error. A **retry** is the same one again at most 2 min after;
//!   it **succeeds** where a page view or a goal follows before the next retry, error or failed request.
//! - It took an **alternative** path where it did not retry and viewed another page: the first one.
//! - It **completed** anyway where a goal followed.
//!
//! **Compared** are sessions that are over: those that met the error at a page before any goal, with those that reached
//! that page before any goal and never met the error; matched by device and country; by the share that reached a goal
//! afterwards. This finds association, not cause: who meets an error may differ in other ways.

use super::document::AsOf;
use super::pattern::Goal;
use super::selection::Selection;
use super::statistics::RiskDifference;
use crate::steps::StepName;
use crate::time::{MINUTE, SECOND};
use serde::{Deserialize, Serialize};

/// The same action again within this is a retry, milliseconds.
pub const RETRY_MS: i64 = 2 * MINUTE;
/// As in [`super::endings::ENDED_AFTER_MS`].
pub const ENDED_AFTER_MS: i64 = 60 * SECOND;
/// Fewer sessions than this on either side say nothing.
pub const MIN_COMPARED: u64 = 30;
/// Fewer completed, or not completed, sessions than this on both sides together say nothing.
pub const MIN_OUTCOMES: u64 = 5;

/// A question about errors.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ErrorImpact {
    /// What counts as success.
    pub goals: Vec<Goal>,
    /// When it is asked.
    pub as_of: AsOf,
    /// Errors at pages that are looked at, at most: those that most sessions met.
    pub limit: usize,
    /// Alternative pages of each, at most.
    pub alternatives: usize,
}

impl ErrorImpact {
    /// The sessions of an error at a page.
    pub fn select(&self, at: &ErrorAt, which: WhichImpact) -> Selection {
        Selection::Impact(ImpactSelection { impact: self.clone(), at: at.clone(), which })
    }
}

/// What [`ErrorImpact`] answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ErrorImpactAnswer {
    /// Most completions lost first, then those of which that cannot be said, by sessions; equals by name.
    pub rows: Vec<Impact>,
    /// Errors at pages that are not shown.
    pub rest: u64,
    /// Sessions with an error.
    pub sessions: u64,
    /// All sessions.
    pub out_of: u64,
}

/// An error at a page.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ErrorAt {
    /// The error's name.
    pub error: String,
    /// The page; nothing where none was viewed before.
    pub page: Option<String>,
}

/// What became of the sessions that met an error at a page: `sessions = ended + went_on + open`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Impact {
    /// Which.
    pub at: ErrorAt,
    /// Sessions that met it.
    pub sessions: u64,
    /// Sessions that ended after it.
    pub ended: u64,
    /// Sessions that did something more.
    pub went_on: u64,
    /// Live sessions that did nothing more yet.
    pub open: u64,
    /// Sessions that retried.
    pub retried: u64,
    /// Retries, of which a session can have several.
    pub retries: u64,
    /// Retries that succeeded.
    pub retries_succeeded: u64,
    /// Sessions that took an alternative path.
    pub alternative: u64,
    /// The pages that they took; most sessions first, equals by name.
    pub alternatives: Vec<Alternative>,
    /// Sessions that completed anyway.
    pub completed: u64,
    /// Against sessions without it.
    pub comparison: Comparison,
}

/// A page that sessions went to after an error.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Alternative {
    /// The page.
    pub page: StepName,
    /// Sessions.
    pub sessions: u64,
}

/// Sessions that met an error at a page, against those that reached the page without it.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// There is no goal to compare by.
    NoGoals,
    /// Too few sessions to say.
    TooFew {
        /// Sessions with the error, in groups of a device and country that both sides have.
        with: u64,
        /// Sessions without.
        without: u64,
    },
    /// A comparison.
    Matched {
        /// Sessions with the error, in groups of a device and country that both sides have.
        with: u64,
        /// Sessions without.
        without: u64,
        /// Share that completed with the error, minus share that completed without.
        difference: RiskDifference,
        /// Completions lost by the sessions compared: the difference times their number, below zero where more completed.
        lost: RiskDifference,
    },
}

impl Comparison {
    /// Of groups of one device and country each.
    pub fn of(groups: Vec<super::statistics::Stratum>) -> Self {
        let shared: Vec<_> = groups.into_iter().filter(|group| group.with > 0 && group.without > 0).collect();
        let sum = |count: fn(&super::statistics::Stratum) -> u64| shared.iter().map(count).sum::<u64>();
        let (with, without) = (sum(|group| group.with), sum(|group| group.without));
        let completed = sum(|group| group.with_completed + group.without_completed);
        let outcomes = completed.min(with + without - completed);
        match RiskDifference::mantel_haenszel(shared) {
            Some(difference)
                if with >= MIN_COMPARED && without >= MIN_COMPARED && outcomes >= MIN_OUTCOMES =>
            {
                Self::Matched { with, without, difference, lost: difference.times(-(with as f64)) }
            }
            Some(_) | None => Self::TooFew { with, without },
        }
    }

    /// Completions lost, where that can be said.
    pub fn lost(&self) -> Option<f64> {
        match self {
            Self::NoGoals | Self::TooFew { .. } => None,
            Self::Matched { lost, .. } => Some(lost.estimate),
        }
    }
}

impl ErrorImpactAnswer {
    /// Rows in their order.
    pub fn ranked(mut rows: Vec<Impact>) -> Vec<Impact> {
        rows.sort_by(|one, other| {
            let lost = |row: &Impact| row.comparison.lost().unwrap_or(f64::NEG_INFINITY);
            lost(other)
                .total_cmp(&lost(one))
                .then(other.sessions.cmp(&one.sessions))
                .then(one.at.cmp(&other.at))
        });
        rows
    }
}

/// Which sessions a number of the answer is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ImpactSelection {
    /// What was asked.
    pub impact: ErrorImpact,
    /// The error at a page.
    pub at: ErrorAt,
    /// Which of the sessions that met it, or did not.
    pub which: WhichImpact,
}

/// Which of the sessions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichImpact {
    /// Those that met it.
    All,
    /// Those that ended after it.
    Ended,
    /// Those that did something more.
    WentOn,
    /// Those that are live and did nothing more yet.
    Open,
    /// Those that retried.
    Retried,
    /// Those that took an alternative path; to this page, where one is named.
    Alternative(Option<String>),
    /// Those that completed anyway.
    Completed,
    /// Those that the comparison takes for the other side, whatever their device and country.
    Without,
}
