"""Targets made of bells: round ones of one width, and any others."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.distributions import LOG_2PI, Distribution, number
from ganlab.guards import guard
from ganlab.own import LARGEST, as_float32, numbers, rows


@dataclass(frozen=True)
class Mixture(Distribution):
    """Round Gaussians of one standard deviation `std` at `centers`, all equally likely.

    `centers` has shape (k, dim), or (k,) in one dimension; one that is given twice weighs twice.
    With std = 0 they are points. `modes` has the distinct ones in their order, a float64 array
    (modes, dim), and `weights` how often each is given, integers (modes,). `ring`, `unequal_ring`,
    `grid` and `points` build the usual mixtures; for other weights and shapes there is
    `GaussianMixture`.
    """

    centers: tuple[tuple[float, ...], ...]
    std: float

    def __post_init__(self):
        places = rows("centers", self.centers, least=1, dtype=np.float64)
        centers = tuple(map(tuple, places.tolist()))
        counts = Counter(centers)
        vars(self).update(centers=centers, _places=places, dim=places.shape[1])
        vars(self).update(modes=np.array(list(counts)), weights=np.array(list(counts.values())))
        vars(self).update(std=number("std", self.std, 0))

    def _draw(self, shape, rng):
        centers = self._places.astype(np.float32)[rng.integers(len(self.centers), size=shape[:-1])]
        return centers + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        if self.std == 0:
            raise ValueError("a Mixture with std = 0 has no density")
        squared = np.sum((self._points(x)[..., None, :] - self._places) ** 2, axis=-1)
        # The logarithm of a sum of exponentials, in which nothing underflows far from all modes.
        total = np.logaddexp.reduce(-0.5 * squared / self.std**2, axis=-1)
        return total - np.log(len(self.centers)) - self.dim * (0.5 * LOG_2PI + np.log(self.std))

    def _cdf(self, x):
        if self.std:
            return np.mean(ndtr((x[..., None] - self._places[:, 0]) / self.std), axis=-1)
        # As samples are, float32, or one might lie below the point that it is.
        return np.mean(as_float32(x)[..., None] >= as_float32(self._places[:, 0]), axis=-1)

    def _quantile(self, u):
        places = np.sort(self._places[:, 0])
        if self.std == 0:
            return self._quantile_of(places, u)
        # The quantile lies between those of the leftmost and the rightmost mode.
        left, right = places[0] + self.std * ndtri(u), places[-1] + self.std * ndtri(u)
        return _halved(self._cdf, u, left, right)


def _halved(cdf, u, left, right):
    """Where `cdf` reaches u, found between `left` and `right` by halving 60 times."""
    for _ in range(60):
        middle = 0.5 * (left + right)
        below = cdf(middle) < u
        left, right = np.where(below, middle, left), np.where(below, right, middle)
    return right


@dataclass(frozen=True)
class GaussianMixture(Distribution):
    """Gaussians with a weight and a covariance each: sum of weights[i] N(means[i], covariances[i]).

    means        (k, dim), or (k,) in one dimension
    covariances  (k, dim, dim), or (dim, dim) for all alike; in one dimension also variances (k,).
                 Symmetric, and positive definite: a Gaussian without a width has no density
    weights      k positive numbers, of which only the ratios count; None for all alike

    `modes` has the means as a float64 array (k, dim), `shares` the weights divided by their sum.
    Three quarters of the points in a narrow bell, a quarter in a slanting one:

        GaussianMixture([(0, 0), (2, 2)], [[[0.01, 0], [0, 0.01]], [[1, 0.8], [0.8, 1]]], (3, 1))

    TypeError or ValueError, in one line, for what is none of this. `endings` are for a `Mixture`,
    whose modes have one width: for a ring of whole weights see `unequal_ring`.
    """

    means: tuple[tuple[float, ...], ...]
    covariances: tuple[tuple[tuple[float, ...], ...], ...]
    weights: tuple[float, ...] | None = None

    def __post_init__(self):
        modes = rows("means", self.means, least=1, dtype=np.float64)
        k, dim = modes.shape
        covariances = _covariances(self.covariances, k, dim)
        shares, weights = np.full(k, 1.0 / k), None
        if self.weights is not None:
            given = rows("weights", self.weights, least=1, dtype=np.float64)
            if given.shape != (k, 1) or not (given > 0).all():
                raise ValueError(
                    f"weights is {in_short(self.weights)}; wanted {k} positive numbers"
                )
            weights, shares = tuple(given[:, 0].tolist()), given[:, 0] / given.sum()
        vars(self).update(
            means=tuple(map(tuple, modes.tolist())),
            covariances=tuple(tuple(map(tuple, c)) for c in covariances.tolist()),
            weights=weights,
            modes=modes,
            shares=shares,
            dim=dim,
            _roots=np.linalg.cholesky(covariances),
        )

    def _draw(self, shape, rng):
        which = rng.choice(len(self.shares), size=shape[:-1], p=self.shares)
        z = rng.standard_normal(shape)
        return self.modes[which] + np.einsum("...ij,...j->...i", self._roots[which], z)

    def log_density(self, x):
        offset = self._points(x)[..., None, :] - self.modes
        z = np.einsum("kij,...kj->...ki", np.linalg.inv(self._roots), offset)
        volume = np.sum(np.log(np.diagonal(self._roots, axis1=1, axis2=2)), axis=-1)
        each = -0.5 * np.sum(z**2, axis=-1) - volume - 0.5 * self.dim * LOG_2PI
        return logsumexp(each + np.log(self.shares), axis=-1)

    def _cdf(self, x):
        z = (x[..., None] - self.modes[:, 0]) / self._roots[:, 0, 0]
        return ndtr(z) @ self.shares

    def _quantile(self, u):
        # It lies between the least and the greatest of the modes' own quantiles.
        each = self.modes[:, 0] + self._roots[:, 0, 0] * ndtri(u)[..., None]
        return _halved(self._cdf, u, each.min(axis=-1), each.max(axis=-1))


def _covariances(value, k, dim):
    """Covariances of k Gaussians in `dim` dimensions as float64 (k, dim, dim), checked."""
    wanted = f"({k}, {dim}, {dim}) or ({dim}, {dim})" + f" or ({k},)" * (dim == 1)
    array = numbers("covariances", value, f"numbers, {wanted}")
    given = array.shape
    if dim == 1 and given == (k,):
        array = array.reshape(k, 1, 1)
    elif given == (dim, dim):
        array = np.broadcast_to(array, (k, dim, dim))
    elif given != (k, dim, dim):
        told = f"covariances has shape {given} for means of shape ({k}, {dim})"
        raise ValueError(f"{told}; wanted {wanted}")
    for i, one in enumerate(array):
        symmetric = np.isfinite(one).all() and np.allclose(one, one.T, rtol=1e-9, atol=0)
        if not symmetric or np.linalg.eigvalsh(one).min() <= 0:
            given = one.tolist()
            raise ValueError(f"covariances[{i}] is {given}; wanted it symmetric, positive definite")
    return array


def _reach(name, value, least=-LARGEST):
    if number(name, value, least) > LARGEST:
        raise ValueError(f"{name} is {value!r}; wanted at most {LARGEST:.0e}")
    return float(value)


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.1) -> Mixture:
    """`modes` Gaussians evenly spaced on a circle around 0, the first at angle 0."""
    # modes angles, not modes + 1: 0 and 2 pi are one point, and a "ring of 8" would have 7 modes.
    fits_memory("modes", whole("modes", modes, 1), 1_000)  # tuples of Python's numbers
    angles = 2 * np.pi * np.arange(modes) / modes
    centers = _reach("radius", radius, 0) * np.stack([np.cos(angles), np.sin(angles)], -1)
    return Mixture(centers.round(12) + 0.0, std)


def unequal_ring(
    weights=(1, 2, 3, 4, 5, 6, 7, 8), radius: float = 2.0, std: float = 0.1
) -> Mixture:
    """A `ring` of len(weights) Gaussians of which the i-th is weights[i] times as likely as 1.

    The weights are whole numbers, at least 1: a center is given so many times, which is what a
    `Mixture` knows of weights. So everything that judges a ring judges this one by what is due to
    each mode, `ganlab.endings` too. Weights without a common measure, and widths of each mode's
    own, are for `GaussianMixture(ring(3).modes, 0.01 * np.eye(2), (0.2, 0.3, 0.5))`, which
    endings do not judge. ValueError for other weights.
    """
    if not np.iterable(weights) or isinstance(weights, (str, bytes)):
        raise TypeError(f"weights is {in_short(weights)}; wanted a sequence of whole numbers")
    weights = list(weights)
    if not weights:
        raise ValueError("weights is empty; wanted whole numbers, one for each mode")
    whole_numbers = [whole("each of weights", weight, 1) for weight in weights]
    modes = ring(len(whole_numbers), radius).modes
    return Mixture(np.repeat(modes, whole_numbers, axis=0), std)


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.1) -> Mixture:
    """`side` x `side` Gaussians on a square lattice around 0."""
    fits_memory("side", whole("side", side, 1), 1_000 * side, power=2)
    line = _reach("spacing", spacing) * (np.arange(side) - (side - 1) / 2)
    return Mixture([(x, y) for y in line for x in line], std)


def points(*centers, std: float = 0.0) -> Mixture:
    """Gaussians, or with std = 0 points, where you say: points(-1, 1), points((0, 1), (1, 0))."""
    return Mixture(centers, std)


@guard(mixture=Mixture)
def due_shares(mixture: Mixture) -> tuple[np.ndarray, np.ndarray]:
    """The distinct centers of a mixture (modes, dim), in its order, and the share due to each.

    The shares (modes,) sum to 1; a center that is given twice is one mode with twice the share.
    """
    return mixture.modes, mixture.weights / mixture.weights.sum()
