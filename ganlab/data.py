"""Target distributions: what the generator has to learn.

Every distribution has `dim` and `sample(n, rng)`; where they are known, `density(x)` and
`log_density(x)`; in one dimension also `cdf(x)` and `quantile(u)`. Points x have shape (..., dim).
In one dimension plain numbers of shape (...) will do; a last axis of length 1 is always taken as
the dimension. `rng`, a NumPy Generator, is always required: the same state gives the same points.

Distributions are frozen, and all but `Samples` are compared by value and printed in full.
"""

from collections import Counter
from dataclasses import dataclass
from numbers import Real
from typing import ClassVar

import numpy as np
from scipy.special import ive, ndtr, ndtri

from ganlab.arguments import whole

_LOG_2PI = float(np.log(2 * np.pi))


def number(name: str, value, least: float = -np.inf) -> float:
    """`value` as a finite float of at least `least`."""
    if not isinstance(value, Real) or not np.isfinite(value) or value < least:
        at_least = f", at least {least}" if np.isfinite(least) else ""
        raise ValueError(f"{name} is {value!r}; wanted a finite number{at_least}")
    return float(value)


class Distribution:
    """What targets and latents share. To write your own, `dim` and `sample` are enough.

    A subclass says how to draw an array of a given shape (`_draw`) and, where it can, the density
    (`log_density`); in one dimension also `_cdf` and `_quantile`, of plain numbers.
    """

    dim: int

    def sample(self, n, rng) -> np.ndarray:
        """Draw float32 points of shape (n, dim), or (batches, n, dim) for n = (batches, n)."""
        if not isinstance(rng, np.random.Generator):
            kind = type(rng).__name__
            raise TypeError(f"rng is a {kind}; wanted a NumPy Generator: np.random.default_rng(0)")
        shape = [whole("n", size, 1) for size in (n if isinstance(n, tuple) else (n,))]
        return self._draw((*shape, self.dim), rng).astype(np.float32, copy=False)

    def log_density(self, x) -> np.ndarray:
        """Natural logarithm of the density at x (..., dim), float64 of shape (...)."""
        raise ValueError(f"this {type(self).__name__} comes without a density")

    def density(self, x) -> np.ndarray:
        """Probability density at x (..., dim), float64 of shape (...)."""
        return np.exp(self.log_density(x))

    def cdf(self, x) -> np.ndarray:
        """Probability of a point at or below x; one dimension only."""
        self._check_line("cdf")
        return self._cdf(self._points(x)[..., 0])

    def quantile(self, u) -> np.ndarray:
        """Smallest x with cdf(x) >= u, same shape as u, NaN outside [0, 1]; one dimension only."""
        self._check_line("quantile")
        u = np.asarray(u, dtype=np.float64)
        inside = (u >= 0) & (u <= 1)
        return np.where(inside, self._quantile(np.where(inside, u, 0.5)), np.nan)[()]

    def _check_line(self, what):
        if self.dim != 1:
            raise ValueError(f"this {type(self).__name__} has dim {self.dim}; {what} wants dim 1")

    def _points(self, x):
        """`x` as float64 of shape (..., dim)."""
        x = np.asarray(x, dtype=np.float64)
        if self.dim == 1 and x.shape[-1:] != (1,):
            return x[..., None]
        if x.shape[-1:] != (self.dim,):
            raise ValueError(f"x has shape {x.shape}; wanted (..., {self.dim})")
        return x


@dataclass(frozen=True)
class Gaussian(Distribution):
    """The normal distribution on the line; `std` is the standard deviation."""

    mean: float = 4.0
    std: float = 0.5
    dim: ClassVar[int] = 1

    def __post_init__(self):
        # Into `vars`, here and below: the instance is frozen already.
        vars(self).update(mean=number("mean", self.mean), std=number("std", self.std))
        if self.std <= 0:
            raise ValueError(f"std is {self.std}; wanted more than 0 (for a point: points(mean))")

    def _draw(self, shape, rng):
        return self.mean + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        z = (self._points(x)[..., 0] - self.mean) / self.std
        return -0.5 * (z**2 + _LOG_2PI) - np.log(self.std)

    def _cdf(self, x):
        return ndtr((x - self.mean) / self.std)

    def _quantile(self, u):
        return self.mean + self.std * ndtri(u)


class Cube(Distribution):
    """Every coordinate uniform between `low` and `high`: what data and latents share."""

    def __post_init__(self):
        low, high = number("low", self.low), number("high", self.high)
        if low >= high:
            raise ValueError(f"low is {low}, high is {high}; wanted low < high")
        vars(self).update(low=low, high=high, dim=whole("dim", self.dim, 1))

    def _draw(self, shape, rng):
        return self._quantile(rng.random(shape, dtype=np.float32).astype(np.float64))

    def log_density(self, x):
        x = self._points(x)
        inside = np.all((x >= self.low) & (x <= self.high), axis=-1)
        return np.where(inside, -self.dim * np.log(self.high - self.low), -np.inf)

    def _cdf(self, x):
        return np.clip((x - self.low) / (self.high - self.low), 0, 1)

    def _quantile(self, u):
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True)
class Uniform(Cube):
    """Independent coordinates, uniform between `low` and `high`."""

    low: float
    high: float
    dim: int = 1


@dataclass(frozen=True)
class Mixture(Distribution):
    """Round Gaussians of one standard deviation `std` at `centers`, all equally likely.

    `centers` has shape (k, dim), or (k,) in one dimension; one that is given twice weighs twice.
    With std = 0 they are points. `modes` has them as a float64 array (k, dim). `ring`, `grid` and
    `points` build the usual mixtures.
    """

    centers: tuple[tuple[float, ...], ...]
    std: float

    def __post_init__(self):
        modes = _rows("centers", self.centers, least=1, dtype=np.float64)
        centers = tuple(map(tuple, modes.tolist()))
        vars(self).update(centers=centers, modes=modes, dim=modes.shape[1])
        vars(self).update(std=number("std", self.std, 0))

    def _draw(self, shape, rng):
        centers = self.modes.astype(np.float32)[rng.integers(len(self.centers), size=shape[:-1])]
        return centers + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        if self.std == 0:
            raise ValueError("a Mixture with std = 0 has no density")
        squared = np.sum((self._points(x)[..., None, :] - self.modes) ** 2, axis=-1)
        # The logarithm of a sum of exponentials, in which nothing underflows far from all modes.
        total = np.logaddexp.reduce(-0.5 * squared / self.std**2, axis=-1)
        return total - np.log(len(self.centers)) - self.dim * (0.5 * _LOG_2PI + np.log(self.std))

    def _cdf(self, x):
        distance = x[..., None] - self.modes[:, 0]
        return np.mean(ndtr(distance / self.std) if self.std else distance >= 0, axis=-1)

    def _quantile(self, u):
        modes = np.sort(self.modes[:, 0])
        if self.std == 0:
            return np.quantile(modes, u, method="inverted_cdf")
        # The quantile lies between those of the leftmost and the rightmost mode: halve 60 times.
        left, right = modes[0] + self.std * ndtri(u), modes[-1] + self.std * ndtri(u)
        for _ in range(60):
            middle = 0.5 * (left + right)
            below = self._cdf(middle) < u
            left, right = np.where(below, middle, left), np.where(below, right, middle)
        return right


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.1) -> Mixture:
    """`modes` Gaussians evenly spaced on a circle around 0, the first at angle 0."""
    # modes angles, not modes + 1: 0 and 2 pi are one point, and a "ring of 8" would have 7 modes.
    angles = 2 * np.pi * np.arange(whole("modes", modes, 1)) / modes
    centers = number("radius", radius, 0) * np.stack([np.cos(angles), np.sin(angles)], -1)
    return Mixture(centers.round(12) + 0.0, std)


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.1) -> Mixture:
    """`side` x `side` Gaussians on a square lattice around 0."""
    line = number("spacing", spacing) * (np.arange(whole("side", side, 1)) - (side - 1) / 2)
    return Mixture([(x, y) for y in line for x in line], std)


def points(*centers, std: float = 0.0) -> Mixture:
    """Gaussians, or with std = 0 points, where you say: points(-1, 1), points((0, 1), (1, 0))."""
    return Mixture(centers, std)


def due_shares(mixture: Mixture) -> tuple[np.ndarray, np.ndarray]:
    """The distinct centers of a mixture (modes, dim), in its order, and the share due to each.

    The shares (modes,) sum to 1; a center that is given twice is one mode with twice the share.
    """
    counts = Counter(mixture.centers)
    return np.array(list(counts)), np.array(list(counts.values())) / len(mixture.centers)


@dataclass(frozen=True)
class Circle(Distribution):
    """A circle around 0, every angle alike, blurred by round Gaussian noise of `std` in the plane.

    With std > 0 the density at distance r from 0 is the Gaussian averaged over all angles:
    exp(-(r - radius)^2 / 2 std^2) I0e(r radius / std^2) / (2 pi std^2), where I0e(x) is the
    modified Bessel function I0(x) exp(-x).
    """

    radius: float = 1.0
    std: float = 0.0
    dim: ClassVar[int] = 2

    def __post_init__(self):
        vars(self).update(radius=number("radius", self.radius, 0), std=number("std", self.std, 0))

    def _draw(self, shape, rng):
        angle = 2 * np.pi * rng.random(shape[:-1])
        circle = self.radius * np.stack([np.cos(angle), np.sin(angle)], -1)
        return circle + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        if self.std == 0:
            raise ValueError("a Circle with std = 0 has no density")
        r, variance = np.linalg.norm(self._points(x), axis=-1), self.std**2
        bessel = np.log(ive(0, r * self.radius / variance))
        return bessel - 0.5 * (r - self.radius) ** 2 / variance - _LOG_2PI - np.log(variance)


class Samples(Distribution):
    """Your own data, (n,) or (n, dim), drawn with replacement; `array` is a float32 copy."""

    def __init__(self, array):
        self.array = _rows("the data", array, least=2, dtype=np.float32)
        self.dim = self.array.shape[1]

    def __repr__(self):
        return f"Samples(array of shape {self.array.shape})"

    def _draw(self, shape, rng):
        return self.array[rng.integers(len(self.array), size=shape[:-1])]

    def _cdf(self, x):
        return np.searchsorted(np.sort(self.array[:, 0]), x, side="right") / len(self.array)

    def _quantile(self, u):
        return np.quantile(self.array[:, 0].astype(np.float64), u, method="inverted_cdf")


def as_distribution(real):
    """`real` itself if it has `sample` and `dim`, else the numbers in it wrapped by `Samples`."""
    if isinstance(real, str | type):
        wanted = "wanted a distribution, such as data.Gaussian(), or an array (n, dim)"
        raise TypeError(f"real is {real!r}; {wanted}")
    return real if hasattr(real, "sample") and hasattr(real, "dim") else Samples(real)


def _rows(name, value, least, dtype):
    """Numbers (n,) or (n, dim) as a read-only copy (n, dim), finite even in float32."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        kind = type(value).__name__
        raise TypeError(f"{name} is a {kind}; wanted numbers, (n,) or (n, dim)") from None
    if array.ndim not in (1, 2) or array.size == 0 or len(array) < least:
        raise ValueError(f"{name} has shape {array.shape}; wanted (n,) or (n, dim), n >= {least}")
    if bad := np.sum(~(np.abs(array) <= np.finfo(np.float32).max)):
        raise ValueError(f"{name} has {bad} values that are NaN or infinite in float32")
    array = array.reshape(len(array), -1).astype(dtype)
    array.flags.writeable = False
    return array
