"""The GANs of aylien2016 with minibatch discrimination in D, and a mended one to compare; and
the outcomes by which they are judged.

In the post's two settings the layer takes the place of D's third hidden layer; its kernels start
from N(0, 0.02), as in its code, which also lowered the rate from 0.03 to 0.005 for it.
"""

from functools import lru_cache, partial

import keras
from aylien2016 import LARGE, SMALL, TARGET, at_the_end, distance, normal, width

from ganlab.data import Uniform
from ganlab.latent import Gaussian, Stratified
from ganlab.losses import bounded
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.pretraining import pretrain
from ganlab.training import Shown, train

ALL = None  # every other sample of the batch enters a sum
# The code sorted real batches, as evenly spaced z are sorted: so the next samples of a batch are
# near ones in both. To a sum over all of the batch the order is nothing.
SORTED = Stratified(-8.0, 8.0, jitter=0.01, aligned=True)


def discriminator(activation, minibatch, neighbours=ALL, kernel="glorot_uniform", first=None):
    """D 1-8-8-8-1, or with the layer in place of the last 8; `first`: its kernels' start."""
    if not minibatch:
        return mlp(LARGE, activation, kernel=kernel)
    layer = MinibatchDiscrimination(
        5, 3, neighbours=neighbours, kernel_initializer=first or "glorot_uniform"
    )
    return mlp((1, 8, 8, layer, 1), activation, kernel=kernel)


def small():
    return keras.initializers.RandomNormal(stddev=0.02)


@lru_cache(maxsize=16)
def train_2016(seeds, minibatch=True, batch_size=12, neighbours=ALL, together=False, rate=None):
    """The post's setting: D is pretrained onto the density, then 1,200 steps of SGD."""
    rate = rate or (0.005 if minibatch else 0.03)

    def sgd():
        return keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(rate, 150, 0.95, staircase=True)
        )

    discriminators, _, _ = pretrain(
        discriminator("tanh", minibatch, neighbours, normal(), small()),
        Uniform(-5.0, 5.0),
        TARGET.density,
        steps=1000,
        seeds=seeds,
        batch_size=batch_size,
        optimizer=sgd(),
    )
    return train(
        mlp(SMALL, "softplus", kernel=normal()),
        discriminators,
        TARGET,
        SORTED,
        steps=1200,
        seeds=seeds,
        batch_size=batch_size,
        d_optimizer=sgd(),
        g_optimizer=sgd(),
        shown=Shown(together=together),
        records=60,
    )


@lru_cache(maxsize=16)
def train_2017(seeds, minibatch=True, batch_size=8, neighbours=ALL, together=False):
    """The last code's setting: ReLU, Adam, no pretraining, 5,000 steps."""
    return train(
        mlp(SMALL, "softplus", kernel=normal()),
        discriminator("relu", minibatch, neighbours, normal(), small()),
        TARGET,
        SORTED,
        steps=5000,
        seeds=seeds,
        batch_size=batch_size,
        losses=bounded(1e-5),
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        shown=Shown(together=together),
        records=100,
    )


@lru_cache(maxsize=16)
def train_mended(seeds, minibatch=True, batch_size=64, neighbours=ALL, together=False):
    """Notebook 03's: Gaussian latents, default starts, tanh, Adam 2e-3 with beta_1 0.5."""
    return train(
        mlp(SMALL, "softplus"),
        discriminator("tanh", minibatch, neighbours),
        TARGET,
        Gaussian(),
        steps=5000,
        seeds=seeds,
        batch_size=batch_size,
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        shown=Shown(together=together),
        records=100,
    )


TRAIN = {"2016 code": train_2016, "2017 code": train_2017, "mended": train_mended}

CLOSE = 0.125  # W1: a quarter of the data's standard deviation
HALF = 0.25  # width: half of it


def inside(run):
    """Share of samples within three standard deviations of the mean, (records, seeds)."""
    return (abs(run.samples[..., 0] - 4.0) < 1.5).mean(axis=-1)


def ends(training, seeds, **how):
    return at_the_end(distance(training(tuple(seeds), **how)))


def close(training, seeds, **how):
    """1 for seeds that end close, 0 for others, NaN for those that failed."""
    w1 = ends(training, seeds, **how)
    return (w1 <= CLOSE) + 0.0 * w1


def kept(training, seeds, **how):
    """1 for seeds that end at the bell with more than half its width; NaN if failed."""
    run = training(tuple(seeds), **how)
    there, wide = at_the_end(inside(run)) >= 0.9, at_the_end(width(run)) > HALF
    return (there & wide) + 0.0 * at_the_end(distance(run))


def arm(outcome, training, **how):
    return partial(outcome, training, **how)


# What protocols of a kind have in common.
RATE = {"kind": "rate", "worst": 0}
NEARNESS = {"metric": "W1 to the data", "margin": 0.05, "worst": float("inf")}

OWN = {"2016 code": 12, "2017 code": 8, "mended": 12}  # the batch that each is compared with
