//! How long answers took: every one is kept, and percentiles are read from the sorted whole.
//!
//! A minute at 25,000 requests a second is 6 MB, so nothing need be rounded into buckets.

use std::time::Duration;

/// Times of a run, in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    micros: Vec<u32>,
    is_sorted: bool,
}

impl Latencies {
    pub(crate) fn with_capacity(n: usize) -> Self {
        Self { micros: Vec::with_capacity(n), is_sorted: false }
    }

    pub(crate) fn record(&mut self, took: Duration) {
        self.micros.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        self.is_sorted = false;
    }

    pub(crate) fn len(&self) -> usize {
        self.micros.len()
    }

    /// The smallest recorded time that `percent` of all do not exceed (nearest rank), milliseconds; nothing where none
    /// was recorded.
    pub(crate) fn percentile_ms(&mut self, percent: f64) -> Option<f64> {
        if !self.is_sorted {
            self.micros.sort_unstable();
            self.is_sorted = true;
        }
        let rank = (percent / 100.0 * self.micros.len() as f64).ceil() as usize;
        let micros = self.micros.get(rank.max(1) - 1)?;
        Some(f64::from(*micros) / 1000.0)
    }
}

/// The nearest-rank percentile of some numbers; nothing where there are none.
pub(crate) fn percentile(of: &[f64], percent: f64) -> Option<f64> {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

/// The middle one; the lower of two.
pub(crate) fn median(of: &[f64]) -> Option<f64> {
    percentile(of, 50.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(micros: impl IntoIterator<Item = u64>) -> Latencies {
        let mut latencies = Latencies::default();
        micros.into_iter().for_each(|micros| latencies.record(Duration::from_micros(micros)));
        latencies
    }

    #[test]
    fn percentiles_are_times_that_were_seen() {
        let mut hundred = of((1..=100).rev().map(|n| n * 1000));
        assert_eq!(hundred.percentile_ms(50.0), Some(50.0));
        assert_eq!(hundred.percentile_ms(99.0), Some(99.0));
        assert_eq!(hundred.percentile_ms(99.5), Some(100.0));
        assert_eq!(hundred.percentile_ms(100.0), Some(100.0));
        assert_eq!(hundred.percentile_ms(0.0), Some(1.0));
    }

    #[test]
    fn numbers_have_percentiles_too() {
        let numbers = [5.0, 1.0, 4.0, 2.0];
        assert_eq!((median(&numbers), percentile(&numbers, 95.0)), (Some(2.0), Some(5.0)));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn few_are_enough_and_none_is_nothing() {
        assert_eq!(of([700]).percentile_ms(99.0), Some(0.7));
        assert_eq!(of([]).percentile_ms(99.0), None);
    }

    #[test]
    fn a_time_recorded_after_reading_counts() {
        let mut latencies = of([1000]);
        assert_eq!(latencies.percentile_ms(99.0), Some(1.0));
        latencies.record(Duration::from_micros(9000));
        latencies.record(Duration::from_micros(500));
        assert_eq!(latencies.percentile_ms(99.0), Some(9.0));
        assert_eq!(latencies.percentile_ms(1.0), Some(0.5));
    }

    #[test]
    fn over_an_hour_is_the_longest_that_is_told() {
        assert_eq!(of([u64::MAX]).percentile_ms(50.0), Some(f64::from(u32::MAX) / 1000.0));
    }
}
