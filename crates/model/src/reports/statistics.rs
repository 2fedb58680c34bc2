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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// What statsmodels, SciPy and NumPy say: `tests/reference/statistics.py`.
    fn reference(of: &str) -> Vec<Value> {
        let all: Value =
            serde_json::from_str(include_str!("../../tests/reference/statistics.json")).expect("JSON");
        match &all[of] {
            Value::Array(cases) => cases.clone(),
            one => vec![one.clone()],
        }
    }

    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
    }

    fn pair(value: &Value) -> [u64; 2] {
        [0, 1].map(|at| value[at].as_u64().expect("a count"))
    }

    #[track_caller]
    fn near(is: f64, wanted: &Value, within: f64) {
        assert!((is - number(wanted)).abs() <= within, "{is} where {wanted} is wanted");
    }

    fn strata(case: &Value) -> Vec<Stratum> {
        let count = |stratum: &Value, at: usize| stratum[at].as_u64().expect("a count");
        let stratum = |one: &Value| Stratum {
            with: count(one, 0),
            with_completed: count(one, 1),
            without: count(one, 2),
            without_completed: count(one, 3),
        };
        case["strata"].as_array().expect("strata").iter().map(stratum).collect()
    }

    #[test]
    fn risk_differences_are_those_of_the_reference() {
        for case in reference("risk_differences") {
            let found = RiskDifference::mantel_haenszel(strata(&case)).expect("both sides have sessions");
            near(found.estimate, &case["estimate"], 1e-9);
            if !case["low"].is_null() {
                near(found.low, &case["low"], 1e-9);
                near(found.high, &case["high"], 1e-9);
            }
            // Drawn shares are near those of the table, not the same: the error is about as large as the spread.
            let error = (found.high - found.low) / 2.0 / Z_95;
            let ratio = error / number(&case["spread"]);
            assert!((0.85..1.15).contains(&ratio), "a standard error of {error} in {case}");
        }
    }

    #[test]
    fn intervals_hold_the_truth_nineteen_times_in_twenty_with_large_and_with_small_groups() {
        let mut state = 1_u64;
        let mut chance = |share: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64) < share * (1_u64 << 53) as f64
        };
        for (groups, with, without, difference) in [(3, 60, 200, -0.2), (40, 3, 7, -0.15), (25, 2, 12, 0.0)] {
            const DRAWS: u32 = 2000;
            let mut held = 0;
            for _ in 0..DRAWS {
                let mut draw = |n: u64, share: f64| (0..n).map(|_| u64::from(chance(share))).sum::<u64>();
                let stratum = |group: u32| {
                    let share = 0.3 + 0.4 * f64::from(group) / f64::from(groups);
                    let with_completed = draw(with, share + difference);
                    Stratum { with, with_completed, without, without_completed: draw(without, share) }
                };
                let found =
                    RiskDifference::mantel_haenszel((0..groups).map(stratum).collect()).expect("sessions");
                held += u32::from(found.low <= difference && difference <= found.high);
            }
            let share = f64::from(held) / f64::from(DRAWS);
            assert!(
                (0.93..0.97).contains(&share),
                "{share} of intervals over {groups} groups hold {difference}"
            );
        }
    }

    #[test]
    fn groups_of_one_side_say_nothing() {
        assert_eq!(RiskDifference::mantel_haenszel(vec![]), None);
        let one_side = Stratum { with: 5, with_completed: 2, ..Stratum::default() };
        assert_eq!(RiskDifference::mantel_haenszel(vec![one_side, Stratum::default()]), None);
        let both = Stratum { with: 50, with_completed: 10, without: 50, without_completed: 20 };
        let alone = RiskDifference::mantel_haenszel(vec![both]);
        assert_eq!(RiskDifference::mantel_haenszel(vec![one_side, both]), alone, "it has no weight");
    }

    #[test]
    fn tests_of_shares_and_counts_are_those_of_the_reference() {
        for case in reference("two_proportions") {
            near(
                two_proportions(pair(&case["part"]), pair(&case["whole"])).expect("they can differ"),
                &case["z"],
                1e-9,
            );
        }
        for case in reference("two_counts") {
            let [before, now] = ["before", "now"].map(|when| case[when].as_u64().expect("a count"));
            near(two_counts(before, now).expect("there are some"), &case["z"], 1e-9);
        }
        near(Z_95, &reference("z_95")[0], 1e-14);
        assert_eq!(two_proportions([0, 0], [10, 10]), None);
        assert_eq!(two_proportions([1, 0], [10, 0]), None);
        assert_eq!(two_counts(0, 0), None);
    }

    #[test]
    fn percentiles_are_those_of_the_reference() {
        let reference = &reference("percentiles")[0];
        let values: Vec<u64> =
            reference["values"].as_array().expect("values").iter().filter_map(Value::as_u64).collect();
        for (n, cuts) in reference["cuts"].as_object().expect("cuts") {
            let n: usize = n.parse().expect("a number");
            let mut some = values[..n].to_vec();
            some.sort_unstable();
            for (percent, wanted) in cuts.as_object().expect("percentiles") {
                let rank = crate::reports::measures::rank(n as u64, percent.parse().expect("a number"));
                let rank = usize::try_from(rank.expect("there are values")).expect("small");
                assert_eq!(Some(some[rank]), wanted.as_u64(), "{percent} % of {n}");
            }
        }
    }
}
