"""Do D's scores begin near 1 and 0 and end near 1/2, its accuracy near 50 %?"""

from functools import lru_cache

import keras
import numpy as np
from aylien2016 import at_the_end, train_2017

from ganlab.data import ring
from ganlab.evidence import Protocol, Setting
from ganlab.latent import Gaussian
from ganlab.networks import mlp
from ganlab.training import train


def leaky():
    return keras.layers.LeakyReLU(negative_slope=0.2)


@lru_cache(maxsize=2)
def train_module(seeds):
    """The module's demo. Its data are not named: here a ring of 8 scaled into [-1, 1]."""
    discriminator = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(32),
            leaky(),
            keras.layers.Dense(16),
            leaky(),
            keras.layers.Dense(1),
        ]
    )
    return train(
        mlp((10, 64, 32, 2), "relu", "tanh"),
        discriminator,
        ring(8, radius=0.8, std=0.04),
        Gaussian(10),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        d_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        records=100,
    )


def largest_early_gap(training):
    """Real minus fake score, the largest over the first half of the records."""

    def arm(seeds):
        run = training(tuple(seeds))
        return np.max((run.real_score - run.fake_score)[: len(run.steps) // 2], axis=0)

    return arm


def score_off_half(training):
    def arm(seeds):
        run = training(tuple(seeds))
        scores = at_the_end(run.real_score), at_the_end(run.fake_score)
        return np.max([np.abs(score - 0.5) for score in scores], axis=0)

    return arm


def accuracy_off_half(training):
    def arm(seeds):
        return np.abs(at_the_end(training(tuple(seeds)).accuracy) - 0.5)

    return arm


TRAIN = {"module's demo": train_module, "aylien2016, 2017 code": train_2017}


def settings(name, outcome):
    return {setting: Setting({name: outcome(training)}) for setting, training in TRAIN.items()}


PROTOCOLS = (
    Protocol(
        id="A5a",
        source="module",
        claim="Training starts with D near 1 on real and near 0 on fake samples.",
        measured="Mean score on real minus mean score on fake samples, the largest over the first "
        "half of the records (untrained, D gives about 1/2 to both), against 1/2.",
        notebook="03",
        metric="difference of scores",
        reference=0.5,
        worst=0.0,
        settings=settings("early", largest_early_gap),
    ),
    Protocol(
        id="A5b",
        source="module",
        claim="Training ends with D's scores near 1/2 on both.",
        measured="The larger distance from 1/2 of the mean score on real and on fake samples at "
        "the end, against 0.1.",
        notebook="03",
        metric="distance from 1/2",
        direction=-1,
        reference=0.1,
        worst=0.5,
        settings=settings("at the end", score_off_half),
    ),
    Protocol(
        id="A5c",
        source="module",
        claim="D's accuracy ends near 50 %.",
        measured="Distance of D's accuracy on its training batches from 1/2 at the end, against "
        "0.1.",
        notebook="03",
        metric="distance from 1/2",
        direction=-1,
        reference=0.1,
        worst=0.5,
        settings=settings("at the end", accuracy_off_half),
    ),
)
