"""Exact intervals from the outcomes of many runs, and the verdict they allow."""

from typing import NamedTuple

import numpy as np
from scipy import special, stats

from ganlab.evidence.protocol import ERROR, LOOKS, EvidenceError

LOOK_ERROR = ERROR / len(LOOKS)


class Estimate(NamedTuple):
    """An effect with the ends of its interval."""

    effect: float
    low: float
    high: float


def _lower_end(successes, n, error):
    """The share at which `successes` or more of `n` have a probability of `error` / 2."""
    tail = special.betaincinv(np.maximum(successes, 1), n - successes + 1, error / 2)
    return np.where(successes > 0, tail, 0.0)[()]


def share_interval(successes, n, error=LOOK_ERROR):
    """Return the `Estimate` of the share of which `successes` in `n` runs are a sample.

    `successes`: a whole number or an array of them; the estimate then holds arrays. Whatever
    the true share is, the interval lies above it with a probability of at most `error` / 2,
    and below it likewise. C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial
    limits illustrated in the case of the binomial", Biometrika 26 (1934) 404-413.
    """
    successes = np.asarray(successes)
    if n < 1 or successes.dtype.kind not in "iu" or not ((successes >= 0) & (successes <= n)).all():
        wanted = "whole numbers from 0 to the number of runs, of at least one run"
        raise EvidenceError(f"{successes} successes in {n} runs: wanted {wanted}")
    low, high = _lower_end(successes, n, error), 1 - _lower_end(n - successes, n, error)
    return Estimate(successes / n, low, high)


def difference_interval(won, lost, n, error=LOOK_ERROR):
    """Return the `Estimate` of the share of pairs won minus that lost, of `n` pairs.

    `won`, `lost`: whole numbers or arrays of them; the other pairs are ties. The shares won and
    lost have an interval of `share_interval` each, at half the error; their difference lies
    between the differences of opposite ends, except with a probability of at most `error`.

    Not the narrower interval of D. G. Bonett and R. M. Price, J. Educ. Behav. Stat. 37 (2012)
    479-488: it is approximate, and wrong where a share is near 0. With 64 pairs, of which each is
    won with probability 0.1 and none is lost, it lies below 0.1 once in 850 times, even where
    an error of 0.00001 is asked for.
    """
    if not (np.add(won, lost) <= n).all():
        raise EvidenceError(f"{won} won and {lost} lost: wanted at most all {n} pairs")
    plus, minus = (share_interval(count, n, error / 2) for count in (won, lost))
    return Estimate(np.subtract(won, lost) / n, plus.low - minus.high, plus.high - minus.low)


def median_interval(values, error=0.01):
    """Return the `Estimate` of a median from `values` `(n,)`, infinities allowed; not NaN.

    A value falls below the true median with probability 1/2, whatever the distribution, so
    the number that do is binomial, and two order statistics bracket the median except with a
    probability of at most `error` (ties only lower it). For description: no verdict rests
    on it. W. J. Conover, Practical Nonparametric Statistics (3rd ed., 1999), section 3.2.
    """
    if np.isnan(values).any():
        raise ValueError("values hold NaN: wanted numbers (with_failures takes its place)")
    n, x = len(values), np.sort([-np.inf, *values, np.inf])
    k = int(stats.binom.ppf(error / 2, n, 0.5))  # at 1 % 0 if n < 8, which bounds nothing
    with np.errstate(invalid="ignore"):  # halfway between -inf and inf is not a number
        middle = (x[(n + 1) // 2] + x[n // 2 + 1]) / 2
    return Estimate(middle, x[k], x[n + 1 - k])


def with_failures(outcomes, worst):
    """Return the outcomes `(n,)` as numbers, `worst` for each that is not finite."""
    outcomes = np.asarray(outcomes, dtype=float)
    return np.where(np.isfinite(outcomes), outcomes, float(worst))


def count(arms, *, kind, worst, direction, least=None, beyond=None):
    """Return how many seeds each arm succeeded on, and how many were won and lost, a dict.

    arms  the outcomes of one or two arms on the same seeds, `(n,)` each; what is not finite failed
          and counts as `worst`

    A dict of whole numbers: "seeds"; of kind "share" "first" and "second", the outcomes 1 of
    each arm; of two arms "won" and "lost", the seeds on which they differ as claimed and the
    other way round. The claim says that the first arm is larger, with `direction` -1 smaller;
    of kind "wins" a seed counts only if the difference exceeds `least`, and all outcomes above
    `beyond` count as that: of two misses neither is nearer.
    """
    arms = [np.minimum(with_failures(a, worst), np.inf if beyond is None else beyond) for a in arms]
    if len(arms) not in (1, 2) or (kind == "wins" and len(arms) == 1):
        wanted = "two for net wins, one or two for shares"
        raise EvidenceError(f"{len(arms)} arms of kind {kind!r}: wanted {wanted}")
    if len({arm.shape for arm in arms}) > 1 or arms[0].ndim != 1:
        shapes = ", ".join(str(arm.shape) for arm in arms)
        raise EvidenceError(f"outcomes {shapes}: wanted one for each seed, the same for both arms")
    counts = {"seeds": arms[0].size}
    if kind == "share":
        if other := sorted({*np.concatenate(arms).tolist()} - {0.0, 1.0}):
            raise EvidenceError(f"an outcome {other[0]}: wanted 0 or 1 for a share")
        names = ("first", "second")[: len(arms)]
        counts |= {name: int(arm.sum()) for name, arm in zip(names, arms, strict=True)}
    if len(arms) == 2:
        with np.errstate(invalid="ignore"):  # inf - inf, where both failed: neither
            ahead = direction * (arms[0] - arms[1])
        least = 0.0 if kind == "share" else least
        counts |= {"won": int((ahead > least).sum()), "lost": int((ahead < -least).sum())}
    return counts


def estimate(counts, *, kind, direction, reference=None, level=ERROR):
    """Return the `Estimate` of the effect from the `counts` of one look, positive as claimed.

    Two arms: the share of seeds won minus that lost, for shares the difference of the arms' shares.
    A single arm: its share minus `reference`, with `direction` -1 `reference` minus the share.
    The interval misses the truth at most once in 1 / `level` times, over all `LOOKS` together.
    """
    error = level / len(LOOKS)
    if (kind == "share" and "won" not in counts) != (reference is not None):
        wanted = "a reference for a single arm's share, and for it alone"
        raise EvidenceError(f"reference {reference} for {', '.join(counts)}: wanted {wanted}")
    if reference is None:
        found = difference_interval(counts["won"], counts["lost"], counts["seeds"], error)
    else:
        share, low, high = share_interval(counts["first"], counts["seeds"], error)
        found = (share - reference, low - reference, high - reference)
        if direction < 0:
            found = (reference - share, reference - high, reference - low)
    return Estimate(*map(float, found))


def verdict(estimate, margin):
    """Return what the interval says about effects larger than `margin`, "" if it does not decide.

    At margin 0 no interval is narrow enough for "no difference that matters".
    """
    _, low, high = estimate
    if low > margin:
        return "supported"
    if high < -margin:
        return "contradicted"
    return "no difference that matters" if -margin < low and high < margin else ""
