"""Target distributions: what the generator has to learn.

Every distribution has `dim` and `sample(n, rng)`; where they are known, `density(x)` and
`log_density(x)`; in one dimension also `cdf(x)` and `quantile(u)`. Points x have shape (..., dim).
In one dimension plain numbers of shape (...) will do; a last axis of length 1 is always taken as
the dimension. `rng`, a NumPy Generator, is always required: the same state gives the same points.

    bells      Gaussian, Mixture: ring, unequal_ring, grid, points; GaussianMixture
    curves     Circle, Curve: line, two_moons, spiral
    the rest   Uniform; Samples, which your own array becomes wherever a distribution is wanted

Distributions are frozen, and all but `Samples` are compared by value. They are printed in full, but
for `Samples` and `Curve`, which hold many numbers.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ive, ndtr, ndtri

from ganlab.arguments import whole
from ganlab.curves import Curve, line, spiral, two_moons
from ganlab.distributions import LOG_2PI, Distribution, number
from ganlab.mixtures import (
    GaussianMixture,
    Mixture,
    due_shares,
    grid,
    points,
    ring,
    unequal_ring,
)
from ganlab.own import as_float32, probe, rows, say, scale_note

__all__ = [
    "Circle",
    "Cube",
    "Curve",
    "Distribution",
    "Gaussian",
    "GaussianMixture",
    "Mixture",
    "Samples",
    "Uniform",
    "as_distribution",
    "as_target",
    "due_shares",
    "grid",
    "line",
    "number",
    "points",
    "ring",
    "spiral",
    "two_moons",
    "unequal_ring",
]


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
        return -0.5 * (z**2 + LOG_2PI) - np.log(self.std)

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
        known = np.where(inside, -self.dim * np.log(self.high - self.low), -np.inf)
        return np.where(np.isnan(x).any(axis=-1), np.nan, known)[()]

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
        known = bessel - 0.5 * (r - self.radius) ** 2 / variance - LOG_2PI - np.log(variance)
        # Where squares overflow float64 both parts do, and their difference is no number.
        return np.where(np.isnan(r), np.nan, np.where(np.isnan(known), -np.inf, known))[()]


class Samples(Distribution):
    """Your own data, (n,) or (n, dim), drawn with replacement; `array` is a float32 copy.

    Arrays, lists, tables with columns: numbers, whole ones and booleans too. TypeError or
    ValueError, in one line with the columns, for what is masked, missing, infinite, complex or a
    date; for numbers above 1e9; and for such as float32 cannot tell apart, time stamps say.
    """

    def __init__(self, array):
        self.array = rows("the data", array, least=2, dtype=np.float32)
        self.dim = self.array.shape[1]
        self._note = scale_note(self.array, array)

    def __repr__(self):
        return f"Samples(array of shape {self.array.shape})"

    def _draw(self, shape, rng):
        return self.array[rng.integers(len(self.array), size=shape[:-1])]

    def _cdf(self, x):
        x = as_float32(x)  # as the points were, or one might lie above itself
        return np.searchsorted(np.sort(self.array[:, 0]), x, side="right") / len(self.array)

    def _quantile(self, u):
        return self._quantile_of(self.array[:, 0].astype(np.float64), u)


def draws(given):
    """Whether something has `sample` and `dim`; a table with a column called dim is an array."""
    return hasattr(given, "sample") and hasattr(given, "dim") and not hasattr(given, "__array__")


def as_target(given, name="target"):
    """`given` itself if it has `sample` and `dim`, else the numbers in it wrapped by `Samples`."""
    if isinstance(given, str | type):
        wanted = "wanted a distribution, such as data.Gaussian(), or an array (n, dim)"
        raise TypeError(f"{name} is {given!r}; {wanted}")
    if draws(given):
        return given
    if callable(getattr(given, "sample", None)) and not hasattr(given, "__array__"):
        kind = type(given).__name__
        raise TypeError(f"{name} is a {kind} with `sample` and without `dim`; wanted both")
    return Samples(given)


def as_distribution(real, name="real"):
    """`as_target`, to be trained on: an own distribution is tried, an own array's scale is told.

    The scale once for each array, as a warning, where mean or standard deviation of a column make
    training hard.
    """
    real = as_target(real, name)
    if not isinstance(real, Samples):
        probe(name, real)
    elif real._note:
        say(real._note)
    return real
