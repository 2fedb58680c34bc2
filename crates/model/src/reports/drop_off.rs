//! Where sessions are lost: steps ranked by the sessions that ended there without success.
//!
//! Of the chosen kinds each session has one last step, or none. So for every step
//! `reached = continued + completed + dropped + open`.

use super::document::AsOf;
use super::pattern::Goal;
use super::selection::Selection;
use crate::steps::{StepKind, StepName};
use serde::{Deserialize, Serialize};

/// A question about drop-off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DropOff {
    /// Which steps are looked at.
    pub kinds: Vec<StepKind>,
    /// What counts as success.
    pub goals: Vec<Goal>,
    /// When it is asked.
    pub as_of: AsOf,
}

impl DropOff {
    /// The sessions of a step.
    pub fn select(&self, step: &StepName, which: WhichDropOff) -> Selection {
        Selection::DropOff(DropOffSelection { drop_off: self.clone(), step: step.clone(), which })
    }
}

/// What [`DropOff`] answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DropOffAnswer {
    /// Most sessions lost first; equals by name.
    pub steps: Vec<DropOffStep>,
    /// Steps that are not shown.
    pub rest: u64,
    /// Sessions lost at them.
    pub rest_dropped: u64,
    /// Sessions lost at any step.
    pub dropped: u64,
    /// All sessions, those without a step too.
    pub out_of: u64,
}

/// A step with what became of those who reached it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DropOffStep {
    /// The step.
    pub step: StepName,
    /// Sessions that had it.
    pub reached: u64,
    /// Sessions whose last step is another one.
    pub continued: u64,
    /// Sessions that ended here, and reached a goal.
    pub completed: u64,
    /// Sessions that ended here, and reached none.
    pub dropped: u64,
    /// Live sessions that are here now.
    pub open: u64,
}

/// Which sessions a number of the answer is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DropOffSelection {
    /// What was asked.
    pub drop_off: DropOff,
    /// The step.
    pub step: StepName,
    /// Which of the sessions that reached it.
    pub which: WhichDropOff,
}

/// Which of the sessions that reached a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichDropOff {
    /// All of them.
    Reached,
    /// Those whose last step is another one.
    Continued,
    /// Those that ended here with a goal.
    Completed,
    /// Those that ended here without.
    Dropped,
    /// Those that are live here.
    Open,
}
