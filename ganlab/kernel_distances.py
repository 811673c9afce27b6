"""Maximum mean discrepancy: how alike samples are to the target's points, and to each other.

For a kernel k(x, y), large where x and y are alike, the squared distance is

    E k(x, x') + E k(y, y') - 2 E k(x, y)

with x, x' independent samples and y, y' independent points of the target. It is estimated without
bias, by means over all pairs of *different* points, and over all samples and points (A. Gretton and
others, *A Kernel Two-Sample Test*, JMLR 2012, lemma 6). So a perfect sampler scores 0 on
average, whatever n, and below 0 in more than half of the cases; `noise_floor` has the spread.

Samples are (..., n, dim), n at least 2. Points are (..., m, dim), m at least 2, an array or
`data.Samples`; leading axes broadcast. The result is float64 (...), without units, NaN for an entry
that holds a NaN or an infinity.
"""

import numpy as np
from scipy.spatial.distance import cdist, pdist

from ganlab.arguments import above
from ganlab.data import Gaussian, Mixture, due_shares, number
from ganlab.metrics import points_beside, sample_array

NARROWEST, WIDEST = 1e-15, 1e15  # bandwidths whose squares are numbers in float32 too
MOST = 1e40  # a number of a point, up to which the kernel of `kid` is a number
_FEW = 8  # dimensions, up to which all products of three coordinates are few
_BLOCK = 2**22  # pairs that are looked at in one go: 32 MB


def bandwidths(name, value) -> np.ndarray:
    """A kernel's width or several, (...): above 0, and such that their squares are numbers."""
    found = np.asarray(above(name, value, 0), float)
    if bad := [width for width in found.flat if not NARROWEST <= width <= WIDEST]:
        told = f"{name} holds" if found.ndim else f"{name} is"
        raise ValueError(f"{told} {bad[0]:g}: wanted numbers from {NARROWEST:g} to {WIDEST:g}")
    return found


def kid(samples, target) -> np.ndarray:
    """Squared distance for the kernel (x.y / dim + 1)^3, unbiased (...); `target` is points.

    M. Binkowski and others, *Demystifying MMD GANs*, ICLR 2018, who apply it to an image network's
    outputs. The kernel tells moments up to the third apart: of `ring(8)` every second mode may be
    missing. The unit of the data counts, for 1 is added to squares of it. A perfect sampler scores
    0 on average; its spread is `noise_floor(kid, target, n, rng, two_sample=True)`.

    >>> float(kid([[1.0], [1.0]], [[0.0], [0.0]]))  # 8 + 1 - 2 x 1
    7.0
    """
    samples = sample_array(samples)
    dim, points = samples.shape[-1], points_beside(samples, target)
    for name, given in (("samples", samples), ("target", points)):
        if (largest := np.abs(given[np.isfinite(given)]).max(initial=0.0)) > MOST:
            told = f"{name} hold {largest:.3g}"
            raise ValueError(f"{told}: wanted at most {MOST:.0e}, for the kernel is a sixth power")
    x, y = (_lifted(each, dim) for each in (samples, points))
    distance = _mean_of_pairs(x) + _mean_of_pairs(y)
    return (distance - 2 * _cubes(x, y) / (x.shape[-2] * y.shape[-2]))[()]


def _lifted(points, dim):
    """Points (..., n, dim + 1) whose products are x.y / dim + 1."""
    _at_least_two(points)
    ones = np.ones((*points.shape[:-1], 1))
    return np.concatenate([points / np.sqrt(dim), ones], axis=-1)


def _mean_of_pairs(x):
    """Mean of (x_i . x_j)^3 over i and j that differ."""
    n, itself = x.shape[-2], np.sum(np.sum(x**2, axis=-1) ** 3, axis=-1)
    return (_cubes(x, x) - itself) / (n * (n - 1))


def _cubes(x, y):
    """Sum of (x_i . y_j)^3 over all i and j: (...), for x (..., n, dim) and y (..., m, dim)."""
    if x.shape[-1] <= _FEW + 1:
        # The cube of x.y is the sum over a, b, c of x_a x_b x_c times y_a y_b y_c. So sums over
        # points, one for each a, b, c, take the place of pairs.
        x, y = (np.einsum("...na,...nb,...nc->...abc", u, u, u) for u in (x, y))
        return np.sum(x * y, axis=(-3, -2, -1))

    def one(x, y):
        return sum(np.sum((block @ y.T) ** 3) for block in _blocks(x, len(y)))

    return np.vectorize(one, signature="(n,d),(m,d)->()", otypes=[np.float64])(x, y)


def mmd(samples, target, bandwidth: float) -> np.ndarray:
    """Squared distance for the kernel exp(-|x - y|^2 / 2 bandwidth^2), unbiased (...).

    `bandwidth` is in the units of the data. `target` is points, or a `data.Gaussian` or
    `data.Mixture`, whose expectations are then exact: only the samples' noise remains. Any other
    distribution than the target's scores above 0 on average, and at most 2; what differs on the
    scale of the bandwidth is seen best. A perfect sampler scores 0 on average; its spread is
    `noise_floor(lambda x, y: mmd(x, y, bandwidth), target, n, rng)`.

    >>> round(float(mmd([[0.0], [0.0]], [[1.0], [1.0]], bandwidth=1.0)), 6)  # 2 - 2 exp(-1/2)
    0.786939
    """
    samples = sample_array(samples)
    width = float(bandwidths("bandwidth", number("bandwidth", bandwidth)))
    _at_least_two(samples)
    dim = samples.shape[-1]
    if isinstance(target, Gaussian | Mixture):
        if target.dim != dim:
            raise ValueError(f"samples have dim {dim}, target has dim {target.dim}")
        between, within = _expected_kernels(samples, target, width)
    else:
        target = points_beside(samples, target)
        _at_least_two(target)
        between, within = _kernel_between(samples, target, width), _kernel_within(target, width)
    return (_kernel_within(samples, width) + within - 2 * between)[()]


def _expected_kernels(samples, target, width):
    """Means of the kernel between the samples and the target, and within the target.

    A difference of two points, each normal about its own center, is normal, and the mean of the
    kernel over it is again a Gaussian function of the distance, wider and lower.
    """
    if isinstance(target, Gaussian):
        centers, due = np.array([[target.mean]]), np.ones(1)
    else:
        centers, due = due_shares(target)

    def expected(x, variance):  # of k(x, y) at x, (..., n, dim), if y has that variance about 0
        total = width**2 + variance
        lower = (width**2 / total) ** (target.dim / 2)
        to_each = np.sum((x[..., None, :] - centers) ** 2, axis=-1)  # (..., n, modes)
        return lower * np.exp(-0.5 * to_each / total) @ due

    within = due @ expected(centers, 2 * target.std**2)
    return expected(samples, target.std**2).mean(axis=-1), within


def _kernel_between(x, y, width):
    """Mean of the kernel over all pairs of a sample (..., n, dim) and a point (..., m, dim)."""

    def one(x, y):
        blocks = _blocks(x, len(y))
        return sum(_kernel_sum(cdist(block, y, "sqeuclidean"), width) for block in blocks)

    total = np.vectorize(one, signature="(n,d),(m,d)->()", otypes=[np.float64])(x, y)
    return total / (x.shape[-2] * y.shape[-2])


def _kernel_within(x, width):
    """Mean of the kernel over all pairs of different points (..., n, dim)."""
    n = x.shape[-2]

    def one(x):
        total, done = 0.0, 0
        for block in _blocks(x, n):
            done += len(block)
            total += _kernel_sum(pdist(block, "sqeuclidean"), width)
            total += _kernel_sum(cdist(block, x[done:], "sqeuclidean"), width)
        return total

    return np.vectorize(one, signature="(n,d)->()", otypes=[np.float64])(x) / (n * (n - 1) / 2)


def _kernel_sum(squared, width):
    # Exponentials in float32 are three times as quick, and off by less than 1e-7. Below -80 they
    # would leave the range of normal numbers, where arithmetic is slow.
    with np.errstate(over="ignore"):  # what is infinitely far after all comes to -80 too
        exponent = squared.astype(np.float32)
        exponent *= np.float32(-0.5 / width**2)
    np.maximum(exponent, np.float32(-80), out=exponent)
    return float(np.exp(exponent, out=exponent).sum())


def _blocks(points, others):
    """The points (n, dim), so many at a time that their pairs with the others fit a block."""
    size = max(1, _BLOCK // others)
    return [points[i : i + size] for i in range(0, len(points), size)]


def _at_least_two(points):
    if points.shape[-2] < 2:
        raise ValueError("samples or target is 1 point: wanted at least 2, or there are no pairs")
