//! The reports said as plainly as possible, over documents, without a thought of speed. This is what the numbers mean; the
//! kernels that read columns are tested to equal it. Answers are out of all documents given, as a filter left them.

mod drop_off;
mod endings;
mod funnels;
mod impact;
mod insights;
mod journeys;
mod measures;
mod pages;
mod selection;

pub use drop_off::drop_off;
pub use endings::{endings, evidence};
pub use funnels::funnel;
pub use impact::error_impact;
pub use insights::insights;
pub use journeys::journeys;
pub use measures::{measure, over_time, segments};
pub use pages::{endpoints, pages, resources, vital_causes};
pub use selection::selected;

use super::measures::{QUANTILE_EXACT, Timing, rank};

/// A percentile of some values; nothing where there are none.
fn percentile(values: &[u64], percent: u64) -> Option<u64> {
    let mut values = values.to_vec();
    values.sort_unstable();
    let rank = rank(values.len() as u64, percent)?;
    values.get(usize::try_from(rank).ok()?).copied()
}

fn timing(values: &[u64]) -> Option<Timing> {
    let median_ms = percentile(values, 50)?;
    Some(Timing { median_ms, n: values.len() as u64, exact: values.len() <= QUANTILE_EXACT })
}

/// A span as it is counted: never below zero.
fn span(from: i64, to: i64) -> u64 {
    u64::try_from(to - from).unwrap_or(0)
}
