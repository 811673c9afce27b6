"""The two GANs of aylien2016, as its code had them: the post's own, and the last version.

Data are N(4, 0.5); latents evenly spaced points on [-8, 8] with a jitter of 0.01; all weights
start from N(0, 1), all biases from 0. With minibatch discrimination the layer takes the place of
D's last hidden one, and its kernels start from N(0, 0.02).
"""

import keras

from ganlab.data import Gaussian, Uniform
from ganlab.latent import Stratified
from ganlab.losses import bounded
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.pretraining import pretrain
from ganlab.training import train

TARGET, LATENT = Gaussian(4.0, 0.5), Stratified(-8.0, 8.0, jitter=0.01)
# The code with minibatch discrimination sorted real batches, as evenly spaced z are sorted: so
# the next samples of a batch are near ones in both. To a sum over all of it the order is nothing.
SORTED = Stratified(-8.0, 8.0, jitter=0.01, aligned=True)
SMALL, LARGE = (1, 4, 1), (1, 8, 8, 8, 1)  # the post's generator, its discriminator
ALL = None  # every other sample of the batch enters a sum


def normal(std=1.0):
    return keras.initializers.RandomNormal(stddev=std)


def with_minibatch(sizes, neighbours, kernel):
    """`sizes` of a discriminator with the layer in place of the last hidden one."""
    layer = MinibatchDiscrimination(5, 3, neighbours=neighbours, kernel_initializer=kernel)
    return (*sizes[:-2], layer, sizes[-1])


def falling_sgd(rate):
    schedule = keras.optimizers.schedules.ExponentialDecay(rate, 150, 0.95, staircase=True)
    return keras.optimizers.SGD(schedule)


def train_2016(
    seeds,
    *,
    g_sizes=SMALL,
    d_sizes=LARGE,
    minibatch=False,
    neighbours=ALL,
    latent=LATENT,
    shown=None,
    batch_size=12,
    rate=0.03,
):
    """The post's setting: D is pretrained onto the density, then 1,200 steps of SGD."""
    if minibatch:
        d_sizes = with_minibatch(d_sizes, neighbours, normal(0.02))
    discriminators, _, _ = pretrain(
        mlp(d_sizes, "tanh", kernel=normal()),
        Uniform(-5.0, 5.0),
        TARGET.density,
        steps=1000,
        seeds=seeds,
        batch_size=batch_size,
        optimizer=falling_sgd(rate),
    )
    return train(
        mlp(g_sizes, "softplus", kernel=normal()),
        discriminators,
        TARGET,
        latent,
        steps=1200,
        seeds=seeds,
        batch_size=batch_size,
        d_optimizer=falling_sgd(rate),
        g_optimizer=falling_sgd(rate),
        shown=shown,
        records=60,
    )


def train_2017(
    seeds,
    *,
    g_sizes=SMALL,
    d_sizes=LARGE,
    minibatch=False,
    neighbours=ALL,
    real=TARGET,
    latent=LATENT,
    shown=None,
    losses=None,
    batch_size=8,
):
    """The last code's setting: ReLU, Adam, no pretraining, 5,000 steps; losses with a floor."""
    if minibatch:
        d_sizes = with_minibatch(d_sizes, neighbours, normal(0.02))
    return train(
        mlp(g_sizes, "softplus", kernel=normal()),
        mlp(d_sizes, "relu", kernel=normal()),
        real,
        latent,
        steps=5000,
        seeds=seeds,
        batch_size=batch_size,
        losses=losses or bounded(1e-5),
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        shown=shown,
        records=100,
    )


TRAININGS = {"2016 code": train_2016, "2017 code": train_2017}
