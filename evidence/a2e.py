"""A2c and A2d again, each seed with a sample of the circle of its own.

There, four samples served all seeds, and the fresh seeds too, so their intervals are too narrow:
runs on one sample are alike. Here nothing is shared.
"""

from functools import lru_cache

import keras
import numpy as np
from a2 import CIRCLE
from scipy.spatial.distance import cdist

from ganlab.evidence import Protocol, Setting
from ganlab.latent import Gaussian
from ganlab.metrics import wasserstein
from ganlab.networks import mlp
from ganlab.training import train


@lru_cache(maxsize=4)
def networks(points, seeds):
    """(share of new places, W1 to the circle of G and of the data): (seeds,) each."""
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
        last = run.samples[-2:, 0]  # (2, 500, 2)
        on_circle = np.abs(np.linalg.norm(last, axis=-1) - 1) < 0.1
        nearest = np.array([cdist(x, data).min(axis=1) for x in last])
        share = np.mean(on_circle & (nearest > 0.1))
        found.append((share, wasserstein(last, fresh).mean(), wasserstein(again, fresh)))
    return np.transpose(found)


def outcome(points, which):
    def arm(seeds):
        return networks(points, tuple(seeds))[which]

    return arm


SIZES = {"16 points": 16, "64 points": 64}  # ours: the post names no size

PROTOCOLS = (
    Protocol(
        id="A2e",
        source="deletang2018",
        claim="Networks generalise: they also output what is not in the data.",
        measured="A small GAN (G 2-64-64-2, D 2-64-64-1; sizes are ours) on a finite sample of a "
        "circle of radius 1, another one for each seed, after 5,000 steps: share of its samples "
        "within 0.1 of the circle and further than 0.1 from every data point, against 0.05.",
        notebook="01",
        metric="share of samples",
        reference=0.05,
        worst=0.0,
        settings={
            name: Setting({"networks": outcome(points, 0)}) for name, points in SIZES.items()
        },
    ),
)
