"""GANs on finite samples of a circle: do they learn the sample, or the circle it was drawn from?"""

from typing import NamedTuple

import numpy as np

from ganlab.backend import keras
from ganlab.data import Circle
from ganlab.latent import Gaussian
from ganlab.networks import mlp
from ganlab.training import train

CIRCLE = Circle(1.0)


class Sampled(NamedTuple):
    """What is left of a run on a sample of the circle, seed by seed."""

    samples: np.ndarray  # of G at the last two records, (2, seeds, 500, 2)
    data: np.ndarray  # (seeds, points, 2)
    again: np.ndarray  # 500 draws from the data, (seeds, 500, 2)
    fresh: np.ndarray  # 500 points of the circle, (seeds, 500, 2)


def train_on_sample(seeds, *, points):
    """5,000 steps on `points` points of the circle, other points for each seed."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng([points, seed])
        data = CIRCLE.sample(points, rng)
        run = train(
            mlp((2, 64, 64, 2)),
            mlp((2, 64, 64, 1)),
            data,
            Gaussian(2),
            steps=5000,
            seeds=[seed],
            batch_size=64,
            d_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
            g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
            records=20,
        )
        fresh, again = CIRCLE.sample(500, rng), data[rng.integers(points, size=500)]
        found.append((run.samples[-2:, 0], data, again, fresh))
    last, *rest = (np.stack(parts) for parts in zip(*found, strict=True))
    return Sampled(np.swapaxes(last, 0, 1), *rest)
