//! Common paths: how sessions went on from somewhere, came to somewhere, or went between two steps, as a tree of
//! prefixes with the most frequent whole variants beside it.
//!
//! The **path** of a session: its steps of the chosen kinds, forwards from its first step (or from the first one that fits
//! a pattern), backwards from its last step (or from the first one that fits), or from the first one that fits `from` to
//! the first one after it that fits `to`. Where loops are collapsed, a step that repeats itself is one step of the path;
//! how often is counted beside it. A session has one path or none, so that at every node
//! `sessions = continued + ended + open`, and `continued` is the sum over its children and its rest.

use super::document::AsOf;
use super::measures::Timing;
use super::pattern::StepPattern;
use super::selection::Selection;
use crate::steps::{StepKind, StepName};
use serde::{Deserialize, Serialize};

/// A question about paths.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Journeys {
    /// What paths are made of.
    pub kinds: Vec<StepKind>,
    /// Where they begin and end.
    pub stretch: Stretch,
    /// Whether a step that repeats itself is one.
    pub collapse: bool,
    /// Steps of a path, at most.
    pub depth: usize,
    /// Next steps shown of a node, at most; the others are its rest.
    pub breadth: usize,
    /// Whole variants shown, at most.
    pub variants: usize,
    /// When it is asked.
    pub as_of: AsOf,
}

impl Journeys {
    /// The sessions of a node, link or variant: those whose path begins with these steps.
    pub fn select(&self, steps: &[StepName], which: WhichJourneys) -> Selection {
        Selection::Journey(JourneySelection { journeys: self.clone(), steps: steps.to_vec(), which })
    }
}

/// Where a path begins and ends. A step that a path begins or ends with is in it whatever its kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    /// Forwards, from the session's first step or the first one that fits.
    Forwards {
        /// What the first step must be.
        from: Option<StepPattern>,
    },
    /// Backwards, from the session's last step or the first one that fits.
    Backwards {
        /// What the last step must be.
        to: Option<StepPattern>,
    },
    /// From the first one that fits to the first one after it that fits the other.
    Between {
        /// What the first step must be.
        from: StepPattern,
        /// What the last step must be.
        to: StepPattern,
    },
}

/// So many nodes of one depth are followed, the largest ones; the others belong to their parents' rest.
pub const MAX_NODES_OF_A_DEPTH: usize = 60;
/// Steps of a path, at most.
pub const MAX_DEPTH: usize = 20;

/// What [`Journeys`] answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct JourneysAnswer {
    /// Nodes by depth, parents in their order, children by sessions. The first is the root: before the first step.
    pub nodes: Vec<Node>,
    /// The most frequent whole paths (of at most `depth` steps); equals in an order that is always the same.
    pub variants: Vec<Variant>,
    /// Different whole paths.
    pub n_variants: u64,
    /// All sessions, those without a path too.
    pub out_of: u64,
}

/// A node of the tree, and the link to it: all sessions whose paths begin with these steps.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Node {
    /// The steps from the root to here; none for the root.
    pub steps: Vec<StepName>,
    /// Place of the node before; nothing for the root.
    pub parent: Option<usize>,
    /// Sessions.
    pub sessions: u64,
    /// How often these sessions had the step here, repetitions counted: over `sessions`, the ×n of a loop.
    pub repeats: u64,
    /// Sessions that have a next step.
    pub continued: u64,
    /// Sessions whose path ends here: forwards, those that are over; backwards, those that began here; between two steps,
    /// those that arrived.
    pub ended: u64,
    /// Forwards, sessions whose path ends here and that are live.
    pub open: u64,
    /// From the step before to this one.
    pub time_from_parent: Option<Timing>,
    /// From this step to the next one, whichever it is.
    pub time_to_next: Option<Timing>,
    /// Next steps that are not nodes, where there are any and `depth` is not reached.
    pub rest: Option<Rest>,
}

impl Node {
    /// Sessions as a share of the step before; nothing for the root.
    pub fn share(&self, nodes: &[Node]) -> Option<f64> {
        let before = nodes.get(self.parent?)?;
        (before.sessions > 0).then(|| self.sessions as f64 / before.sessions as f64)
    }
}

/// Next steps that are not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Rest {
    /// Sessions.
    pub sessions: u64,
    /// Different next steps.
    pub different: u64,
}

/// A whole path.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Variant {
    /// Its steps.
    pub steps: Vec<StepName>,
    /// For each, how often its sessions had it, repetitions counted.
    pub repeats: Vec<u64>,
    /// Sessions.
    pub sessions: u64,
    /// Of these, sessions that went on after `depth` steps.
    pub continued: u64,
    /// As [`Node::ended`].
    pub ended: u64,
    /// As [`Node::open`].
    pub open: u64,
    /// From its first step to its last.
    pub time: Option<Timing>,
}

/// Which sessions a number of the answer is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JourneySelection {
    /// What was asked.
    pub journeys: Journeys,
    /// The steps from the root.
    pub steps: Vec<StepName>,
    /// Which of the sessions that took them.
    pub which: WhichJourneys,
}

/// Which of the sessions whose paths begin with some steps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichJourneys {
    /// All of them: a node, a link.
    All,
    /// Those with a next step.
    Continued,
    /// Those with a next step other than these: a node's rest.
    ContinuedBut(Vec<StepName>),
    /// Those whose path ends here, and are not live.
    Ended,
    /// Those whose path ends here, and are live.
    Open,
    /// Those whose path, cut at the depth, is exactly this: a variant.
    Exactly,
}

/// A number for a whole path, the same everywhere: variants are told apart by it while they are counted. FNV-1a over each
/// step's kind and label gives the step's number; these are mixed by the finaliser of MurmurHash3.
pub fn step_number(kind: StepKind, label: &str) -> u64 {
    let bytes = kind.name().bytes().chain([0]).chain(label.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Goes on from the number of the path before with the number of a step; a path begins with 0.
pub fn path_number(before: u64, step: u64) -> u64 {
    let mut mixed = before.rotate_left(23).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ step;
    for multiplier in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53_u64] {
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(multiplier);
    }
    mixed ^ (mixed >> 33)
}
