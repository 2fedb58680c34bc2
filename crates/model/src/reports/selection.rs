//! Selections: the sessions behind a number, as data that can be kept in a link. Whoever holds a number of a report makes
//! the selection that goes with it; a list under that selection has exactly as many sessions as the number says.

use super::document::AsOf;
use super::drop_off::{DropOffSelection, WhichDropOff};
use super::endings::EndingSelection;
use super::funnels::{FunnelSelection, MAX_FUNNEL_STEPS, WhichFunnel};
use super::impact::{ImpactSelection, WhichImpact};
use super::journeys::{JourneySelection, MAX_DEPTH, WhichJourneys};
use super::measures::{SegmentSelection, WhichSegments};
use super::pages::{CallResult, CallSelection};
use crate::search::{MAX_VALUES, SameEvent};
use crate::steps::{StepKind, StepName};
use crate::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Some of the sessions that a filter keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Every one.
    All,
    /// Those with an error.
    WithErrors,
    /// Those that are live.
    Live(AsOf),
    /// Bounces among those that are over.
    Bounced(AsOf),
    /// Those of exactly one page view, among those that are over.
    SinglePage(AsOf),
    /// Those that had this step: viewed a page, met an error.
    Did(StepName),
    /// Of a segment.
    Segment(SegmentSelection),
    /// Of a node, link or variant.
    Journey(JourneySelection),
    /// Of a drop-off point.
    DropOff(DropOffSelection),
    /// With an ending.
    Ending(EndingSelection),
    /// Of a step of a funnel.
    Funnel(FunnelSelection),
    /// Of an error at a page.
    Impact(ImpactSelection),
    /// That called an endpoint.
    Called(CallSelection),
}

/// Dimensions of a segment, at most.
pub const MAX_DIMENSIONS: usize = 2;
/// Far from any session, and from where sums of times overflow.
const LATEST: Timestamp = Timestamp(100_000 * 365 * DAY);

/// What is wrong with a selection that came from outside: it has the form of one, and names what no report has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SelectionError(&'static str);

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for SelectionError {}

impl Selection {
    /// Whether it is one that a report can have made.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), SelectionError> {
        let fine = |is_fine: bool, wrong| if is_fine { Ok(()) } else { Err(SelectionError(wrong)) };
        let is_time = |as_of: &AsOf| {
            (Timestamp(0)..LATEST).contains(&as_of.now) && (0..LATEST.0).contains(&as_of.timeout_ms)
        };
        fine(self.as_of().is_none_or(is_time), "its time is out of range")?;
        match self {
            Self::Segment(segment) => {
                let n = segment.dimensions.len();
                let keys = match &segment.which {
                    WhichSegments::One(key) => std::slice::from_ref(key),
                    WhichSegments::AllBut(keys) => keys,
                };
                fine((1..=MAX_DIMENSIONS).contains(&n), "it has too few or too many dimensions")?;
                fine(keys.iter().all(|key| key.len() == n), "its values are not one for each dimension")
            }
            Self::Journey(journey) => {
                let depth = journey.journeys.depth;
                fine((1..=MAX_DEPTH).contains(&depth), "its depth is out of range")
            }
            Self::Ending(ending) => {
                let n = ending.endings.rules.rules().len();
                fine(ending.rule.is_none_or(|rule| rule < n), "it has no such rule")
            }
            Self::Funnel(FunnelSelection { funnel, step, .. }) => {
                fine(
                    (1..=MAX_FUNNEL_STEPS).contains(&funnel.steps.len()),
                    "it has too few or too many steps",
                )?;
                fine(*step < funnel.steps.len(), "it has no such step")?;
                let clauses = funnel.steps.iter().flat_map(|step| &step.clauses);
                let n_values = clauses.map(SameEvent::n_values).sum::<usize>();
                fine(n_values <= MAX_VALUES, "its clauses have too many values")?;
                fine(
                    funnel.window_ms.is_none_or(|ms| (1..LATEST.0).contains(&ms)),
                    "its window is out of range",
                )
            }
            Self::All
            | Self::WithErrors
            | Self::Live(_)
            | Self::Bounced(_)
            | Self::SinglePage(_)
            | Self::Did(_)
            | Self::DropOff(_)
            | Self::Impact(_)
            | Self::Called(_) => Ok(()),
        }
    }

    /// Whether later sessions of the same visitors matter.
    pub fn look_ahead(&self) -> bool {
        match self {
            Self::Ending(ending) => ending.endings.rules.look_ahead(),
            Self::All
            | Self::WithErrors
            | Self::Live(_)
            | Self::Bounced(_)
            | Self::SinglePage(_)
            | Self::Did(_)
            | Self::Segment(_)
            | Self::Journey(_)
            | Self::DropOff(_)
            | Self::Funnel(_)
            | Self::Impact(_)
            | Self::Called(_) => false,
        }
    }

    fn as_of(&self) -> Option<&AsOf> {
        match self {
            Self::Live(as_of) | Self::Bounced(as_of) | Self::SinglePage(as_of) => Some(as_of),
            Self::Journey(journey) => Some(&journey.journeys.as_of),
            Self::DropOff(drop_off) => Some(&drop_off.drop_off.as_of),
            Self::Ending(ending) => Some(&ending.endings.as_of),
            Self::Funnel(funnel) => Some(&funnel.funnel.as_of),
            Self::Impact(impact) => Some(&impact.impact.as_of),
            Self::All | Self::WithErrors | Self::Did(_) | Self::Segment(_) | Self::Called(_) => None,
        }
    }
}

/// What is true of its sessions, after "sessions that": `ended at /checkout: Abandoned at payment`.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("are in the range"),
            Self::WithErrors => f.write_str("had an error"),
            Self::Live(_) => f.write_str("were live"),
            Self::Bounced(_) => f.write_str("bounced"),
            Self::SinglePage(_) => f.write_str("viewed one page only"),
            Self::Did(step) => write!(f, "{} {}", did(step.kind), step.label),
            Self::Segment(segment) => write_segment(f, segment),
            Self::Journey(journey) => write_journey(f, journey),
            Self::DropOff(DropOffSelection { step, which, .. }) => match which {
                WhichDropOff::Reached => write!(f, "reached {}", step.label),
                WhichDropOff::Continued => write!(f, "went on from {}", step.label),
                WhichDropOff::Completed => write!(f, "ended at {} with a goal", step.label),
                WhichDropOff::Dropped => write!(f, "were lost at {}", step.label),
                WhichDropOff::Open => write!(f, "were live at {}", step.label),
            },
            Self::Ending(EndingSelection { endings, rule, detail }) => {
                let label = &endings.at.label;
                match rule.and_then(|rule| endings.rules.rules().get(rule)) {
                    None => write!(f, "reached {label}"),
                    Some(rule) => write!(f, "ended at {label}: {}", rule.name),
                }?;
                detail.iter().try_for_each(|step| write!(f, ", by {}", step.label))
            }
            Self::Funnel(FunnelSelection { funnel, step, which }) => {
                let name = funnel.steps.get(*step).map_or("", |step| step.name.as_str());
                match which {
                    WhichFunnel::Reached => write!(f, "reached {name}"),
                    WhichFunnel::Continued => write!(f, "went on from {name}"),
                    WhichFunnel::Dropped => write!(f, "dropped out at {name}"),
                    WhichFunnel::Open => write!(f, "were live at {name}"),
                }
            }
            Self::Impact(selection) => write_impact(f, selection),
            Self::Called(CallSelection { endpoint, result }) => match result {
                CallResult::Any => write!(f, "called {endpoint}"),
                CallResult::Ok => write!(f, "called {endpoint} with success"),
                CallResult::ClientError => write!(f, "got a 4xx from {endpoint}"),
                CallResult::ServerError => write!(f, "got a 5xx from {endpoint}"),
                CallResult::NoResponse => write!(f, "got no response from {endpoint}"),
            },
        }
    }
}

fn did(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Page => "viewed",
        StepKind::Click => "clicked",
        StepKind::Input => "filled in",
        StepKind::Submit => "submitted",
        StepKind::Request => "had a failed request to",
        StepKind::Error => "met",
        StepKind::Custom => "did",
    }
}

fn write_segment(f: &mut fmt::Formatter<'_>, segment: &SegmentSelection) -> fmt::Result {
    let value = |value: &Option<String>| value.as_deref().unwrap_or("not known").to_owned();
    match &segment.which {
        WhichSegments::One(key) => {
            let parts = segment.dimensions.iter().zip(key);
            let parts = parts.map(|(dimension, part)| format!("{} {}", dimension.name(), value(part)));
            write!(f, "are of {}", parts.collect::<Vec<_>>().join(", "))
        }
        WhichSegments::AllBut(_) => {
            let names: Vec<&str> = segment.dimensions.iter().map(|dimension| dimension.name()).collect();
            write!(f, "are of another {}", names.join(", "))
        }
    }
}

fn write_journey(f: &mut fmt::Formatter<'_>, journey: &JourneySelection) -> fmt::Result {
    let labels: Vec<&str> = journey.steps.iter().map(|step| &*step.label).collect();
    let steps = if labels.is_empty() { "any path".to_owned() } else { labels.join(" → ") };
    match &journey.which {
        WhichJourneys::All => write!(f, "took {steps}"),
        WhichJourneys::Continued => write!(f, "went on after {steps}"),
        WhichJourneys::ContinuedBut(_) => write!(f, "went on after {steps} some other way"),
        WhichJourneys::Ended => write!(f, "ended with {steps}"),
        WhichJourneys::Open => write!(f, "were live at {steps}"),
        WhichJourneys::Exactly => write!(f, "took exactly {steps}"),
    }
}

fn write_impact(
    f: &mut fmt::Formatter<'_>,
    ImpactSelection { at, which, .. }: &ImpactSelection,
) -> fmt::Result {
    let error = &at.error;
    match which {
        WhichImpact::All => write!(f, "met {error}"),
        WhichImpact::Ended => write!(f, "ended after {error}"),
        WhichImpact::WentOn => write!(f, "went on after {error}"),
        WhichImpact::Open => write!(f, "were live after {error}"),
        WhichImpact::Retried => write!(f, "tried again after {error}"),
        WhichImpact::Alternative(None) => write!(f, "took another path after {error}"),
        WhichImpact::Alternative(Some(page)) => write!(f, "went to {page} after {error}"),
        WhichImpact::Completed => write!(f, "completed in spite of {error}"),
        WhichImpact::Without => write!(f, "did not meet {error}"),
    }?;
    at.page.iter().try_for_each(|page| write!(f, " on {page}"))
}
