//! Selections: the sessions behind a number, as data that can be kept in a link. Whoever holds a number of a report makes
//! the selection that goes with it; a list under that selection has exactly as many sessions as the number says.

use super::document::AsOf;
use super::drop_off::DropOffSelection;
use super::endings::EndingSelection;
use super::funnels::FunnelSelection;
use super::impact::ImpactSelection;
use super::journeys::JourneySelection;
use super::measures::SegmentSelection;
use super::pages::CallSelection;
use crate::steps::StepName;
use serde::{Deserialize, Serialize};

/// Some of the sessions that a filter keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Every one.
    All,
    /// Those with an error.
    WithErrors,
    /// Bounces among those that are over.
    Bounced(AsOf),
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
