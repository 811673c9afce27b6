"""A density made of samples, one small bell around each: the likelihood of those who have none.

A GAN has no likelihood to be judged by, so its samples are given one: the mean of Gaussian kernels
around them, of a bandwidth chosen on points held out (Parzen windows). It is *estimated*, and in
many dimensions far off: L. Theis, A. van den Oord, M. Bethge, *A note on the evaluation of
generative models*, ICLR 2016. E. Parzen, *On estimation of a probability density function and
mode*, 1962.
"""

import numpy as np
from scipy.spatial.distance import cdist

from ganlab.distributions import LOG_2PI
from ganlab.kernel_distances import bandwidths
from ganlab.metrics import as_points, sample_array

BANDWIDTHS = tuple(np.geomspace(0.05, 2.0, 16).tolist())  # for data of width 1 or so
_BLOCK = 2**20  # distances that are looked at in one go, once for each bandwidth


def kernel_log_density(samples, x, bandwidth) -> np.ndarray:
    """log of the mean over samples of N(x; sample, bandwidth^2 I), in nats: (m,), float64.

    `samples` is (n, dim), `x` (m, dim), or (m,) in one dimension; with several bandwidths (k,),
    all above 0 and in the units of the data, the result is (k, m). NaN throughout where a sample
    is not finite. ValueError for other shapes.

    >>> kernel_log_density([[0.0, 0.0]], [[0.0, 0.0]], 1.0).round(6).tolist()  # -log 2 pi
    [-1.837877]
    """
    return _log_densities(samples, x, bandwidth, "x")


def _log_densities(samples, x, bandwidth, name):
    """`kernel_log_density`, which calls `x` by this name in what it refuses."""
    samples = sample_array(samples, stacks=False)
    if samples.ndim != 2:
        raise ValueError(f"samples has shape {samples.shape}: wanted (n, dim)")
    n, dim = samples.shape
    x, widths = as_points(x, dim, False, name), bandwidths("bandwidth", bandwidth)
    if x.ndim != 2 or widths.ndim > 1:
        what = (name, x, "(m, dim)") if x.ndim != 2 else ("bandwidth", widths, "a number, or (k,)")
        raise ValueError(f"{what[0]} has shape {what[1].shape}: wanted {what[2]}")
    size, each = max(1, _BLOCK // n), np.atleast_1d(widths)
    blocks = [_block(samples, x[i : i + size], each) for i in range(0, len(x), size)]
    constants = np.log(n) + dim * (np.log(each) + 0.5 * LOG_2PI)
    return np.reshape(np.concatenate(blocks, axis=1) - constants[:, None], (*widths.shape, len(x)))


def _block(samples, x, widths):
    """log of the sum of exp(-distance^2 / 2 width^2), (widths, m)."""
    squared = cdist(x, samples, "sqeuclidean")
    # Less the nearest, or all would be exp(-large) = 0 in many dimensions.
    nearest = squared.min(axis=1, keepdims=True)
    over = nearest - squared
    return np.stack(
        [np.log(np.exp(over / (2 * w**2)).sum(1)) - nearest[:, 0] / (2 * w**2) for w in widths]
    )


def best_bandwidth(samples, held_out, among=BANDWIDTHS) -> float:
    """The bandwidth, of those given, under which points held out are most likely on average.

    `samples` is (n, dim), `held_out` (m, dim): points of the target, neither the samples nor those
    that are judged afterwards. The usual `among` is for data of width 1 or so.

    >>> best_bandwidth([[0.0]], [[-3.0], [3.0]], among=(1.0, 3.0, 9.0))  # the spread around it
    3.0
    """
    among = np.atleast_1d(bandwidths("among", among))
    if among.ndim > 1:
        raise ValueError(f"among has shape {among.shape}: wanted (k,)")
    means = _log_densities(samples, held_out, among, "held_out").mean(axis=1)
    if np.isnan(means).any():
        raise ValueError("samples or held_out hold NaN or infinity: wanted finite numbers")
    return float(among[np.argmax(means)])
