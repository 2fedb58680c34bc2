//! Metrics over a set of sessions: as a whole, over time against the period before, and by segment.

use super::dimension::Dimension;
use super::document::AsOf;
use super::metric::Metric;
use super::selection::Selection;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A metric over some sessions.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Measurement {
    /// Which.
    pub metric: Metric,
    /// Its value.
    pub reading: Reading,
    /// What it is made of, in units of [`Metric::made_of`]: what a rate is divided by, or how many values there were.
    pub of: u64,
    /// Whether the value is exact; else it is within [`QUANTILE_ERROR`] of the exact one.
    pub exact: bool,
}

/// A metric's value.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// In the metric's unit.
    Number(f64),
    /// There was nothing to divide by, or nothing was measured.
    Nothing,
    /// There is something, but it cannot tell: visitors without storage do not return.
    NotMeasurable,
}

impl Reading {
    /// The value, where there is one.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Nothing | Self::NotMeasurable => None,
        }
    }

    /// A part of a whole.
    pub fn ratio(part: u64, whole: u64) -> Self {
        if whole == 0 { Self::Nothing } else { Self::Number(part as f64 / whole as f64) }
    }
}

/// Of so many values quantiles are exact.
pub const QUANTILE_EXACT: usize = 4096;
/// Of more values a quantile is this far from the exact one at most, as a part of it.
pub const QUANTILE_ERROR: f64 = 1.0 / 256.0;

/// The place, counted from 0, of a percentile among `n` values in ascending order: the nearest rank (Hyndman and Fan's
/// first definition), which is always one of the values. Nothing where there are none.
pub fn rank(n: u64, percent: u64) -> Option<u64> {
    (n > 0).then(|| (n * percent).div_ceil(100).max(1) - 1)
}

/// How long something took, over many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Timing {
    /// Milliseconds.
    pub median_ms: u64,
    /// How many there were.
    pub n: u64,
    /// As [`Measurement::exact`].
    pub exact: bool,
}

/// Metrics over time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OverTime {
    /// Which.
    pub metrics: Vec<Metric>,
    /// Ends of the buckets, ascending: each bucket goes from one (included) to the next (excluded). Days where the
    /// site lives are 23 to 25 hours long, so the asker says where they end.
    pub edges: Vec<Timestamp>,
    /// The same of the period to compare with; empty where there is none.
    pub previous: Vec<Timestamp>,
    /// When it is asked.
    pub as_of: AsOf,
}

impl OverTime {
    /// The range that a filter must let through.
    pub fn range(&self) -> std::ops::Range<Timestamp> {
        let all = || self.edges.iter().chain(&self.previous).copied();
        all().min().unwrap_or_default()..all().max().unwrap_or_default()
    }
}

/// Metrics of one period.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Series {
    /// Over the whole period.
    pub total: Vec<Measurement>,
    /// Over each bucket, one fewer than edges.
    pub buckets: Vec<Vec<Measurement>>,
}

/// What [`OverTime`] answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OverTimeAnswer {
    /// The period asked for.
    pub current: Series,
    /// The one before, where it was asked for.
    pub previous: Option<Series>,
}

/// Metrics by segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segmentation {
    /// One or more; a segment is a combination of their values.
    pub dimensions: Vec<Dimension>,
    /// What is measured of each segment.
    pub metrics: Vec<Metric>,
    /// Segments shown, at most; the others are told together.
    pub limit: usize,
    /// When it is asked.
    pub as_of: AsOf,
}

impl Segmentation {
    /// The sessions of a segment, or of those that are not shown.
    pub fn select(&self, which: WhichSegments) -> Selection {
        let (dimensions, as_of) = (self.dimensions.clone(), self.as_of);
        Selection::Segment(SegmentSelection { dimensions, which, as_of })
    }
}

/// A value of each dimension, in their order; nothing where it is not known.
pub type SegmentKey = Vec<Option<String>>;

/// What [`Segmentation`] answers. Its rows and the rest add up to the total.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Segments {
    /// Those with most sessions; equals in the order of their values.
    pub rows: Vec<SegmentRow>,
    /// The others, where there are any.
    pub rest: Option<SegmentRest>,
    /// All sessions.
    pub sessions: u64,
    /// Over all sessions.
    pub total: Vec<Measurement>,
}

/// One segment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SegmentRow {
    /// What it is.
    pub key: SegmentKey,
    /// Sessions.
    pub sessions: u64,
    /// The metrics asked for, in their order.
    pub measurements: Vec<Measurement>,
}

/// The segments that are not shown.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SegmentRest {
    /// How many.
    pub segments: u64,
    /// Sessions of them all.
    pub sessions: u64,
    /// Over them all.
    pub measurements: Vec<Measurement>,
}

/// Which sessions a segment is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SegmentSelection {
    /// The dimensions.
    pub dimensions: Vec<Dimension>,
    /// Which of their values.
    pub which: WhichSegments,
    /// When it is asked.
    pub as_of: AsOf,
}

/// One segment, or those left.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichSegments {
    /// This one.
    One(SegmentKey),
    /// All but these.
    AllBut(Vec<SegmentKey>),
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn ranks_are_those_of_values() {
        assert_eq!(rank(0, 50), None);
        assert_eq!([1, 2, 3, 4].map(|n| rank(n, 50)), [Some(0), Some(0), Some(1), Some(1)]);
        assert_eq!([1, 2, 3, 4].map(|n| rank(n, 75)), [Some(0), Some(1), Some(2), Some(2)]);
        assert_eq!((rank(10, 0), rank(10, 100)), (Some(0), Some(9)));
    }
}
