//! The statistics that reports use, each by a named method with its source, checked against other implementations
//! (`crates/model/tests/reference/`).

use serde::Serialize;

/// The 97.5 % point of the normal distribution: what a two-sided 95 % interval is made with.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Sessions of one group, with something and without it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Stratum {
    /// Sessions with it.
    pub with: u64,
    /// Of these, those that completed.
    pub with_completed: u64,
    /// Sessions without it.
    pub without: u64,
    /// Of these, those that completed.
    pub without_completed: u64,
}

/// A difference of shares with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct RiskDifference {
    /// The estimate.
    pub estimate: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl RiskDifference {
    /// The difference of shares common to all groups, after Mantel and Haenszel (Greenland and Robins, Biometrics 41:55–68,
    /// 1985), with the variance of Sato (Biometrics 45:1323–1324, 1989), which holds for few large groups and for many small
    /// ones alike. Nothing where no group has both sides.
    pub fn mantel_haenszel(mut strata: Vec<Stratum>) -> Option<Self> {
        // Sums of floating point numbers depend on their order.
        strata.sort_unstable();
        let (mut weights, mut weighted, mut p, mut q) = (0.0, 0.0, 0.0, 0.0);
        for stratum in &strata {
            let [n1, a, n0, b] =
                [stratum.with, stratum.with_completed, stratum.without, stratum.without_completed]
                    .map(|n| n as f64);
            let n = n1 + n0;
            if n == 0.0 {
                continue;
            }
            weights += n1 * n0 / n;
            weighted += (a * n0 - b * n1) / n;
            p += (n1 * n1 * b - n0 * n0 * a + n1 * n0 * (n0 - n1) / 2.0) / (n * n);
            q += (a * (n0 - b) + b * (n1 - a)) / (2.0 * n);
        }
        if weights == 0.0 {
            return None;
        }
        let estimate = weighted / weights;
        let error = ((estimate * p + q).max(0.0)).sqrt() / weights;
        let [low, high] = [-Z_95, Z_95].map(|z| (estimate + z * error).clamp(-1.0, 1.0));
        Some(Self { estimate, low, high })
    }

    /// The same of so many sessions; a negative number turns the interval around.
    pub fn times(self, sessions: f64) -> Self {
        let (one, other) = (self.low * sessions, self.high * sessions);
        Self { estimate: self.estimate * sessions, low: one.min(other), high: one.max(other) }
    }
}

/// How far two shares are apart, in standard errors: the pooled test of two proportions (Fleiss, Statistical Methods for
/// Rates and Proportions, 2.3). Nothing where there is nothing to compare, or nothing can differ.
pub fn two_proportions(part: [u64; 2], whole: [u64; 2]) -> Option<f64> {
    let [x0, x1, n0, n1] = [part[0], part[1], whole[0], whole[1]].map(|n| n as f64);
    let pooled = (x0 + x1) / (n0 + n1);
    let error = (pooled * (1.0 - pooled) * (1.0 / n0 + 1.0 / n1)).sqrt();
    (error > 0.0 && error.is_finite()).then(|| (x1 / n1 - x0 / n0) / error)
}

/// How far two counts over equal times are apart, in standard errors: the normal approximation of the conditional test
/// (Przyborowski and Wilenski, Biometrika 31:313–323, 1940). Nothing where both are zero.
pub fn two_counts(before: u64, now: u64) -> Option<f64> {
    let [before, now] = [before, now].map(|n| n as f64);
    (before + now > 0.0).then(|| (now - before) / (before + now).sqrt())
}
