"""Samples in, number out: how far a generator's points are from the target.

Samples have shape `(..., n, dim)`, as in a `Run`: every metric works on the last two axes and
returns float64 of shape `(...)`. An entry with a NaN or an infinity in it gives NaN, never an
error. Even a perfect sampler scores above 0 with finitely many points: see `noise_floor`.
"""

from collections import namedtuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import erf, rel_entr
from scipy.stats import wasserstein_distance

from ganlab.arguments import fits_memory, whole
from ganlab.data import Mixture, Samples, as_target, draws
from ganlab.distributions import Distribution
from ganlab.guards import a_function, guard
from ganlab.own import as_float32, numbers, probe

MAX_ASSIGNMENT = 2_000
QUANTILES = 20_000
NoiseFloor = namedtuple("NoiseFloor", "median low high")  # of `noise_floor`, which see


def wasserstein(samples, target) -> np.ndarray:
    """Wasserstein-1 distance: the mean distance that the best transport plan moves the points.

    `samples` is (..., n, dim). `target` is an array of points (m, dim), with (m,) allowed for
    dim 1, whose leading axes, if any, broadcast with those of `samples`; or, in one dimension, a
    distribution with `quantile`. Returns (...), in the units of the data.

    One dimension: the mean of |F_n^-1(u) - F^-1(u)| over u, where the sorted samples are F_n^-1.
    Exact for arrays. For a distribution the mean is taken at 20,000 or more evenly spaced u; for a
    Gaussian that is within 1e-5 standard deviations of the integral. More dimensions: exact, by
    optimal assignment of two sets of equal size, at most 2,000 points (time grows as n^3).
    """
    samples = sample_array(samples)
    n, dim = samples.shape[-2:]
    if is_distribution(target):
        _check_line(dim, target, "target.sample(n, rng) in its place")
        return _wasserstein_quantile(np.sort(samples[..., 0]), target)
    target = points_beside(samples, target)
    m = target.shape[-2]
    if dim == 1 and n == m:
        return np.abs(np.sort(samples[..., 0]) - np.sort(target[..., 0])).mean(axis=-1)
    if dim > 1 and (n != m or n > MAX_ASSIGNMENT):
        wanted = f"wanted as many, at most {MAX_ASSIGNMENT}"
        raise ValueError(f"samples have {n} points, target {m}; {wanted}")
    pairwise = np.vectorize(_wasserstein_sets, signature="(n,d),(m,d)->()", otypes=[np.float64])
    return pairwise(samples, target)[()]


def _wasserstein_quantile(ordered, target):
    n = ordered.shape[-1]
    per_point = -(-QUANTILES // n)
    u = (np.arange(n * per_point) + 0.5) / (n * per_point)
    wanted = target.quantile(u).reshape(n, per_point)
    # One pass per quantile of a stratum keeps the memory at that of the samples.
    return sum(np.abs(ordered - wanted[:, j]).mean(axis=-1) for j in range(per_point)) / per_point


def _wasserstein_sets(samples, target):
    if np.isnan(samples).any() or np.isnan(target).any():
        return np.nan
    if samples.shape[-1] == 1:
        return wasserstein_distance(samples[:, 0], target[:, 0])
    cost = cdist(samples, target)
    return cost[linear_sum_assignment(cost)].mean()


def jensen_shannon(samples, target, bins: int = 20) -> np.ndarray:
    """Jensen-Shannon divergence in nats, 0 to log 2, estimated by a histogram; one dimension.

    `samples` is (..., n, 1); `target` a distribution with `cdf` and `quantile`, or an array of
    points. The line is cut at the target's quantiles 1/bins, 2/bins, ..., so each bin holds the
    target's probability 1/bins (of points as nearly as their number and ties allow), and the
    samples' frequencies are compared with what it holds. Pooling into bins can only lower the
    divergence, so fine structure inside a bin is not seen. Sampling noise raises it: near its
    minimum, JS(f, b) is sum (f - b)^2 / 8b, and for a perfect sampler E (f - b)^2 = b(1 - b)/n,
    which makes (bins - 1) / 8n on average, to first order: 10 % too little at n = 5 bins, 1 % at
    n = 50 bins.
    """
    samples, target, bins = sample_array(samples), as_target(target), whole("bins", bins, 2)
    _check_line(samples.shape[-1], target, "one coordinate at a time")
    line, edges = samples[..., 0], target.quantile(np.arange(1, bins) / bins)
    if isinstance(target, Samples) or (isinstance(target, Mixture) and target.std == 0):
        line, edges = as_float32(line), as_float32(edges)  # in which a sample may lie on a point
    below = np.stack([np.mean(line <= edge, axis=-1) for edge in edges], axis=-1)
    fake = np.diff(below, prepend=0, append=1)
    real = np.diff(target.cdf(edges[:, None]), prepend=0, append=1)
    middle = 0.5 * (real + fake)
    divergence = 0.5 * (rel_entr(real, middle) + rel_entr(fake, middle)).sum(axis=-1)
    return np.where(np.isnan(line).any(axis=-1), np.nan, np.maximum(divergence, 0))[()]


@guard(metric=a_function)
def noise_floor(metric, target, n: int, rng, repeats: int = 200, two_sample=False) -> NoiseFloor:
    """What `metric(samples, target)` gives for perfect samplers: n fresh points of the target.

    `repeats` samples of `n` are drawn with `rng` from `target`, a distribution or an array. With
    `two_sample` the metric gets a second fresh sample of n instead of the target itself, which is
    what `wasserstein` needs in two dimensions. Returns (median, low, high): 50, 10 and 90 %.
    """
    target, n, repeats = as_target(target), whole("n", n, 1), whole("repeats", repeats, 1)
    if is_distribution(target):
        probe("target", target)
    fits_memory("repeats", repeats, 24 * n * target.dim)
    samples = target.sample((repeats, n), rng)
    scores = metric(samples, target.sample((repeats, n), rng) if two_sample else target)
    return NoiseFloor(*(float(score) for score in np.quantile(scores, [0.5, 0.1, 0.9])))


@guard(("mean1", "std1", "mean2", "std2"), mean1=float, std1=float, mean2=float, std2=float)
def wasserstein_gaussian(mean1, std1, mean2, std2) -> np.ndarray:
    """Wasserstein-1 distance of N(mean1, std1) and N(mean2, std2) on the line, exact.

    Both quantile functions are linear in a standard normal Z, so the distance is E|d + s Z| with d
    and s the differences of means and of standard deviations: the mean of a folded normal.
    """
    _refuse_negative(std1=std1, std2=std2)
    d, s = np.abs(mean1 - mean2), np.abs(std1 - std2)
    t = d / np.where(s == 0, 1, s)
    folded = s * np.sqrt(2 / np.pi) * np.exp(-0.5 * t**2) + d * erf(t / np.sqrt(2))
    return np.where(s == 0, d, folded)[()]


@guard(("mean1", "std1", "mean2", "std2"), mean1=float, std1=float, mean2=float, std2=float)
def frechet_gaussian(mean1, std1, mean2, std2) -> np.ndarray:
    """Squared Frechet distance of two Gaussians on the line (Dowson and Landau 1982), exact.

    It is the difference of means squared plus that of standard deviations squared: the squared
    Wasserstein-2 distance, in the units of the data squared.
    """
    _refuse_negative(std1=std1, std2=std2)
    return (mean1 - mean2) ** 2 + (std1 - std2) ** 2


def _refuse_negative(**widths):
    for name, width in widths.items():
        if (width < 0).any():
            raise ValueError(f"{name} has {np.nanmin(width):g}: wanted none below 0")


def sample_array(samples, name="samples", stacks=True) -> np.ndarray:
    """`samples` as float64 (..., n, dim) in which whatever is not finite is NaN.

    Two axes with more dimensions than points are refused, for they may be (seeds, n) of numbers on
    the line; three and more are taken as they are, and so are two for a metric that takes no
    `stacks`.
    """
    samples = numbers(name, samples, "numbers, (..., n, dim)")
    if samples.ndim < 2 or samples.size == 0:
        raise ValueError(f"{name} has shape {samples.shape}; wanted (..., n, dim), not empty")
    n, dim = samples.shape[-2:]
    if stacks and samples.ndim == 2 and dim > n:
        s = "" if n == 1 else "s"
        raise ValueError(
            f"{name} has shape {samples.shape}: that is {n} point{s} in {dim} dimensions; wanted "
            f"{name}[..., None] for {n} seed{s} of {dim} numbers, or {name}[None] if so few "
            "points are meant"
        )
    return np.where(np.isfinite(samples), samples, np.nan)


def is_distribution(target) -> bool:
    """Whether `target` is to be drawn from: `data.Samples` is not, its points are all there is."""
    return draws(target) and not isinstance(target, Samples)


def points_beside(samples, target, name="target") -> np.ndarray:
    """`as_points` of a target whose leading axes broadcast with those of a `sample_array`."""
    points = as_points(target, samples.shape[-1], name=name)
    try:
        np.broadcast_shapes(samples.shape[:-2], points.shape[:-2])
    except ValueError:
        given = f"samples have shape {samples.shape}, {name} has shape {points.shape}"
        raise ValueError(f"{given}: wanted leading axes that go together") from None
    return points


def as_points(target, dim: int, stacks=True, name="target") -> np.ndarray:
    """The points of an array, or of `data.Samples`, as float64 (..., m, dim)."""
    if is_distribution(target):
        kind = type(target).__name__
        raise ValueError(f"{name} is a {kind}: wanted points, such as {name}.sample(n, rng)")
    if isinstance(target, Samples):
        target = target.array.astype(np.float64)  # points for certain, however few
    else:
        target = numbers(name, target, "points, (..., m, dim)")
        target = sample_array(target[:, None] if target.ndim == 1 else target, name, stacks)
    if target.shape[-1] != dim:
        raise ValueError(f"samples have dim {dim}, {name} has dim {target.shape[-1]}")
    return target


def _check_line(dim: int, target, instead: str) -> None:
    own = isinstance(target, Distribution)  # whose `quantile` may be of one that has none
    if dim != 1 or target.dim != 1 or not hasattr(target, "_quantile" if own else "quantile"):
        given = f"samples have dim {dim}, target is a {type(target).__name__} of dim {target.dim}"
        raise ValueError(f"{given}; wanted dim 1 with a quantile, or {instead}")
