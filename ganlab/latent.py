"""What the generator is fed: `sample(n, rng)` draws z as float32, as in `ganlab.data`.

Latents of one variable have `quantile(u)`, so that a generator can be followed exactly:
G(quantile(u)) for u from 0 to 1 is all it can produce.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtr, ndtri

from ganlab.arguments import whole
from ganlab.data import Cube, Distribution, number


@dataclass(frozen=True)
class Gaussian(Distribution):
    """Independent standard normal coordinates; `quantile` is infinite at u = 0 and 1."""

    dim: int = 1

    def __post_init__(self):
        vars(self).update(dim=whole("dim", self.dim, 1))

    def _draw(self, shape, rng):
        return rng.standard_normal(shape, dtype=np.float32)

    def _cdf(self, x):
        return ndtr(x)

    def _quantile(self, u):
        return ndtri(u)


@dataclass(frozen=True)
class Uniform(Cube):
    """Independent coordinates, uniform between `low` and `high`."""

    dim: int = 1
    low: float = -1.0
    high: float = 1.0


@dataclass(frozen=True)
class Stratified(Cube):
    """Points spread evenly over [low, high], each batch in increasing order; one dimension.

    With a number as `jitter` this is the recipe of the 2016 code of aylien2016 and perspective2016,
    `linspace(low, high, n) + jitter * U(0, 1)`: n fixed slots, each moved by at most `jitter`, so a
    generator trained on small batches never sees the z between the slots. `jitter=None` is the
    textbook stratified sample: one point anywhere in each of n equal strata, so that all of
    [low, high] is seen in time. `quantile` is that of large n: uniform.

    `noise` is the standard deviation of Gaussian noise on every point, which highdim2018 added;
    `quantile` leaves it out.

    `aligned=True` changes nothing here. It asks the trainer to sort each real batch too, as the
    2016 code did, so that the i-th smallest z meets the i-th smallest real point.
    """

    low: float = -8.0
    high: float = 8.0
    jitter: float | None = 0.01
    aligned: bool = False
    noise: float = 0.0
    dim: ClassVar[int] = 1

    def __post_init__(self):
        super().__post_init__()
        if self.jitter is not None:
            vars(self).update(jitter=number("jitter", self.jitter, 0))
        vars(self).update(noise=number("noise", self.noise, 0))

    def _draw(self, shape, rng):
        n, u = shape[-2], rng.random(shape)
        if self.jitter is None:
            z = self.low + (self.high - self.low) * (np.arange(n)[:, None] + u) / n
        else:
            z = np.linspace(self.low, self.high, n)[:, None] + self.jitter * u
        return z + self.noise * rng.standard_normal(shape) if self.noise else z
