//! Web vitals: Google's names, thresholds and ratings (<https://web.dev/articles/vitals>, and of FCP and TTFB
//! <https://web.dev/articles/fcp>, <https://web.dev/articles/ttfb>).

use crate::event::{VitalName, VitalRating};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is said of a web vital over many page views.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VitalStat {
    /// The 75th percentile, which is what Google rates by.
    P75,
    /// Share of good ones.
    Good,
    /// Share of those that need improvement.
    NeedsImprovement,
    /// Share of poor ones.
    Poor,
}

impl VitalStat {
    /// All, in the order they are offered in.
    pub const ALL: [Self; 4] = [Self::P75, Self::Good, Self::NeedsImprovement, Self::Poor];

    /// As in metrics' names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P75 => "p75",
            Self::Good => "good",
            Self::NeedsImprovement => "needs_improvement",
            Self::Poor => "poor",
        }
    }
}

impl VitalName {
    /// All, the three core ones first.
    pub const ALL: [Self; 5] = [Self::Lcp, Self::Inp, Self::Cls, Self::Fcp, Self::Ttfb];

    /// As Google writes it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Lcp => "LCP",
            Self::Inp => "INP",
            Self::Cls => "CLS",
            Self::Fcp => "FCP",
            Self::Ttfb => "TTFB",
        }
    }

    /// In full.
    pub const fn long_name(self) -> &'static str {
        match self {
            Self::Lcp => "Largest contentful paint",
            Self::Inp => "Interaction to next paint",
            Self::Cls => "Cumulative layout shift",
            Self::Fcp => "First contentful paint",
            Self::Ttfb => "Time to first byte",
        }
    }

    /// Good up to the first, poor over the second; milliseconds, of CLS a score.
    pub const fn thresholds(self) -> [f64; 2] {
        match self {
            Self::Lcp => [2500.0, 4000.0],
            Self::Inp => [200.0, 500.0],
            Self::Cls => [0.1, 0.25],
            Self::Fcp => [1800.0, 3000.0],
            Self::Ttfb => [800.0, 1800.0],
        }
    }

    /// How many parts of 1 are counted: vitals are summed and ranked as whole numbers, of CLS as ten-thousandths.
    pub const fn parts(self) -> f64 {
        match self {
            Self::Cls => 10_000.0,
            Self::Lcp | Self::Inp | Self::Fcp | Self::Ttfb => 1.0,
        }
    }

    /// Google's rating of a value.
    pub fn rate(self, value: f64) -> VitalRating {
        let [good, poor] = self.thresholds();
        if value <= good {
            VitalRating::Good
        } else if value <= poor {
            VitalRating::NeedsImprovement
        } else {
            VitalRating::Poor
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_belong_to_the_better_rating() {
        for vital in VitalName::ALL {
            let [good, poor] = vital.thresholds();
            assert_eq!(vital.rate(good), VitalRating::Good);
            assert_eq!(vital.rate(good * 1.001), VitalRating::NeedsImprovement);
            assert_eq!(vital.rate(poor), VitalRating::NeedsImprovement);
            assert_eq!(vital.rate(poor * 1.001), VitalRating::Poor);
        }
    }
}
