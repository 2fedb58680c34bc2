//! Endings: how sessions that reached a step ended, each by the first of ordered rules that fits, with the step that
//! decided it.
//!
//! Rules are data: their order, names and what they look for are the site's to change; the last one takes whatever is
//! left, so that every session has exactly one ending.
//!
//! Words used by the rules:
//! - The **stay** at a step is from its last arrival there: views of it that only its own views part are one arrival. A page
//!   view of another page ends the stay; what fits the step's pattern is never another page.
//! - **Ended after** something: no view of another page came after it, and the session's last activity was at most 60 s
//!   later.

use super::document::AsOf;
use super::pattern::{Goal, StepPattern, label_matches};
use super::selection::Selection;
use crate::steps::StepName;
use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// After this much activity a session did not end because of what happened before it, milliseconds.
pub const ENDED_AFTER_MS: i64 = 60 * SECOND;
/// A form that is submitted so often without another page is not accepted.
pub const LOOP_SUBMITS: u32 = 2;

/// Ordered rules, of which each session matches the first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Vec<EndingRule>", into = "Vec<EndingRule>")]
pub struct EndingRules(Vec<EndingRule>);

/// A rule with the name that the site gave it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct EndingRule {
    /// Shown to people: `Abandoned at payment`.
    pub name: String,
    /// What must be so.
    pub when: EndingCondition,
}

/// What a rule looks for. Lists of labels may hold `*`; an empty one fits every label.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndingCondition {
    /// A goal came at or after the step. Evidence: the goal.
    Completed,
    /// The session is live. Evidence: its last step.
    StillOpen,
    /// The session ended after an error of the stay. Evidence: the last one.
    BlockedByError {
        /// Names of errors.
        errors: Vec<String>,
    },
    /// The session ended after a failed request of the stay. Evidence: the last one.
    FailedRequest {
        /// Endpoints.
        endpoints: Vec<String>,
    },
    /// The last form of the stay was submitted twice or more, one after the other, and no other page followed.
    /// Evidence: the last submission.
    ValidationLoop {
        /// Forms.
        forms: Vec<String>,
    },
    /// Fields were touched at the step, the last one is among these, and there was no submission after it that another page
    /// followed. Evidence: that field.
    AbandonedAt {
        /// Fields, as steps name them: `checkout: card`.
        fields: Vec<String>,
    },
    /// Others touch fields at the step, this session touched none. Evidence: the last arrival.
    LeftBeforeDetails,
    /// Another page followed the last arrival. Evidence: the first such page.
    WentElsewhere {
        /// Routes.
        pages: Vec<String>,
    },
    /// A later session of the same visitor reached a goal. Evidence: the last arrival.
    CameBackAndCompleted,
    /// Whatever is left: the last rule, and only it. Evidence: the last step.
    Idle,
}

impl EndingCondition {
    /// Whether what decided it is worth telling: it has a name that the rule looks for.
    pub const fn has_details(&self) -> bool {
        match self {
            Self::BlockedByError { .. }
            | Self::FailedRequest { .. }
            | Self::ValidationLoop { .. }
            | Self::AbandonedAt { .. }
            | Self::WentElsewhere { .. } => true,
            Self::Completed
            | Self::StillOpen
            | Self::LeftBeforeDetails
            | Self::CameBackAndCompleted
            | Self::Idle => false,
        }
    }

    /// Whether the label of the evidence is one that the rule wants.
    pub fn wants(&self, label: &str) -> bool {
        let labels = match self {
            Self::BlockedByError { errors } => errors,
            Self::FailedRequest { endpoints } => endpoints,
            Self::ValidationLoop { forms } => forms,
            Self::AbandonedAt { fields } => fields,
            Self::WentElsewhere { pages } => pages,
            Self::Completed
            | Self::StillOpen
            | Self::LeftBeforeDetails
            | Self::CameBackAndCompleted
            | Self::Idle => return true,
        };
        labels.is_empty() || labels.iter().any(|pattern| label_matches(pattern, label))
    }
}

/// What is wrong with a list of rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndingRulesError {
    /// The last rule is not the one that takes what is left, or another one is.
    Last,
    /// There are too many.
    TooMany,
}

impl fmt::Display for EndingRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last => {
                f.write_str("rules: the last rule, and no other, must be `idle`, which takes what is left")
            }
            Self::TooMany => write!(f, "rules: at most {} can be given", EndingRules::MAX),
        }
    }
}

impl std::error::Error for EndingRulesError {}

impl TryFrom<Vec<EndingRule>> for EndingRules {
    type Error = EndingRulesError;
    fn try_from(rules: Vec<EndingRule>) -> Result<Self, EndingRulesError> {
        let idle = rules.iter().position(|rule| rule.when == EndingCondition::Idle);
        match idle {
            _ if rules.len() > Self::MAX => Err(EndingRulesError::TooMany),
            Some(place) if place + 1 == rules.len() => Ok(Self(rules)),
            Some(_) | None => Err(EndingRulesError::Last),
        }
    }
}

impl From<EndingRules> for Vec<EndingRule> {
    fn from(rules: EndingRules) -> Self {
        rules.0
    }
}

impl Default for EndingRules {
    /// The rules that a site starts with.
    fn default() -> Self {
        use EndingCondition as C;
        let any = Vec::new;
        let rules = [
            ("Completed", C::Completed),
            ("Still open", C::StillOpen),
            ("Blocked by an error", C::BlockedByError { errors: any() }),
            ("Failed request", C::FailedRequest { endpoints: any() }),
            ("Form not accepted", C::ValidationLoop { forms: any() }),
            ("Abandoned while filling in", C::AbandonedAt { fields: any() }),
            ("Left before entering details", C::LeftBeforeDetails),
            ("Went elsewhere", C::WentElsewhere { pages: any() }),
            ("Came back later and completed", C::CameBackAndCompleted),
            ("Left without a sign", C::Idle),
        ];
        Self(rules.map(|(name, when)| EndingRule { name: name.to_owned(), when }).to_vec())
    }
}

impl EndingRules {
    /// More than this nobody reads.
    pub const MAX: usize = 40;

    /// The rules, in order.
    pub fn rules(&self) -> &[EndingRule] {
        &self.0
    }

    /// Whether later sessions of the same visitors matter.
    pub fn look_ahead(&self) -> bool {
        self.0.iter().any(|rule| rule.when == EndingCondition::CameBackAndCompleted)
    }
}

/// A question about endings at a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Endings {
    /// The step.
    pub at: StepPattern,
    /// The rules.
    pub rules: EndingRules,
    /// What counts as success.
    pub goals: Vec<Goal>,
    /// Whether there are fields at the step; nothing to see whether any session asked about touched one.
    pub has_form: Option<bool>,
    /// When it is asked.
    pub as_of: AsOf,
}

impl Endings {
    /// The same question with what its answer found out, so that sessions have the same endings in any part of them.
    #[must_use]
    pub fn found(mut self, answer: &EndingsAnswer) -> Self {
        self.has_form = Some(answer.has_form);
        self
    }

    /// The sessions of an ending, given by its rule's place, or of all; and only those decided by a step, where one is
    /// given. Ask it of the question as [`Endings::found`].
    pub fn select(&self, rule: Option<usize>, detail: Option<StepName>) -> Selection {
        Selection::Ending(EndingSelection { endings: self.clone(), rule, detail })
    }
}

/// How an answer about endings is laid out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EndingsLayout {
    /// Ends of the buckets of the trend, as [`super::measures::OverTime::edges`].
    pub edges: Vec<Timestamp>,
    /// Details of each ending, at most.
    pub details: usize,
}

/// What [`Endings`] answers: the sessions of the endings add up to those that reached the step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EndingsAnswer {
    /// Sessions that reached the step.
    pub reached: u64,
    /// One for each rule, in their order.
    pub endings: Vec<Ending>,
    /// Whether there are fields at the step, as asked or found.
    pub has_form: bool,
    /// All sessions.
    pub out_of: u64,
}

/// One ending.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Ending {
    /// The rule's name.
    pub name: String,
    /// Sessions.
    pub sessions: u64,
    /// Sessions by bucket of the trend.
    pub trend: Vec<u64>,
    /// What decided it: errors, endpoints, fields, pages; most sessions first, equals by name. Only of rules that look
    /// for something with a name.
    pub details: Vec<EndingDetail>,
}

/// What decided an ending.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EndingDetail {
    /// The step of evidence.
    pub step: StepName,
    /// Sessions.
    pub sessions: u64,
}

/// What decided one session's ending.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Evidence {
    /// Place of the rule.
    pub rule: usize,
    /// Place of the deciding step among the session's.
    pub step: usize,
    /// When, milliseconds from the session's start.
    pub offset_ms: i64,
}

/// Which sessions a number of the answer is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EndingSelection {
    /// What was asked.
    pub endings: Endings,
    /// Place of the rule; nothing for all sessions that reached the step.
    pub rule: Option<usize>,
    /// Only those decided by this step.
    pub detail: Option<StepName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_end_with_the_one_that_takes_what_is_left() {
        let rules: Vec<EndingRule> = EndingRules::default().into();
        assert_eq!(EndingRules::try_from(rules.clone()), Ok(EndingRules::default()));
        assert_eq!(EndingRules::try_from(rules[..3].to_vec()), Err(EndingRulesError::Last));
        let twice = [&rules[..], &rules[9..]].concat();
        assert_eq!(EndingRules::try_from(twice), Err(EndingRulesError::Last));
        let many = [vec![rules[..9].to_vec(); 5].concat(), rules[9..].to_vec()].concat();
        assert_eq!(EndingRules::try_from(many), Err(EndingRulesError::TooMany));
    }
}
