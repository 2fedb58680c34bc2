//! The reports of the model over columns: how people move, where they are lost and why, what errors cost, and how metrics
//! compare.
//!
//! A report is asked of a [`Scope`]: a snapshot's sessions that a filter keeps, and that [`selected`] keeps of these. Some reports
//! need several passes over the rows, each an [`crate::Analysis`], so that what is held stays small: first what is largest is found,
//! then it is measured. Every number has a [`Selection`] that goes with it; the list under it is exactly as long.
//!
//! Meanings are the model's (`footpath_model::reports`), which also says each report in plain code.

mod cells;
mod dimension;
mod live;
mod patterns;
mod scope;
mod tally;

mod drop_off;
mod endings;
mod funnels;
mod impact;
mod insights;
mod journeys;
mod over_time;
mod pages;
mod segments;
mod selected;

pub use drop_off::DropOffAnalysis;
pub use endings::{Decided, endings, evidence};
pub use footpath_model::reports::selection::Selection;
pub use funnels::FunnelAnalysis;
pub use impact::error_impact;
pub use insights::InsightsAnalysis;
pub use journeys::journeys;
pub use over_time::OverTimeAnalysis;
pub use pages::{ResourcesAnalysis, VitalCausesAnalysis, endpoints, page, pages};
pub use scope::{Scope, Selects};
pub use segments::{MAX_SEGMENTS, segments};

/// The passes that reports are made of, each an analysis under the law of merging, for schedulers that spread them over
/// machines.
pub mod passes {
    pub use super::endings::{Completed, EndingsAnalysis, Facts, HasForm};
    pub use super::impact::{Compared, Met};
    pub use super::journeys::{
        NextSteps, NodeCells, Prefixes, Tree, VariantCells, VariantCounts, journeys_within,
    };
    pub use super::pages::{EndpointRows, ListCounts, PageRows};
    pub use super::segments::{SegmentCells, SegmentCounts};
}

use crate::scheduler::RunError;
use std::fmt;

/// Why there is no report.
#[derive(Debug)]
pub enum ReportError {
    /// The rows could not be scanned, or nobody waits any more.
    Run(RunError),
    /// There are over [`MAX_SEGMENTS`] segments.
    TooManySegments,
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(error) => error.fmt(f),
            Self::TooManySegments => {
                write!(
                    f,
                    "dimensions: there are over {MAX_SEGMENTS} segments; choose fewer dimensions, or filter"
                )
            }
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Run(error) => std::error::Error::source(error),
            Self::TooManySegments => None,
        }
    }
}

impl From<RunError> for ReportError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}
