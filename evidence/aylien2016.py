"""The two GANs of aylien2016, as its code had them: the post's own, and the last version.

Its data are N(4, 0.5); its latents evenly spaced points on [-8, 8] with a jitter of 0.01;
all weights start from N(0, 1), all biases from 0.
"""

from functools import lru_cache

import keras
import numpy as np

from ganlab.data import Gaussian, Uniform
from ganlab.latent import Stratified
from ganlab.losses import bounded
from ganlab.metrics import wasserstein
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.training import train

TARGET, LATENT = Gaussian(4.0, 0.5), Stratified(-8.0, 8.0, jitter=0.01)
SMALL, LARGE = (1, 4, 1), (1, 8, 8, 8, 1)  # the post's generator, its discriminator


def normal():
    return keras.initializers.RandomNormal(stddev=1.0)


def decaying_sgd():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.03, 150, 0.95, staircase=True)
    return keras.optimizers.SGD(schedule)


@lru_cache(maxsize=8)
def train_2016(seeds, g_sizes=SMALL, d_sizes=LARGE):
    """The post's setting: D is pretrained onto the density, then 1,200 steps of SGD."""
    discriminators, _, _ = pretrain(
        mlp(d_sizes, "tanh", kernel=normal()),
        Uniform(-5.0, 5.0),
        TARGET.density,
        steps=1000,
        seeds=seeds,
        batch_size=12,
        optimizer=decaying_sgd(),
    )
    return train(
        mlp(g_sizes, "softplus", kernel=normal()),
        discriminators,
        TARGET,
        LATENT,
        steps=1200,
        seeds=seeds,
        batch_size=12,
        d_optimizer=decaying_sgd(),
        g_optimizer=decaying_sgd(),
        records=60,
    )


@lru_cache(maxsize=8)
def train_2017(seeds, g_sizes=SMALL, d_sizes=LARGE):
    """The last code's setting: ReLU, Adam, no pretraining, 5,000 steps."""
    return train(
        mlp(g_sizes, "softplus", kernel=normal()),
        mlp(d_sizes, "relu", kernel=normal()),
        TARGET,
        LATENT,
        steps=5000,
        seeds=seeds,
        batch_size=8,
        losses=bounded(1e-5),
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        records=100,
    )


def distance(run):
    """W1 to the target, (records, seeds)."""
    return wasserstein(run.samples, TARGET)


def width(run):
    """The standard deviation of the generated samples, (records, seeds)."""
    return run.samples[..., 0].std(axis=-1)


def at_the_end(values):
    """Averaged over the last tenth of the records, (seeds,)."""
    return np.mean(values[-(len(values) // 10) :], axis=0)


TRAIN = {"2016 code": train_2016, "2017 code": train_2017}
