//! Common paths, as the API tells them.

use super::{Tabular, TimingResource, heads, share, written};
use crate::api::resources::ResolvedRange;
use crate::api::selections::Doors;
use footpath_model::reports::journeys::{
    JourneySelection, Journeys, JourneysAnswer, Node, Stretch, Variant, WhichJourneys,
};
use footpath_model::reports::selection::Selection;
use footpath_model::steps::{StepKind, StepName};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Common paths: a tree of their beginnings, and the most frequent whole ones.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathsReport {
    range: ResolvedRange,
    /// `forwards`, `backwards` or `between`.
    #[schema(value_type = String)]
    direction: &'static str,
    /// What paths are made of.
    kinds: Vec<StepKind>,
    /// By depth; the first is the root, before the first step. A node is also the link from its parent.
    nodes: Vec<PathNode>,
    /// Most sessions first.
    variants: Vec<PathVariant>,
    /// Different whole paths.
    n_variants: u64,
    /// Sessions that have a path.
    with_path: u64,
    /// All sessions.
    out_of: u64,
    /// Their door.
    selection: String,
}

/// A step after the steps of its parents. `sessions = continued + ended + open`.
#[derive(Serialize, ToSchema)]
struct PathNode {
    /// Nothing for the root.
    step: Option<StepName>,
    /// Steps from the root to here.
    depth: usize,
    /// Place of the node before among the nodes; nothing for the root.
    parent: Option<usize>,
    /// Sessions whose paths begin with these steps.
    sessions: u64,
    /// As a part of the parent's sessions.
    share: Option<f64>,
    /// How often these sessions had the step here, repetitions counted: the ×n of a loop.
    repeats_average: Option<f64>,
    /// Sessions that have a next step.
    continued: u64,
    /// Sessions whose paths end here.
    ended: u64,
    /// Live sessions whose paths end here so far.
    open: u64,
    /// From the step before to this one.
    time_from_parent: Option<TimingResource>,
    /// From this step to the next one.
    time_to_next: Option<TimingResource>,
    /// Next steps that are no nodes.
    rest: Option<PathRest>,
    /// Of `sessions`.
    selection: String,
    selections: PathSelections,
}

/// Next steps that are not shown.
#[derive(Serialize, ToSchema)]
struct PathRest {
    sessions: u64,
    /// Different next steps.
    different: u64,
    selection: String,
}

/// Doors of a node's numbers.
#[derive(Serialize, ToSchema)]
struct PathSelections {
    continued: String,
    ended: String,
    open: String,
}

/// A whole path.
#[derive(Serialize, ToSchema)]
struct PathVariant {
    steps: Vec<VariantStep>,
    sessions: u64,
    /// As a part of the sessions that have a path.
    share: Option<f64>,
    /// Of these, sessions that went on after so many steps.
    continued: u64,
    ended: u64,
    open: u64,
    /// From its first step to its last.
    time: Option<TimingResource>,
    selection: String,
}

/// A step of a whole path.
#[derive(Serialize, ToSchema)]
struct VariantStep {
    #[serde(flatten)]
    step: StepName,
    /// How often its sessions had it, repetitions counted.
    repeats_average: Option<f64>,
}

impl PathsReport {
    pub(crate) fn of(range: ResolvedRange, asked: &Journeys, answer: JourneysAnswer, doors: &Doors) -> Self {
        let door = |steps: &[StepName], which| {
            let selection = JourneySelection { journeys: asked.clone(), steps: steps.to_vec(), which };
            doors.to(&Selection::Journey(selection))
        };
        let nodes = &answer.nodes;
        let children = |place: usize| -> Vec<StepName> {
            nodes
                .iter()
                .filter(|node| node.parent == Some(place))
                .filter_map(|node| node.steps.last().cloned())
                .collect()
        };
        let node = |(place, node): (usize, &Node)| {
            let door = |which| door(&node.steps, which);
            PathNode {
                step: node.steps.last().cloned(),
                depth: node.steps.len(),
                parent: node.parent,
                sessions: node.sessions,
                share: node.share(nodes),
                repeats_average: node.parent.and_then(|_| share(node.repeats, node.sessions)),
                continued: node.continued,
                ended: node.ended,
                open: node.open,
                time_from_parent: TimingResource::of(node.time_from_parent),
                time_to_next: TimingResource::of(node.time_to_next),
                rest: node.rest.map(|rest| PathRest {
                    sessions: rest.sessions,
                    different: rest.different,
                    selection: door(WhichJourneys::ContinuedBut(children(place))),
                }),
                selection: door(WhichJourneys::All),
                selections: PathSelections {
                    continued: door(WhichJourneys::Continued),
                    ended: door(WhichJourneys::Ended),
                    open: door(WhichJourneys::Open),
                },
            }
        };
        let with_path = nodes.first().map_or(0, |root| root.sessions);
        let variant = |variant: &Variant| PathVariant {
            steps: variant
                .steps
                .iter()
                .zip(&variant.repeats)
                .map(|(step, &repeats)| VariantStep {
                    step: step.clone(),
                    repeats_average: share(repeats, variant.sessions),
                })
                .collect(),
            sessions: variant.sessions,
            share: share(variant.sessions, with_path),
            continued: variant.continued,
            ended: variant.ended,
            open: variant.open,
            time: TimingResource::of(variant.time),
            selection: door(&variant.steps, WhichJourneys::Exactly),
        };
        Self {
            range,
            direction: match asked.stretch {
                Stretch::Forwards { .. } => "forwards",
                Stretch::Backwards { .. } => "backwards",
                Stretch::Between { .. } => "between",
            },
            kinds: asked.kinds.clone(),
            nodes: nodes.iter().enumerate().map(node).collect(),
            variants: answer.variants.iter().map(variant).collect(),
            n_variants: answer.n_variants,
            with_path,
            out_of: answer.out_of,
            selection: doors.to(&Selection::All),
        }
    }
}

/// A whole path a row.
impl Tabular for PathsReport {
    fn heads(&self) -> Vec<String> {
        heads(&["path", "sessions", "share", "continued", "ended", "open", "median time (ms)"])
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |variant: &PathVariant| {
            let steps: Vec<Value> = variant.steps.iter().map(|step| written(&step.step)).collect();
            let path = steps.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" > ");
            vec![
                path.into(),
                variant.sessions.into(),
                variant.share.into(),
                variant.continued.into(),
                variant.ended.into(),
                variant.open.into(),
                variant.time.map(|time| time.median_ms).into(),
            ]
        };
        self.variants.iter().map(row).collect()
    }
}
