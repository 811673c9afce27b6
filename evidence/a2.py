"""Converging to the data set X, or to the set A that X was drawn from?

Tabular players on a finite set, where seeds differ in the data's frequencies and in the start;
and networks on four finite samples of a circle, which all seeds share; see a2e.py.
"""

from functools import lru_cache

import keras
import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import softmax

from ganlab.data import Circle
from ganlab.evidence import Protocol, Setting
from ganlab.games import alternating, best_response, extragradient, finite_game, play, simultaneous
from ganlab.latent import Gaussian
from ganlab.metrics import wasserstein
from ganlab.networks import mlp
from ganlab.training import train

PLACES, DRAWN, STEP, ROUNDS = 60, 30, 4.0, 20_000
METHODS = {
    "D at its best": best_response,
    "turns": alternating("dg"),
    "at once": simultaneous,
    "extragradient": extragradient,
}
CIRCLE = Circle(1.0)


@lru_cache(maxsize=16)
def tabular(name, seeds):
    """(frequencies of the data, of G at the end), (seeds, places) each.

    Of 60 places, data are 30 draws with replacement, so that about 36 places have none.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    drawn = [np.bincount(rng.integers(PLACES, size=DRAWN), minlength=PLACES) for rng in rngs]
    p = np.array(drawn) / DRAWN
    g, d, q = np.array([rng.normal(size=PLACES) for rng in rngs]), np.zeros(p.shape), []
    for record in range(100):
        states = play(finite_game(p), g, d, METHODS[name], step=STEP, steps=ROUNDS // 100)
        g, d = (player[-1] for player in states)
        q += [softmax(g, axis=-1)] * (record >= 90)
    return p, np.stack(q, axis=1)  # (seeds, places), (seeds, records of the last tenth, places)


def off_the_data(name):
    def arm(seeds):
        p, q = tabular(name, tuple(seeds))
        return np.sum(q * (p == 0)[:, None], axis=-1).mean(axis=-1)

    return arm


def distance(name):
    def arm(seeds):
        p, q = tabular(name, tuple(seeds))
        return 0.5 * np.abs(q - p[:, None]).sum(axis=-1).mean(axis=-1)

    return arm


@lru_cache(maxsize=4)
def networks(points, seeds):
    """(shares of new places, W1 to the circle of G and of the data): (seeds,) each.

    Each of four samples of the circle serves a quarter of the seeds.
    """
    new, of_g, of_x = (np.full(len(seeds), np.nan) for _ in range(3))
    for group in range(4):
        rng = np.random.default_rng([points, group])
        data, chosen = CIRCLE.sample(points, rng), [s for s in seeds if s % 4 == group]
        run = train(
            mlp((2, 64, 64, 2)),
            mlp((2, 64, 64, 1)),
            data,
            Gaussian(2),
            steps=5000,
            seeds=chosen,
            batch_size=64,
            d_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
            g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
            records=20,
        )
        fresh, again = CIRCLE.sample(500, rng), data[rng.integers(points, size=500)]
        last = run.samples[-2:]  # (2, seeds, 500, 2)
        on_circle = np.abs(np.linalg.norm(last, axis=-1) - 1) < 0.1
        nearest = np.array([[cdist(x, data).min(axis=1) for x in row] for row in last])
        places = [i for i, s in enumerate(seeds) if s % 4 == group]
        new[places] = np.mean(on_circle & (nearest > 0.1), axis=-1).mean(axis=0)
        of_g[places] = wasserstein(last, fresh).mean(axis=0)
        of_x[places] = wasserstein(again, fresh)
    return new, of_g, of_x


def outcome(points, which):
    def arm(seeds):
        return networks(points, tuple(seeds))[which]

    return arm


SIZES = {"16 points": 16, "64 points": 64}

PROTOCOLS = (
    Protocol(
        id="A2a",
        source="deletang2018",
        claim="With tabular models on a finite set the generator converges to the data's own "
        "frequencies.",
        measured="60 places, 30 data points drawn among them, minimax game, step 4, 20,000 rounds: "
        "total variation between G and the data over the last tenth, against 0.05. Players move in "
        "four ways.",
        notebook="01",
        metric="total variation",
        direction=-1,
        reference=0.05,
        worst=1.0,
        settings={name: Setting({"tables": distance(name)}) for name in METHODS},
    ),
    Protocol(
        id="A2b",
        source="deletang2018",
        claim="With tabular models the generator only ever outputs data points.",
        measured="The same games: the share of G that lies off the data, against 0.05.",
        notebook="01",
        metric="share off the data",
        direction=-1,
        reference=0.05,
        worst=1.0,
        settings={name: Setting({"tables": off_the_data(name)}) for name in METHODS},
    ),
    Protocol(
        id="A2c",
        source="deletang2018",
        claim="Networks generalise: they also output what is not in the data.",
        measured="A small GAN on a finite sample of a circle of radius 1, 5,000 steps: share of "
        "its samples within 0.1 of the circle and further than 0.1 from every data point, against "
        "0.05 (tables: 0; evenly over the circle: about 0.6 with 16 points, 0.1 with 64).",
        notebook="01",
        metric="share of samples",
        reference=0.05,
        worst=0.0,
        settings={
            name: Setting({"networks": outcome(points, 0)}) for name, points in SIZES.items()
        },
    ),
    Protocol(
        id="A2d",
        source="deletang2018",
        claim="Networks sample from the set that the data were drawn from, not from the data.",
        measured="W1 between 500 points of the circle and 500 samples of the GANs of A2c, minus "
        "W1 between the same points and 500 draws from the data: negative if G is nearer to the "
        "circle than its own data are.",
        notebook="01",
        metric="difference of W1",
        direction=-1,
        worst=10.0,
        settings={
            name: Setting({"networks": outcome(points, 1), "the data": outcome(points, 2)})
            for name, points in SIZES.items()
        },
    ),
)
