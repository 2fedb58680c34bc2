"""Reference values for the statistics of reports, by statsmodels, SciPy and NumPy.

    pip install statsmodels
    python statistics.py > statistics.json

What is compared:
- The common risk difference is the coefficient of the exposure in an ordinary regression with a constant for each stratum
  (whose weights are those of Mantel and Haenszel).
- Sato's variance of one stratum is that of the Wald interval of two proportions.
- Over several strata it has no implementation there. Its standard error is compared with how much estimates differ over many
  tables drawn with the true shares (`spread`), and its intervals with how often they hold the truth (`crates/model/src/reports/statistics.rs`).
- Percentiles of nearest rank are NumPy's `inverted_cdf`.
"""

import json

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.rates import test_poisson_2indep

# (with, completed, without, completed)
STRATA = [
    [[100, 30, 120, 60]],
    [[40, 3, 400, 90]],
    [[100, 30, 120, 60], [50, 5, 80, 24], [30, 12, 500, 260]],
    [[3, 1, 9, 4], [2, 0, 7, 3], [5, 2, 4, 3], [1, 1, 12, 6], [4, 0, 3, 1], [6, 2, 15, 9]],
    [[1000, 700, 20000, 15800], [40, 20, 300, 210], [7, 0, 2, 1]],
]


def regression(strata):
    outcome, exposed, groups, weights = [], [], [], []
    for group, (n1, a, n0, b) in enumerate(strata):
        for n, y, x in [(a, 1, 1), (n1 - a, 0, 1), (b, 1, 0), (n0 - b, 0, 0)]:
            outcome.append(y), exposed.append(x), groups.append(group), weights.append(n)
    constants = np.eye(len(strata))[groups]
    return sm.WLS(outcome, np.column_stack([exposed, constants]), weights=weights).fit().params[0]


def estimate(strata):
    n1, a, n0, b = np.array(strata, float).T
    n = n1 + n0
    return ((a * n0 - b * n1) / n).sum() / (n1 * n0 / n).sum()


def spread(strata, draws=200_000, seed=7):
    """Standard deviation of estimates over tables drawn with one common difference."""
    rng = np.random.default_rng(seed)
    n1, a, n0, b = np.array(strata, float).T
    difference = regression(strata)
    # Shares whose difference is the common one, as near to those of the table as probabilities allow.
    base = np.clip((a + b - n1 * difference) / (n1 + n0), max(0, -difference), min(1, 1 - difference))
    drawn_a = rng.binomial(n1.astype(int), base + difference, (draws, len(strata)))
    drawn_b = rng.binomial(n0.astype(int), base, (draws, len(strata)))
    n = n1 + n0
    return float((((drawn_a * n0 - drawn_b * n1) / n).sum(1) / (n1 * n0 / n).sum()).std())


def risk_difference(strata):
    value = {"strata": strata, "estimate": float(regression(strata)), "spread": spread(strata)}
    assert abs(value["estimate"] - estimate(strata)) < 1e-9
    if len(strata) == 1:
        n1, a, n0, b = strata[0]
        low, high = confint_proportions_2indep(a, n1, b, n0, compare="diff", method="wald")
        value |= {"low": float(low), "high": float(high)}
    return value


def two_proportions(x0, x1, n0, n1):
    return {"part": [x0, x1], "whole": [n0, n1], "z": float(proportions_ztest([x1, x0], [n1, n0])[0])}


def two_counts(before, now):
    z = test_poisson_2indep(now, 1, before, 1, method="score").statistic
    return {"before": before, "now": now, "z": float(z)}


def percentiles():
    values = [int(value) for value in np.random.default_rng(1).integers(0, 5000, 101)]
    cuts = {n: {p: int(np.percentile(values[:n], p, method="inverted_cdf")) for p in (1, 25, 50, 75, 95, 99, 100)}
            for n in (1, 2, 3, 4, 10, 99, 100, 101)}
    return {"values": values, "cuts": cuts}


print(json.dumps({
    "z_95": float(stats.norm.ppf(0.975)),
    "risk_differences": [risk_difference(strata) for strata in STRATA],
    "two_proportions": [two_proportions(*case) for case in [(30, 100, 1000, 1000), (5, 3, 50, 900), (400, 90, 700, 200)]],
    "two_counts": [two_counts(*case) for case in [(100, 150), (7, 0), (50_000, 49_000)]],
    "percentiles": percentiles(),
}, indent=1))
