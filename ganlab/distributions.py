"""What every target and latent shares: the class `Distribution`, and a check of its numbers.

To write a distribution of your own, start from `Distribution`; those there are stand in
`ganlab.data` and `ganlab.latent`.
"""

import math
from numbers import Real

import numpy as np

from ganlab.arguments import fits_memory, in_short, whole
from ganlab.own import numbers

LOG_2PI = float(np.log(2 * np.pi))


def number(name: str, value, least: float = -np.inf) -> float:
    """`value` as a finite float of at least `least`."""
    if not _finite(value) or value < least:
        at_least = f", at least {least}" if np.isfinite(least) else ""
        raise ValueError(f"{name} is {in_short(value)}; wanted a finite number{at_least}")
    return float(value)


def _finite(value):
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return np.isfinite(float(value))
    except OverflowError:  # a whole number of three hundred digits
        return False


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
        if not shape:
            raise ValueError("n is (): wanted how many, or (batches, n)")
        fits_memory("n", math.prod(shape), 24 * self.dim)  # in float64, with what it is made of
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
        x = self._points(x)[..., 0]
        return np.where(np.isnan(x), np.nan, self._cdf(x))[()]

    def quantile(self, u) -> np.ndarray:
        """Smallest x with cdf(x) >= u, same shape as u, NaN outside [0, 1]; one dimension only."""
        self._check_line("quantile")
        u = numbers("u", u, "shares from 0 to 1")
        if u.size == 0:
            return u
        inside = (u >= 0) & (u <= 1)
        return np.where(inside, self._quantile(np.where(inside, u, 0.5)), np.nan)[()]

    def _check_line(self, what):
        if self.dim != 1:
            raise ValueError(f"this {type(self).__name__} has dim {self.dim}; {what} wants dim 1")
        if not hasattr(self, f"_{what}"):
            raise ValueError(f"this {type(self).__name__} comes without a {what}")

    @staticmethod
    def _quantile_of(points, u):
        """The smallest of `points` (n,) with at least the share u of them at or below it.

        NumPy's "inverted_cdf" multiplies u by n, and where the product is rounded up takes the
        next.
        """
        n = len(points)
        return np.sort(points)[np.minimum(np.searchsorted(np.arange(1, n + 1) / n, u), n - 1)]

    def _points(self, x):
        """`x` as float64 of shape (..., dim)."""
        x = numbers("x", x, f"points (..., {self.dim})")
        if self.dim == 1 and x.shape[-1:] != (1,):
            return x[..., None]
        if x.shape[-1:] != (self.dim,):
            raise ValueError(f"x has shape {x.shape}; wanted (..., {self.dim})")
        return x
