from typing import NamedTuple
import numpy as np
from scipy import stats
from ganlab.evidence.protocol import LOOKS

ERROR = 0.001
LOOK_ERROR = ERROR / len(LOOKS)


class Estimate(NamedTuple):
    effect: float
    low: float
    high: float


def share_interval(k, n, error=LOOK_ERROR):
    ci = stats.binomtest(int(k), int(n)).proportion_ci(1 - error, "exact")
    return Estimate(k / n, ci.low, ci.high)


def difference_interval(w, l, n, error=LOOK_ERROR):
    a, b = share_interval(w, n, error / 2), share_interval(l, n, error / 2)
    return Estimate((w - l) / n, a.low - b.high, a.high - b.low)


def with_failures(outcomes, worst):
    outcomes = np.asarray(outcomes, dtype=float)
    return np.where(np.isfinite(outcomes), outcomes, float(worst))


def median_interval(values, error=LOOK_ERROR):
    m = np.median(values)
    return Estimate(m, m, m)


def count(arms, *, kind, worst, direction, least):
    arms = [with_failures(a, worst) for a in arms]
    out = {"seeds": len(arms[0])}
    if kind == "share":
        out["first"] = int(arms[0].sum())
        if len(arms) == 2:
            out["second"] = int(arms[1].sum())
    if len(arms) == 2:
        with np.errstate(invalid="ignore"):
            d = direction * np.where(arms[0] == arms[1], 0, arms[0] - arms[1])
        out["won"], out["lost"] = int((d > (least or 0)).sum()), int((d < -(least or 0)).sum())
    return out


def estimate(counts, *, kind, direction, reference):
    if "won" in counts:
        return difference_interval(counts["won"], counts["lost"], counts["seeds"])
    e = share_interval(counts["first"], counts["seeds"])
    a = [direction * (x - reference) for x in e]
    return Estimate(a[0], min(a), max(a))


def verdict(e, margin):
    if e.low > margin:
        return "supported"
    if e.high < -margin:
        return "contradicted"
    return "no difference that matters" if -margin < e.low and e.high < margin else ""
