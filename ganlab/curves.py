"""Targets along curves: a `Curve` of straight pieces, blurred, and the usual ones."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from ganlab.distributions import LOG_2PI, Distribution, number
from ganlab.own import LARGEST, numbers, rows

MOST_TURNS = 1_000
_PIECES = 64  # in a whole turn: they leave the arc by 1 - cos(pi / 64) = 0.12 % of its radius


@dataclass(frozen=True)
class Curve(Distribution):
    """Paths of straight pieces, uniform along their whole length, blurred by Gaussian noise.

    paths  one path or several, each its corners (k, dim) in order, k at least 2, dim at least 2;
           of several a longer one gets more of the points, in proportion to its length
    std    standard deviation of round Gaussian noise in every coordinate; 0 for none

    With std > 0 the density is exact. A piece of length l on a curve of total length L adds
    N(s) (Phi(t / std) - Phi((t - l) / std)) / L at a point whose foot on the piece's line lies t
    from where the piece begins, and which is s away from that line: N is the density of the noise
    across the line, Phi the normal distribution function. `line`, `two_moons` and `spiral` build
    the usual curves, and your own is

        Curve([[(0, 0), (1, 0), (1, 1)]], std=0.05)

    TypeError or ValueError, in one line, for what is no path.
    """

    paths: tuple[tuple[tuple[float, ...], ...], ...]
    std: float = 0.1

    def __post_init__(self):
        try:
            given = list(self.paths)
        except TypeError:
            kind = type(self.paths).__name__
            raise TypeError(f"paths is a {kind}; wanted a list of paths, (k, dim) each") from None
        corners = [rows("each of paths", path, least=2, dtype=np.float64) for path in given]
        dims = sorted({path.shape[1] for path in corners})
        if len(dims) != 1 or dims[0] < 2:
            raise ValueError(f"paths has points of dim {dims}; wanted one dim, at least 2")
        steps = np.concatenate([np.diff(path, axis=0) for path in corners])
        lengths = np.linalg.norm(steps, axis=1)
        if not lengths.all():
            raise ValueError("paths has a corner twice in a row; wanted pieces with a length")
        vars(self).update(
            paths=tuple(tuple(map(tuple, path.tolist())) for path in corners),
            std=number("std", self.std, 0),
            dim=dims[0],
            _starts=np.concatenate([path[:-1] for path in corners]),
            _directions=steps / lengths[:, None],
            _lengths=lengths,
        )

    def __repr__(self):
        corners = sum(map(len, self.paths))
        return f"Curve(paths with {corners} corners, std={self.std})"

    def _draw(self, shape, rng):
        ends = np.cumsum(self._lengths)
        along = ends[-1] * rng.random(shape[:-1])
        piece = np.searchsorted(ends[:-1], along, side="right")
        within = (along - (ends - self._lengths)[piece])[..., None]
        points = self._starts[piece] + within * self._directions[piece]
        return points + self.std * rng.standard_normal(shape, dtype=np.float32)

    def log_density(self, x):
        if self.std == 0:
            raise ValueError("a Curve with std = 0 has no density")
        x = self._points(x)
        total = np.full(x.shape[:-1], -np.inf)
        # One piece after the other keeps the memory at that of the points.
        for start, direction, length in zip(
            self._starts, self._directions, self._lengths, strict=True
        ):
            offset = x - start
            along = offset @ direction
            across = np.sum((offset - along[..., None] * direction) ** 2, axis=-1)
            share = _log_normal_between((along - length) / self.std, along / self.std)
            total = np.logaddexp(total, share - 0.5 * across / self.std**2)
        noise = (self.dim - 1) * (0.5 * LOG_2PI + np.log(self.std))
        return total - noise - np.log(self._lengths.sum())


def _log_normal_between(low, high):
    """Logarithm of the probability that a standard normal lies between `low` and `high`."""
    # Of two far points on the right both probabilities round to 1; on the left they do not.
    low, high = np.where(low > 0, -high, low), np.where(low > 0, -low, high)
    larger = log_ndtr(high)
    return larger + np.log1p(-np.exp(log_ndtr(low) - larger))


def line(start=(-2.0, 0.0), end=(2.0, 0.0), std: float = 0.1) -> Curve:
    """A straight line from `start` to `end`, points (dim,) with dim at least 2, uniform along it
    and blurred by Gaussian noise of `std`. Its density is known: see `Curve`."""
    start, end = (_place(name, place) for name, place in (("start", start), ("end", end)))
    if len(start) != len(end) or (start == end).all():
        told = f"start is {start.tolist()}, end is {end.tolist()}"
        raise ValueError(f"{told}; wanted two different points of one dim")
    return Curve(((start, end),), std)


def _place(name, place):
    place = numbers(name, place, "a point (dim,), dim at least 2")
    if place.ndim != 1 or len(place) < 2 or not np.isfinite(place).all():
        given = place.tolist() if place.size < 9 else place.shape
        raise ValueError(f"{name} is {given}; wanted a finite point (dim,), dim at least 2")
    if np.abs(place).max() > LARGEST:
        raise ValueError(f"{name} is {place.tolist()}; wanted numbers up to {LARGEST:.0e}")
    return place


def _radius(radius):
    if not 1e-9 <= number("radius", radius) <= LARGEST:
        raise ValueError(f"radius is {radius!r}; wanted from 1e-09 to {LARGEST:.0e}")
    return float(radius)


def two_moons(radius: float = 1.0, std: float = 0.1) -> Curve:
    """Two half circles that reach into each other, equally likely, blurred by noise of `std`.

    The upper one is open below, around (-radius / 2, -radius / 4); the lower one is the upper one
    turned about 0. So they are scikit-learn's `make_moons`, moved to lie around 0. Each is 32
    straight pieces, of which the density is known: see `Curve`.
    """
    t = np.pi * np.arange(_PIECES // 2 + 1) / (_PIECES // 2)
    upper = _radius(radius) * np.stack([np.cos(t) - 0.5, np.sin(t) - 0.25], -1)
    return Curve((upper.round(12) + 0.0, -upper.round(12) + 0.0), std)


def spiral(turns: float = 1.5, radius: float = 2.0, std: float = 0.1) -> Curve:
    """A spiral of Archimedes from 0 outwards, uniform along its length, blurred by noise of `std`.

    After an angle of 2 pi t it is `radius` t / `turns` away from 0, up to t = `turns`; it ends at
    distance `radius`. It consists of 64 straight pieces a turn, of which the density is known: see
    `Curve`.
    """
    if not 0 < number("turns", turns, 0) <= MOST_TURNS:
        raise ValueError(f"turns is {turns!r}; wanted a finite number above 0, up to {MOST_TURNS}")
    pieces = max(2, int(np.ceil(_PIECES * turns)))
    t = np.arange(pieces + 1) / pieces
    angle = 2 * np.pi * turns * t
    away = _radius(radius) * t
    corners = np.stack([away * np.cos(angle), away * np.sin(angle)], -1)
    return Curve((corners.round(12) + 0.0,), std)
