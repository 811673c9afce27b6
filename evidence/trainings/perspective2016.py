"""The GAN of perspective2016 and its ancestor, E. Jang's, as their code had them.

Data N(0, 1) or, Jang's, N(-1, 1). D and G are tanh networks to their very ends: G's output is
multiplied by 5, D's is cut to [0.01, 0.99] and taken for a probability. Batches of 200, latents
evenly spaced with a jitter of 0.01, 10,000 steps by momentum 0.6 with a rate that falls from
0.001, all weights from N(0, 1), D pretrained for 1,000 steps onto the density of the data.
"""

from typing import NamedTuple

import keras
import numpy as np

from ganlab.data import Gaussian, Uniform, points
from ganlab.latent import Stratified
from ganlab.losses import clamped, nonsaturating, squared_error, tanh_squared_error
from ganlab.metrics import wasserstein
from ganlab.networks import mlp
from ganlab.pretraining import pretrain
from ganlab.training import Scaled, Trainer

U = (np.arange(500) + 0.5) / 500  # where generators are followed: quantiles of the latent


class Source(NamedTuple):
    target: Gaussian
    hidden: tuple
    reach: float  # of the latents, and of the points D is pretrained at


POST = Source(Gaussian(0.0, 1.0), (10, 10), 3.0)
JANG = Source(Gaussian(-1.0, 1.0), (6, 5), 5.0)
BUMPS = POST._replace(target=points(-2.0, 0.0, 2.0, std=0.2))  # ours: a harder target


class Followed(NamedTuple):
    """What is left of a run: arrays (records, seeds), NaN for seeds that failed."""

    w1: np.ndarray  # to the data, computed from 500 quantiles of the latent
    off_half: np.ndarray  # the largest |D - 1/2| over the middle 95 % of the data


def falling(rate=0.001):
    return keras.optimizers.schedules.ExponentialDecay(rate, 2500, 0.95, staircase=True)


def momentum(rate=0.001):
    return keras.optimizers.SGD(falling(rate), momentum=0.6)


def sgd(rate=0.001):
    return keras.optimizers.SGD(falling(rate))


def adam(rate=0.001):
    return keras.optimizers.Adam(falling(rate))


def networks(hidden, scale=5.0, output="tanh"):
    """(generator, discriminator); D's last tanh belongs to its losses, `clamped`."""
    sizes, normal = (1, *hidden, 1), keras.initializers.RandomNormal(stddev=1.0)
    layers = mlp(sizes, "tanh", output, kernel=normal).layers
    generator = keras.Sequential([keras.Input((1,)), *layers, keras.layers.Rescaling(scale)])
    return generator, mlp(sizes, "tanh", kernel=normal)


def pretrained(discriminator, source, seeds, loss=tanh_squared_error):
    inputs = Uniform(-source.reach, source.reach)
    return pretrain(
        discriminator,
        inputs,
        source.target.density,
        loss=loss,
        steps=1000,
        seeds=seeds,
        batch_size=200,
        optimizer=momentum(),
    )[0]


def follow(trainer, target, steps, records):
    """Train for `steps`, and look `records` times at evenly spaced moments."""
    z = trainer.latent.quantile(U)[:, None]
    middle = target.quantile(np.linspace(0.025, 0.975, 101))
    seen = []
    for _ in range(records):
        trainer.advance(steps // records)
        run = trainer.run()
        off_half = np.abs(run.discriminate(middle) - 0.5).max(axis=-1)
        seen.append((wasserstein(run.generators(z), target), off_half))
    seen = np.swapaxes(seen, 0, 1).astype(float)
    seen[..., list(trainer.failed)] = np.nan
    return Followed(*seen)


def train_post(
    seeds,
    *,
    source=POST,
    pretraining=True,
    scale=5.0,
    output="tanh",
    latent=None,
    sigmoid=False,
    n_critic=1,
    optimizer=momentum,
    steps=10_000,
):
    """The source's GAN with one thing changed, followed at 100 records.

    sigmoid  whether D is the sigmoid of its output, in pretraining and in the game, and not the
             clamped tanh
    """
    generator, discriminator = networks(source.hidden, scale, output)
    if pretraining:
        loss = squared_error if sigmoid else tanh_squared_error
        discriminator = pretrained(discriminator, source, seeds, loss)
    trainer = Trainer(
        generator,
        discriminator,
        source.target,
        latent or Stratified(-source.reach, source.reach, jitter=0.01),
        seeds=seeds,
        batch_size=200,
        losses=nonsaturating if sigmoid else clamped,
        d_optimizer=optimizer(),
        g_optimizer=optimizer(),
        n_critic=n_critic,
    )
    return follow(trainer, source.target, steps, 100)


def train_one_and_five(seeds):
    """The post's GAN with one D step for each G step, and with five: two `Followed`."""
    return train_post(seeds, n_critic=1), train_post(seeds, n_critic=5)


RATES = (1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2)


def train_map(seeds, *, optimizer, steps=2000):
    """The post's GAN at other rates, all in one program: W1 (records, D rates, G rates, seeds).

    `optimizer(1.0)` is scaled to each rate. D is pretrained as in the post, at the post's rate.
    """
    generator, discriminator = networks(POST.hidden)
    cells = len(RATES) ** 2
    d_rates, g_rates = (np.ravel(each) for each in np.meshgrid(RATES, RATES, indexing="ij"))
    trainer = Trainer(
        generator,
        pretrained(discriminator, POST, seeds).repeated(cells),
        POST.target,
        Stratified(-3.0, 3.0, jitter=0.01),
        seeds=seeds * cells,
        batch_size=200,
        losses=clamped,
        d_optimizer=Scaled(optimizer(1.0), np.repeat(d_rates, len(seeds))),
        g_optimizer=Scaled(optimizer(1.0), np.repeat(g_rates, len(seeds))),
    )
    w1 = follow(trainer, POST.target, steps, 25).w1
    return w1.reshape(len(w1), len(RATES), len(RATES), len(seeds))
