"""Target distributions: what the generator has to learn.

Every distribution has `dim` and `sample(n, rng)`, which draws float32 points: an integer `n` gives
shape `(n, dim)`, a tuple `(batches, n)` gives `(batches, n, dim)`. `rng` is a NumPy Generator and
is always required, so the same generator state gives the same points.

Where a density exists, `density(x)` and `log_density(x)` take points of shape `(..., dim)` and
return float64 of shape `(...)`; elsewhere they raise ValueError. One-dimensional distributions also
have `cdf(x)` and `quantile(u)`. In one dimension plain numbers of shape `(...)` will do for `x`; a
last axis of length 1 is always taken as the dimension.

Distributions are frozen: hashable, compared by value, and printed with all that defines them.
"""

import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ive, ndtr, ndtri

_LOG_2PI = float(np.log(2 * np.pi))


def sample_shape(n, dim: int, rng) -> tuple[int, ...]:
    """Check the arguments of `sample` and return the shape to draw, `(n, dim)` or `(*n, dim)`."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is a {type(rng).__name__}; wanted a NumPy Generator: np.random.default_rng(0)"
        )
    sizes = n if isinstance(n, tuple) else (n,)
    if not sizes or not all(isinstance(size, numbers.Integral) and size >= 1 for size in sizes):
        raise ValueError(f"n is {n!r}; wanted a positive integer, or a tuple (batches, n) of them")
    return (*map(int, sizes), dim)


def _number(name: str, value, minimum: float = -np.inf) -> float:
    if not isinstance(value, numbers.Real) or not np.isfinite(value) or value < minimum:
        at_least = "" if minimum == -np.inf else f", at least {minimum}"
        raise ValueError(f"{name} is {value!r}; wanted a finite number{at_least}")
    return float(value)


def _integer(name: str, value, minimum: int = 1) -> int:
    if not isinstance(value, numbers.Integral) or value < minimum:
        raise ValueError(f"{name} is {value!r}; wanted an integer, at least {minimum}")
    return int(value)


def _points(x, dim: int) -> np.ndarray:
    """`x` as float64 of shape (..., dim)."""
    x = np.asarray(x, dtype=np.float64)
    if x.ndim and x.shape[-1] == dim:
        return x
    if dim == 1:
        return x[..., None]
    raise ValueError(f"x has shape {x.shape}; wanted (..., {dim})")


class Distribution:
    """What the distributions below share. To write your own, `dim` and `sample` are enough."""

    dim: int

    def sample(self, n, rng) -> np.ndarray:
        """Draw float32 points of shape (n, dim), or (batches, n, dim) for n = (batches, n)."""
        raise NotImplementedError

    def log_density(self, x) -> np.ndarray:
        """Natural logarithm of the density at x (..., dim), float64 of shape (...)."""
        raise ValueError(f"this {type(self).__name__} has no density")

    def density(self, x) -> np.ndarray:
        """Probability density at x (..., dim), float64 of shape (...)."""
        return np.exp(self.log_density(x))

    def cdf(self, x) -> np.ndarray:
        """Probability of a point at or below x; one dimension only."""
        self._check_line("cdf")
        return self._cdf(_points(x, 1)[..., 0])

    def quantile(self, u) -> np.ndarray:
        """Smallest x with cdf(x) >= u, same shape as u, NaN outside [0, 1]; one dimension only."""
        self._check_line("quantile")
        u = np.asarray(u, dtype=np.float64)
        inside = (u >= 0) & (u <= 1)
        return np.where(inside, self._quantile(np.where(inside, u, 0.5)), np.nan)[()]

    def _check_line(self, what: str) -> None:
        if self.dim != 1:
            raise ValueError(f"this {type(self).__name__} has dim {self.dim}; {what} wants dim 1")


@dataclass(frozen=True)
class Gaussian(Distribution):
    """The normal distribution on the line; `std` is the standard deviation."""

    mean: float = 4.0
    std: float = 0.5
    dim: ClassVar[int] = 1

    def __post_init__(self):
        object.__setattr__(self, "mean", _number("mean", self.mean))
        object.__setattr__(self, "std", _number("std", self.std))
        if self.std <= 0:
            raise ValueError(f"std is {self.std}; wanted more than 0 (for a point: points(mean))")

    def sample(self, n, rng):
        shape = sample_shape(n, self.dim, rng)
        return self.mean + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        z = (_points(x, 1)[..., 0] - self.mean) / self.std
        return -0.5 * (z**2 + _LOG_2PI) - np.log(self.std)

    def _cdf(self, x):
        return ndtr((x - self.mean) / self.std)

    def _quantile(self, u):
        return self.mean + self.std * ndtri(u)


@dataclass(frozen=True)
class Uniform(Distribution):
    """Uniform between `low` and `high`: numbers in one dimension, or a box given by two tuples."""

    low: float | tuple[float, ...]
    high: float | tuple[float, ...]

    def __post_init__(self):
        for name in ("low", "high"):
            value = getattr(self, name)
            if isinstance(value, (Sequence, np.ndarray)) and np.ndim(value) == 1 and len(value):
                value = tuple(_number(name, v) for v in value)
            else:
                value = _number(name, value)
            object.__setattr__(self, name, value)
        if np.shape(self.low) != np.shape(self.high) or not np.all(self._low < self._high):
            raise ValueError(
                f"low is {self.low}, high is {self.high}; wanted low < high, of one length"
            )

    @property
    def dim(self) -> int:
        return len(self._low)

    @property
    def _low(self):
        return np.atleast_1d(self.low)

    @property
    def _high(self):
        return np.atleast_1d(self.high)

    def sample(self, n, rng):
        shape = sample_shape(n, self.dim, rng)
        u = rng.random(shape, dtype=np.float32)
        return (self._low + (self._high - self._low) * u).astype(np.float32)

    def log_density(self, x):
        x = _points(x, self.dim)
        inside = np.all((x >= self._low) & (x <= self._high), axis=-1)
        return np.where(inside, -np.sum(np.log(self._high - self._low)), -np.inf)

    def _cdf(self, x):
        return np.clip((x - self._low[0]) / (self._high[0] - self._low[0]), 0, 1)

    def _quantile(self, u):
        return self._low[0] * (1 - u) + self._high[0] * u


@dataclass(frozen=True)
class Mixture(Distribution):
    """Round Gaussians of one standard deviation `std` at `centers`; with std = 0, points.

    `centers` has shape (k, dim), or (k,) in one dimension; `weights` (k,) are made to sum to 1,
    and None gives every mode the same. `ring`, `grid` and `points` build the usual ones.
    """

    centers: tuple[tuple[float, ...], ...]
    std: float
    weights: tuple[float, ...] | None = None

    def __post_init__(self):
        centers = _numeric_array("centers", self.centers)
        centers = centers[:, None] if centers.ndim == 1 else centers
        if centers.ndim != 2 or centers.size == 0 or not np.isfinite(centers).all():
            raise ValueError(
                f"centers has shape {centers.shape}; wanted finite numbers, (k, dim) or (k,)"
            )
        object.__setattr__(self, "centers", tuple(map(tuple, centers.tolist())))
        object.__setattr__(self, "std", _number("std", self.std, minimum=0))
        if self.weights is not None:
            weights = tuple(_number("a weight", w, minimum=0) for w in self.weights)
            if len(weights) != len(centers) or sum(weights) == 0:
                raise ValueError(f"weights is {weights}; wanted {len(centers)}, not all zero")
            object.__setattr__(self, "weights", tuple(w / sum(weights) for w in weights))

    @property
    def dim(self) -> int:
        return len(self.centers[0])

    @property
    def modes(self) -> np.ndarray:
        """The centers as a float64 array (k, dim)."""
        return np.array(self.centers)

    @property
    def _weights(self):
        k = len(self.centers)
        return np.full(k, 1 / k) if self.weights is None else np.array(self.weights)

    def sample(self, n, rng):
        shape = sample_shape(n, self.dim, rng)
        if self.weights is None:
            mode = rng.integers(len(self.centers), size=shape[:-1])
        else:
            mode = rng.choice(len(self.centers), p=self._weights, size=shape[:-1])
        centers = self.modes.astype(np.float32)[mode]
        if self.std == 0:
            return centers
        return centers + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        if self.std == 0:
            raise ValueError("a Mixture with std = 0 has no density")
        x = _points(x, self.dim)
        squared = np.sum((x[..., None, :] - self.modes) ** 2, axis=-1)
        # The nearest mode is taken out of the sum, so nothing underflows far from all of them.
        nearest = squared.min(axis=-1)
        others = np.exp(-0.5 * (squared - nearest[..., None]) / self.std**2)
        scale = self.dim * (0.5 * _LOG_2PI + np.log(self.std))
        return np.log(others @ self._weights) - 0.5 * nearest / self.std**2 - scale

    def _cdf(self, x):
        distance = x[..., None] - self.modes[:, 0]
        below = distance >= 0 if self.std == 0 else ndtr(distance / self.std)
        return below @ self._weights

    def _quantile(self, u):
        modes = self.modes[:, 0]
        if self.std == 0:
            order = np.argsort(modes)
            index = np.searchsorted(np.cumsum(self._weights[order]), u)
            return modes[order][np.minimum(index, len(modes) - 1)]
        # The quantile lies between those of the leftmost and the rightmost mode: halve 60 times.
        left, right = modes.min() + self.std * ndtri(u), modes.max() + self.std * ndtri(u)
        for _ in range(60):
            middle = 0.5 * (left + right)
            below = self._cdf(middle) < u
            left, right = np.where(below, middle, left), np.where(below, right, middle)
        return right


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.1) -> Mixture:
    """`modes` Gaussians evenly spaced on a circle around 0, the first at angle 0."""
    # modes angles, not modes + 1: 0 and 2 pi are one point, and a "ring of 8" would have 7 modes.
    angles = 2 * np.pi * np.arange(_integer("modes", modes)) / modes
    centers = _number("radius", radius, minimum=0) * np.stack([np.cos(angles), np.sin(angles)], -1)
    return Mixture(centers.round(12) + 0.0, std)


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.1) -> Mixture:
    """`side` x `side` Gaussians on a square lattice around 0."""
    line = _number("spacing", spacing) * (np.arange(_integer("side", side)) - (side - 1) / 2)
    return Mixture([(x, y) for y in line for x in line], std)


def points(*centers, std: float = 0.0) -> Mixture:
    """Gaussians, or with std = 0 points, where you say: points(-1, 1), points((0, 1), (1, 0))."""
    return Mixture(centers, std)


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
        object.__setattr__(self, "radius", _number("radius", self.radius, minimum=0))
        object.__setattr__(self, "std", _number("std", self.std, minimum=0))

    def sample(self, n, rng):
        shape = sample_shape(n, self.dim, rng)
        angle = 2 * np.pi * rng.random(shape[:-1])
        circle = (self.radius * np.stack([np.cos(angle), np.sin(angle)], -1)).astype(np.float32)
        if self.std == 0:
            return circle
        return circle + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        if self.std == 0:
            raise ValueError("a Circle with std = 0 has no density")
        r, variance = np.linalg.norm(_points(x, 2), axis=-1), self.std**2
        bessel = np.log(ive(0, r * self.radius / variance))
        return bessel - 0.5 * (r - self.radius) ** 2 / variance - _LOG_2PI - np.log(variance)


@dataclass(frozen=True, eq=False, repr=False)
class Samples(Distribution):
    """Your own data, (n,) or (n, dim), drawn with replacement; kept as a float32 copy."""

    array: np.ndarray

    def __post_init__(self):
        array = _numeric_array("the data", self.array)
        if array.ndim not in (1, 2) or array.shape[0] < 2 or array.size == 0:
            raise ValueError(
                f"the data has shape {array.shape}; wanted (n,) or (n, dim), two points or more"
            )
        with np.errstate(over="ignore"):
            array = array.reshape(len(array), -1).astype(np.float32)
        bad = int(np.sum(~np.isfinite(array)))
        if bad:
            raise ValueError(f"the data has {bad} values that are NaN or infinite in float32")
        array.flags.writeable = False
        object.__setattr__(self, "array", array)

    @property
    def dim(self) -> int:
        return self.array.shape[1]

    def __eq__(self, other):
        return isinstance(other, Samples) and np.array_equal(self.array, other.array)

    def __hash__(self):
        return hash((self.array.shape, self.array.tobytes()))

    def __repr__(self):
        return f"Samples(array of shape {self.array.shape})"

    def sample(self, n, rng):
        shape = sample_shape(n, self.dim, rng)
        return self.array[rng.integers(len(self.array), size=shape[:-1])]

    def _cdf(self, x):
        ordered = np.sort(self.array[:, 0])
        return np.searchsorted(ordered, x, side="right") / len(ordered)

    def _quantile(self, u):
        ordered = np.sort(self.array[:, 0]).astype(np.float64)
        return np.quantile(ordered, u, method="inverted_cdf")


def as_distribution(real):
    """`real` itself if it has `sample` and `dim`, else the numbers in it wrapped by `Samples`."""
    if isinstance(real, type):
        raise TypeError(f"real is the class {real.__name__}; wanted {real.__name__}(...)")
    if hasattr(real, "sample") and hasattr(real, "dim"):
        return real
    try:
        return Samples(real)
    except TypeError:
        kind = type(real).__name__
        wanted = "wanted a distribution of ganlab.data or an array (n, dim) of numbers"
        raise TypeError(f"real is a {kind}; {wanted}") from None


def _numeric_array(name: str, value) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} is not an array of numbers; wanted shape (n, dim)")
    return array.astype(np.float64)
