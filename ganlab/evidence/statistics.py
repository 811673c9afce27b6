"""Estimates with intervals from the outcomes of paired runs, and the verdict they allow."""

from typing import NamedTuple

import numpy as np
from scipy import stats


class Estimate(NamedTuple):
    """An estimate, its interval, and the probability with which such intervals hold the truth."""

    effect: float
    low: float
    high: float
    coverage: float


def median_interval(values, confidence=0.99):
    """Return the `Estimate` of a median from `values` `(n,)`, infinities allowed.

    A value falls below the true median with probability 1/2, whatever the distribution, so
    the number that do is binomial, and two order statistics bracket the median with a known
    probability of at least `confidence` (ties only raise it). W. J. Conover, Practical
    Nonparametric Statistics (3rd ed., 1999), section 3.2.
    """
    n, x = len(values), np.sort([-np.inf, *values, np.inf])
    k = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))  # 0 if n < 8, which bounds nothing
    with np.errstate(invalid="ignore"):  # halfway between -inf and inf is not a number
        middle = (x[(n + 1) // 2] + x[n // 2 + 1]) / 2
    return Estimate(middle, x[k], x[n + 1 - k], 1 - 2 * stats.binom.cdf(k - 1, n, 0.5))


def share_interval(first, second=None, confidence=0.99):
    """Return the `Estimate` of a success rate, or of the difference of two paired ones.

    `first`, `second`: 0 or 1, `(n,)`. One rate: the exact interval of Clopper and Pearson,
    Biometrika 26 (1934) 404-413. Two: only pairs that disagree carry information; coverage
    is approximate; D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a
    difference of binomial proportions based on paired data", J. Educ. Behav. Stat. 37 (2012).
    """
    n = len(first)
    if second is None:
        test = stats.binomtest(int(np.sum(first)), n)
        return Estimate(test.statistic, *test.proportion_ci(confidence, "exact"), confidence)
    won, lost = np.sum(first > second), np.sum(first < second)
    p, q = (won + 1) / (n + 2), (lost + 1) / (n + 2)
    half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return Estimate((won - lost) / n, max(p - q - half, -1), min(p - q + half, 1), confidence)


def with_failures(outcomes, worst):
    outcomes = np.asarray(outcomes, dtype=float)
    return np.where(np.isfinite(outcomes), outcomes, float(worst))


def estimate(arms, *, kind, worst, direction=1, reference=None):
    """Return the `Estimate` for the outcomes of one or two `arms`, `(seeds,)` each.

    It is positive where the claim says so. Where both arms failed, the difference is 0.
    """
    arms = [with_failures(arm, worst) for arm in arms]
    if kind == "rate":
        found = share_interval(*arms)
    else:
        first, second = arms if len(arms) == 2 else (arms[0], 0.0)
        unequal = first != second  # inf - inf is left out
        found = median_interval(np.subtract(first, second, out=0.0 * unequal, where=unequal))
    effect, *ends = (direction * (value - (reference or 0.0)) for value in found[:3])
    return Estimate(effect, min(ends), max(ends), found.coverage)


def verdict(estimates, margin=0.0):
    """Return the verdict on the `estimates` of all seed sets: firm only if every one is."""
    if all(e.low > margin for e in estimates):
        return "supported"
    return "contradicted" if all(e.high < -margin for e in estimates) else "inconclusive"
