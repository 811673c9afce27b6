"""Distances to the target in any dimension: between means and covariances, and between shadows.

As in `ganlab.metrics`: samples (..., n, dim) in, float64 (...) out, NaN for an entry that holds a
NaN or an infinity. Points to compare with are an array (..., m, dim), whose leading axes broadcast
with those of the samples, or `data.Samples`. `noise_floor` gives what a perfect sampler scores,
with `two_sample=True` where a function says points.
"""

import numpy as np

from ganlab.arguments import whole
from ganlab.data import Gaussian, Mixture, due_shares
from ganlab.guards import guard
from ganlab.metrics import points_beside, sample_array


def frechet(samples, target) -> np.ndarray:
    """Squared Frechet distance of the Gaussians with the means and covariances of both (...).

    `samples` is (..., n, dim), n at least 2. `target` is points, or a `data.Gaussian` or
    `data.Mixture`, whose mean and covariance are then exact. In the units of the data squared.
    Covariances divide by n - 1, as in the code of M. Heusel and others, *GANs Trained by a Two
    Time-Scale Update Rule*, NeurIPS 2017; there the points are an image network's outputs.
    It sees mean and covariance only: of `ring(8)` every second mode may be missing.

    A perfect sampler of a round Gaussian with standard deviation s scores s^2 (dim + dim (dim + 1)
    / 4) / n against the exact moments, to first order, and twice that against n points.

    >>> float(frechet([[0.0, 1.0], [2.0, 1.0]], [[0.0, 0.0], [2.0, 0.0]]))
    1.0
    """
    samples = sample_array(samples)
    if isinstance(target, Gaussian | Mixture):
        if target.dim != samples.shape[-1]:
            raise ValueError(f"samples have dim {samples.shape[-1]}, target has dim {target.dim}")
        moments = _exact_moments(target)
    else:
        moments = _moments(points_beside(samples, target))
    return _frechet_of_moments(*_moments(samples), *moments)


@guard(mean1=float, cov1=float, mean2=float, cov2=float)
def frechet_of_moments(mean1, cov1, mean2, cov2) -> np.ndarray:
    """Squared Frechet distance of Gaussians with means (..., dim) and covariances (..., dim, dim).

    |mean1 - mean2|^2 + tr cov1 + tr cov2 - 2 tr (cov1^1/2 cov2 cov1^1/2)^1/2 (Dowson and Landau
    1982): the squared Wasserstein-2 distance, exact, in the units of the data squared. The last
    trace is taken as the sum of the singular values of cov1^1/2 cov2^1/2, which squares nothing
    and needs no covariance to be regular. Rounding errors are 1e-14 of the traces, or so.
    ValueError for what is no covariance: not symmetric, or with a variance below 0 in some
    direction.

    >>> round(float(frechet_of_moments([0, 0], np.eye(2), [3, 4], 4 * np.eye(2))), 9)
    27.0
    """
    mean1, cov1 = _as_moments(mean1, cov1, 1)
    mean2, cov2 = _as_moments(mean2, cov2, 2)
    _refuse_no_covariance("cov1", cov1)
    _refuse_no_covariance("cov2", cov2)
    return _frechet_of_moments(mean1, cov1, mean2, cov2)


def _refuse_no_covariance(name, cov):
    found = cov[np.isfinite(cov).all(axis=(-2, -1))]
    near = 1e-5 * np.abs(found).max(axis=(-2, -1), initial=0.0)
    if (np.abs(found - np.swapaxes(found, -1, -2)).max(axis=(-2, -1), initial=0.0) > near).any():
        raise ValueError(f"{name} is not symmetric: wanted a covariance")
    if found.size and ((least := np.linalg.eigvalsh(found)[..., 0]) < -near).any():
        told = f"{name} has a variance of {least.min():.3g} in some direction"
        raise ValueError(f"{told}: wanted a covariance, at least 0 in each")


def _frechet_of_moments(mean1, cov1, mean2, cov2):
    if mean1.shape[-1] != mean2.shape[-1]:
        told = f"mean1 has dim {mean1.shape[-1]}, mean2 {mean2.shape[-1]}"
        raise ValueError(f"{told}: wanted one dim for mean1, cov1, mean2 and cov2")
    common = np.linalg.svd(_root(cov1) @ _root(cov2), compute_uv=False).sum(axis=-1)
    traces = np.trace(cov1, axis1=-2, axis2=-1) + np.trace(cov2, axis1=-2, axis2=-1)
    distance = np.sum((mean1 - mean2) ** 2, axis=-1) + np.maximum(traces - 2 * common, 0)
    return distance[()]


def _moments(points):
    """Mean (..., dim) and covariance (..., dim, dim) of points (..., n, dim)."""
    n = points.shape[-2]
    if n < 2:
        raise ValueError("samples or target is 1 point: wanted at least 2, for a covariance")
    mean = points.mean(axis=-2)
    offset = points - mean[..., None, :]
    return mean, np.swapaxes(offset, -1, -2) @ offset / (n - 1)


def _exact_moments(target):
    if isinstance(target, Gaussian):
        return np.array([target.mean]), np.array([[target.std**2]])
    centers, due = due_shares(target)
    mean = due @ centers
    offset = centers - mean
    return mean, (due * offset.T) @ offset + target.std**2 * np.eye(target.dim)


def _as_moments(mean, cov, which):
    """Both as float64; NaN throughout where anything is not finite."""
    if mean.size == 0 or mean.ndim < 1 or cov.ndim < 2 or cov.shape[-2:] != 2 * mean.shape[-1:]:
        shapes = f"mean{which} has shape {mean.shape}, cov{which} {cov.shape}"
        raise ValueError(f"{shapes}: wanted (..., dim) and (..., dim, dim)")
    mean = np.where(np.isfinite(mean), mean, np.nan)
    return mean, np.where(np.isfinite(cov).all(axis=(-2, -1), keepdims=True), cov, np.nan)


def _root(cov):
    """The symmetric square root of covariances (..., dim, dim)."""
    # LAPACK stops at a NaN, which the traces carry on in its place.
    values, vectors = np.linalg.eigh(np.where(np.isnan(cov), np.eye(cov.shape[-1]), cov))
    # Of a singular one some are 1e-17 in place of 0, and their roots would be 1e-8.
    least = np.finfo(float).eps * cov.shape[-1] * values[..., -1:]
    values = np.where(values > least, values, 0)
    return (vectors * np.sqrt(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)


def sliced_wasserstein(samples, target, directions: int = 50, rng=None) -> np.ndarray:
    """Wasserstein-1 distance of the points' shadows on a line, averaged over directions (...).

    `samples` is (..., n, dim), `target` points (..., m, dim). Without `rng`, in the plane, the
    `directions` are evenly spaced over half a turn, the first along x; with `rng`, a NumPy
    Generator, they are drawn uniformly, in any dimension. On the line there is one, and the result
    is `wasserstein`'s. In the units of the data; exact for each direction, for any n and m, and
    never above W1; in the plane a shift by d gives 2 d / pi. N. Bonneel and others, *Sliced and
    Radon Wasserstein Barycenters of Measures*, 2015. What a perfect sampler scores shrinks as
    n^-1/2 in any dimension; `noise_floor(..., two_sample=True)` has it.

    >>> float(sliced_wasserstein([[[0.0, 0.0]]], [[[3.0, 4.0]]], directions=2)[0])  # (3 + 4) / 2
    3.5
    """
    samples = sample_array(samples)
    target = points_beside(samples, target)
    lines = _directions(samples.shape[-1], whole("directions", directions, 1), rng)
    n, m = samples.shape[-2], target.shape[-2]
    # Both quantile functions are steps, and change at i / n and j / m: at these parts of 1 / nm.
    ends = np.union1d(m * np.arange(1, n + 1), n * np.arange(1, m + 1))
    widths, i, j = np.diff(ends, prepend=0) / (n * m), (ends - 1) // m, (ends - 1) // n
    total = 0.0
    for line in lines:  # one at a time, or the memory would be 50 times that of the samples
        x, y = np.sort(samples @ line), np.sort(target @ line)
        total = total + np.abs(x[..., i] - y[..., j]) @ widths
    return np.asarray(total / len(lines))[()]


def _directions(dim, count, rng):
    """Unit vectors (count, dim); one of them on the line."""
    if rng is not None and not isinstance(rng, np.random.Generator):
        kind = type(rng).__name__
        raise TypeError(f"rng is a {kind}: wanted a NumPy Generator: np.random.default_rng(0)")
    if dim == 1:
        return np.ones((1, 1))
    if rng is not None:
        lines = rng.standard_normal((count, dim))
        return lines / np.linalg.norm(lines, axis=-1, keepdims=True)
    if dim > 2:
        raise ValueError(f"rng is None in dim {dim}: wanted a NumPy Generator, or dim 1 or 2")
    angles = np.pi * np.arange(count) / count
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)
