"""Precision, recall, density and coverage: balls around points in place of densities.

The ball around a point reaches to its k-th nearest neighbour in its own set, itself not counted;
what lies at that very distance is outside. The balls together stand for where the set lives.

| metric      | share of ...                                     | perfect sampler                 |
|-------------|--------------------------------------------------|---------------------------------|
| `precision` | samples in the ball of a real point              | below 1: `noise_floor`          |
| `recall`    | real points in the ball of a sample              | below 1: `noise_floor`          |
| `density`   | balls of real points that hold a sample, over k  | 1 on average                    |
| `coverage`  | real points with a sample in their ball          | 1 - 2^-k on average, for n = m  |

Precision and recall are those of Kynkäänniemi and others (2019), whose k is 3; density and
coverage those of Naeem and others (2020), whose k is 5, as it is here for all four. A stray real
point has a wide ball, which raises precision; density counts the balls. Scattered samples have wide
balls, which raises recall; coverage has none around samples.

Each takes samples (..., n, dim) and real points (..., m, dim), an array or `data.Samples`, in any
dimension, and gives (...), without units; leading axes broadcast. `noise_floor` needs
`two_sample=True`. They are for what varies continuously: of values that repeat, whole numbers or
labels say, many balls hold nothing, and a warning says so. All distances are looked at, n times m:
5,000 pictures of 784 pixels take a minute or more, their first 20 principal components seconds.
"""

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from ganlab.arguments import whole
from ganlab.metrics import points_beside, sample_array
from ganlab.own import say

_BLOCK = 2**22  # distances that are looked at in one go: 32 MB
REPEATED = 0.1  # share of empty balls from which that is told


def precision(samples, real, k: int = 5) -> np.ndarray:
    """Share of the samples that lie in the ball of at least one real point (...).

    `samples` is (..., n, dim), `real` (..., m, dim) with m above k. T. Kynkäänniemi and others,
    *Improved Precision and Recall Metric for Assessing Generative Models*, NeurIPS 2019. On
    `ring()` a perfect sampler scores 0.982 (0.972 to 0.990) with n = m = 500.

    >>> line = np.arange(10.0)[:, None]
    >>> float(precision([[4.5], [99.0]], line))
    0.5
    """
    samples, real = _pair(samples, real)
    return _each(_share_inside, samples, real, _squared_radii(real, k, told=True))


def recall(samples, real, k: int = 5) -> np.ndarray:
    """Share of the real points that lie in the ball of at least one sample (...).

    `samples` is (..., n, dim) with n above k, `real` (..., m, dim). `precision` with the roles
    exchanged, of which a perfect sampler scores the same for n = m. Kynkäänniemi and others, 2019.

    >>> line = np.arange(10.0)[:, None]
    >>> float(recall(line[:6], line, k=1))
    0.6
    """
    samples, real = _pair(samples, real)
    radii = _squared_radii(samples, k)
    if np.mean(radii == 0) >= REPEATED and real.shape[-2] > k:
        _squared_radii(real, k, told=True)  # of real points that differ 0 is right
    return _each(_share_inside, real, samples, radii)


def density(samples, real, k: int = 5) -> np.ndarray:
    """Number of balls of real points that a sample lies in, averaged and divided by k (...).

    `samples` is (..., n, dim), `real` (..., m, dim) with m above k. M. F. Naeem and others,
    *Reliable Fidelity and Diversity Metrics for Generative Models*, ICML 2020. For
    samples of the real distribution it is 1 on average, whatever n, m and dim: a sample is nearer
    to a real point than the k-th nearest of the m - 1 others is with probability k / m, and there
    are m such balls. It is above 1 where the samples are where the balls are many, say in the
    middle of a mode.

    >>> line = np.arange(10.0)[:, None]
    >>> float(density([[4.5], [99.0]], line, k=1))
    1.0
    """

    def balls(x, y, squared):
        counts = _by_rows(x, y, lambda distances: np.sum(distances < squared, axis=1))
        return counts.mean() / k

    samples, real = _pair(samples, real)
    return _each(balls, samples, real, _squared_radii(real, k, told=True))


def coverage(samples, real, k: int = 5) -> np.ndarray:
    """Share of the real points that have at least one sample in their ball (...).

    `samples` is (..., n, dim), `real` (..., m, dim) with m above k. M. F. Naeem and others, ICML
    2020. For samples of the real distribution a ball is empty if the k nearest of the
    m - 1 + n other points are real; so coverage is 1 - prod (m - i) / (m + n - i), i = 1..k, on
    average, in any dimension. For n = m that is just above 1 - 2^-k: with k = 5 and n = m = 500
    it is 0.96922, and 0.96875 in the limit.

    >>> line = np.arange(10.0)[:, None]
    >>> float(coverage([[4.5], [99.0]], line, k=1))
    0.2
    """

    def share(x, y, squared):
        nearest = _by_rows(y, x, lambda distances: distances.min(axis=1))
        return np.mean(nearest < squared)

    samples, real = _pair(samples, real)
    return _each(share, samples, real, _squared_radii(real, k, told=True))


def _pair(samples, real):
    samples = sample_array(samples)
    return samples, points_beside(samples, real, "real")


def _squared_radii(points, k, told=False):
    """Squared distance of each point (..., n, dim) to its k-th nearest neighbour (..., n).

    With `told` it warns where many are 0. Around samples of a G that makes one point they are, and
    its recall is.
    """
    k, n = whole("k", k, 1), points.shape[-2]
    if k >= n:
        raise ValueError(f"k={k}: wanted below the number of points around which balls are, {n}")

    def one(x):
        if np.isnan(x).any():
            return np.full(n, np.nan)
        # Of k + 1 the nearest is the point itself. A tree is twice as quick as all distances and
        # np.partition in the plane, and no slower in 64 dimensions.
        return cKDTree(x).query(x, [k + 1])[0][:, 0] ** 2

    # Less a hair, so that no rounding takes a point at the very distance for a nearer one.
    radii = np.vectorize(one, signature="(n,d)->(n)", otypes=[np.float64])(points)
    if told and (empty := np.mean(radii == 0)) >= REPEATED:
        say(
            f"{empty:.0%} of the real points have {k} others in the very same place: balls around "
            "them hold nothing, so precision, recall, density and coverage are too low; these are "
            "for what varies continuously"
        )
    return radii * (1 - 1e-12)


def _share_inside(points, centers, squared):
    """Share of the points (n, dim) in a ball around one of the centers (m, dim)."""
    return _by_rows(points, centers, lambda distances: (distances < squared).any(axis=1)).mean()


def _by_rows(points, centers, reduce):
    """`reduce` of squared distances (rows, m), with blocks of the points (n, dim) as rows."""
    size = max(1, _BLOCK // len(centers))
    blocks = (points[i : i + size] for i in range(0, len(points), size))
    return np.concatenate([reduce(cdist(block, centers, "sqeuclidean")) for block in blocks])


def _each(score, points, others, radii):
    """`score` of each entry, NaN where a point is NaN."""

    def one(x, y, r):
        return np.nan if np.isnan(x).any() or np.isnan(y).any() else score(x, y, r)

    loop = np.vectorize(one, signature="(n,d),(m,d),(k)->()", otypes=[np.float64])
    return loop(points, others, radii)[()]
