//! Funnels: how many sessions did this, then that, then the next.
//!
//! What a step wants is said by name ([`StepPattern`]), or by a clause of a search about one event ([`SameEvent`]), which means
//! what it does as a stop of a sequence. Names are of steps; clauses are of all events that a search can be about: steps,
//! and HTTP calls that did not fail.
//!
//! An **attempt** begins with an event that fits the funnel's first step and takes each next one where it first comes: with
//! anything between (loose), or directly after (strict: no other event of the funnel's kinds between). Every event of an attempt
//! is within the window of its first. Of a session's attempts the one that gets furthest counts, the earliest of equals.
//! One event is one step of an attempt, so a funnel that wants a page twice wants two views of it.
//!
//! The kinds of a funnel are those of its names and clauses. A name of kind `request` is of calls that failed, a clause about
//! requests of all calls: these are told apart between steps, too ([`FunnelKinds`]).

use super::document::AsOf;
use super::measures::Timing;
use super::pattern::StepPattern;
use super::selection::Selection;
use crate::search::SameEvent;
use crate::steps::StepKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A question about a funnel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Funnel {
    /// Its steps, in order.
    pub steps: Vec<FunnelStep>,
    /// What may lie between.
    pub order: FunnelOrder,
    /// Milliseconds from the first step to the last; nothing where a session is window enough.
    pub window_ms: Option<i64>,
    /// When it is asked.
    pub as_of: AsOf,
}

impl Funnel {
    /// The sessions of a step, given by its place.
    pub fn select(&self, step: usize, which: WhichFunnel) -> Selection {
        Selection::Funnel(FunnelSelection { funnel: self.clone(), step, which })
    }
}

/// A step of a funnel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FunnelStep {
    /// Shown to people.
    pub name: String,
    /// Any of these.
    pub any_of: Vec<StepPattern>,
    /// Or any of these events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<SameEvent>,
}

/// The kinds of events that a funnel names, of which strictly none lies between its steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunnelKinds {
    named: Vec<StepKind>,
    calls: bool,
}

impl FunnelKinds {
    /// Of its steps.
    pub fn of(steps: &[FunnelStep]) -> Self {
        let of_names = steps.iter().flat_map(|step| &step.any_of).map(|pattern| pattern.kind);
        let of_clauses = || steps.iter().flat_map(|step| &step.clauses).map(|event| event.kind);
        Self {
            named: of_names.chain(of_clauses()).collect(),
            calls: of_clauses().any(|kind| kind == StepKind::Request),
        }
    }

    /// Whether it names a step of this kind.
    pub fn has_step(&self, kind: StepKind) -> bool {
        self.named.contains(&kind)
    }

    /// Whether it names HTTP calls that did not fail.
    pub fn has_calls(&self) -> bool {
        self.calls
    }
}

/// A funnel with a name, as people write it: the parameters of the report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedFunnel {
    /// Unique in its site.
    pub name: String,
    /// `page:/cart > {request:/api/pay status:5xx} > custom:order|page:/thanks`.
    pub steps: String,
    /// `loose` or `strict`; loose where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// `30m`, `24h`, `7d`; a session where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
}

/// What may lie between steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelOrder {
    /// Anything.
    Loose,
    /// No other event of the kinds that the funnel names.
    Strict,
}

/// Steps of a funnel, at most: so many bits are looked at together.
pub const MAX_FUNNEL_STEPS: usize = 32;

/// A step with what became of those who reached it: `reached = continued + dropped + open`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct FunnelStage {
    /// Sessions that got this far.
    pub reached: u64,
    /// Sessions that got further; at the last step all of them.
    pub continued: u64,
    /// Sessions that are over and got no further.
    pub dropped: u64,
    /// Live sessions that got no further yet.
    pub open: u64,
    /// From this step to the next, over those that got further; nothing at the last step.
    pub time_to_next: Option<Timing>,
}

/// What [`Funnel`] answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FunnelAnswer {
    /// One for each step.
    pub stages: Vec<FunnelStage>,
    /// All sessions.
    pub out_of: u64,
}

/// Which sessions a number of the answer is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FunnelSelection {
    /// What was asked.
    pub funnel: Funnel,
    /// Place of the step.
    pub step: usize,
    /// Which of the sessions that got this far.
    pub which: WhichFunnel,
}

/// Which of the sessions that got as far as a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichFunnel {
    /// All of them.
    Reached,
    /// Those that got further.
    Continued,
    /// Those that are over and did not.
    Dropped,
    /// Those that are live and did not yet.
    Open,
}
