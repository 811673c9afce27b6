"""GANs on finite samples of a circle: do they learn the sample, or the circle it was drawn from?"""

from typing import NamedTuple

import keras
import numpy as np

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


def train_on_sample(seeds, *, points, shared=None):
    """5,000 steps on `points` points of the circle.

    shared  how many samples of the circle serve all the seeds; None: each seed has its own
    """
    keys = [seed if shared is None else seed % shared for seed in seeds]
    found = [None] * len(seeds)
    for key in dict.fromkeys(keys):
        places = [i for i, k in enumerate(keys) if k == key]
        rng = np.random.default_rng([points, key])
        data = CIRCLE.sample(points, rng)
        run = train(
            mlp((2, 64, 64, 2)),
            mlp((2, 64, 64, 1)),
            data,
            Gaussian(2),
            steps=5000,
            seeds=[seeds[i] for i in places],
            batch_size=64,
            d_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
            g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
            records=20,
        )
        fresh, again = CIRCLE.sample(500, rng), data[rng.integers(points, size=500)]
        for member, i in enumerate(places):
            found[i] = run.samples[-2:, member], data, again, fresh
    last, *rest = (np.stack(parts) for parts in zip(*found, strict=True))
    return Sampled(np.swapaxes(last, 0, 1), *rest)
