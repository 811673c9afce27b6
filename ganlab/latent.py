"""What the generator is fed: `sample(n, rng)` draws z as float32, as in `ganlab.data`.

An integer `n` gives shape `(n, dim)`, a tuple `(batches, n)` gives `(batches, n, dim)`; `rng` is a
NumPy Generator and is always required. One-dimensional latents have `quantile(u)`, so a generator
of one variable can be followed exactly: G(quantile(u)) for u from 0 to 1 is all it can produce.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

from ganlab.data import _integer, _number, sample_shape


def _check_range(latent) -> None:
    for name in ("low", "high"):
        object.__setattr__(latent, name, _number(name, getattr(latent, name)))
    if latent.low >= latent.high:
        raise ValueError(f"low is {latent.low}, high is {latent.high}; wanted low < high")


def _check_dim(latent) -> None:
    object.__setattr__(latent, "dim", _integer("dim", latent.dim))


def _check_quantile(latent, u) -> np.ndarray:
    if latent.dim > 1:
        raise ValueError(f"{latent} has no quantile; wanted dim=1")
    u = np.asarray(u, dtype=np.float64)
    return np.where((u >= 0) & (u <= 1), u, np.nan)


@dataclass(frozen=True)
class Gaussian:
    """Independent standard normal coordinates."""

    dim: int = 1

    def __post_init__(self):
        _check_dim(self)

    def sample(self, n, rng) -> np.ndarray:
        """Draw float32 z of shape (n, dim), or (batches, n, dim) for n = (batches, n)."""
        shape = sample_shape(n, self.dim, rng)
        return rng.standard_normal(shape, dtype=np.float32)

    def quantile(self, u) -> np.ndarray:
        """z below which a share u of the latent lies (dim 1); minus infinity at u = 0."""
        return ndtri(_check_quantile(self, u))


@dataclass(frozen=True)
class Uniform:
    """Independent coordinates, uniform between `low` and `high`."""

    dim: int = 1
    low: float = -1.0
    high: float = 1.0

    def __post_init__(self):
        _check_dim(self)
        _check_range(self)

    def sample(self, n, rng) -> np.ndarray:
        """Draw float32 z of shape (n, dim), or (batches, n, dim) for n = (batches, n)."""
        shape = sample_shape(n, self.dim, rng)
        return self.low + (self.high - self.low) * rng.random(shape, dtype=np.float32)

    def quantile(self, u) -> np.ndarray:
        """z below which a share u of the latent lies (dim 1)."""
        return self.low + (self.high - self.low) * _check_quantile(self, u)


@dataclass(frozen=True)
class Stratified:
    """Points spread evenly over [low, high], each batch in increasing order; one dimension.

    With a number as `jitter` this is the recipe of the 2016 code of aylien2016 and perspective2016,
    `linspace(low, high, n) + jitter * U(0, 1)`: n fixed slots, each moved by at most `jitter`, so a
    generator trained on small batches never sees the z between the slots. `jitter=None` is the
    textbook stratified sample: one point anywhere in each of n equal strata, so that all of
    [low, high] is seen in time.

    `aligned=True` changes nothing here. It asks the trainer to sort each real batch too, as the
    2016 code did, so that the i-th smallest z meets the i-th smallest real point.
    """

    low: float = -8.0
    high: float = 8.0
    jitter: float | None = 0.01
    aligned: bool = False
    dim: ClassVar[int] = 1

    def __post_init__(self):
        _check_range(self)
        if self.jitter is not None:
            object.__setattr__(self, "jitter", _number("jitter", self.jitter, minimum=0))

    def sample(self, n, rng) -> np.ndarray:
        """Draw float32 z of shape (n, 1), or (batches, n, 1) for n = (batches, n)."""
        shape = sample_shape(n, self.dim, rng)
        n, u = shape[-2], rng.random(shape)
        if self.jitter is None:
            z = self.low + (self.high - self.low) * (np.arange(n)[:, None] + u) / n
        else:
            z = np.linspace(self.low, self.high, n)[:, None] + self.jitter * u
        return z.astype(np.float32)

    def quantile(self, u) -> np.ndarray:
        """z below which a share u of the latent lies, in the limit of large n: uniform."""
        return self.low + (self.high - self.low) * _check_quantile(self, u)
