"""The GAN of perspective2016: the recipe, with something changed, followed along quantiles.

Data N(0, 1). D and G are tanh networks to their very ends: G's output is multiplied by 5, D's is
cut to [0.01, 0.99] and taken for a probability. Batches of 200, evenly spaced latents, 10,000
steps by momentum 0.6 with a rate that falls from 0.001, D pretrained onto the density of the data.
"""

from typing import NamedTuple

import numpy as np

from ganlab import recipes
from ganlab.backend import keras
from ganlab.data import points
from ganlab.latent import Uniform
from ganlab.losses import nonsaturating, squared_error
from ganlab.training import Scaled, Trainer

U = (np.arange(500) + 0.5) / 500  # where generators are followed: quantiles of the latent
MOST = 2048  # seeds: 64 take about a minute of one core
MOST_MAPS = 1024
BUMPS = points(-2.0, 0.0, 2.0, std=0.2)  # ours: a harder target


class Followed(NamedTuple):
    """What is left of a run: arrays (records, seeds, ...), NaN for seeds that failed."""

    samples: np.ndarray  # of G at 500 quantiles of the latent, (records, seeds, 500, 1)
    off_half: np.ndarray  # the largest |D - 1/2| over the middle 95 % of the data


def sgd(rate=1.0):
    return keras.optimizers.SGD(rate)


def momentum(rate=1.0):
    return keras.optimizers.SGD(rate, momentum=0.6)


def adam(rate=1.0):
    return keras.optimizers.Adam(rate)


def falling(optimizer):
    """`optimizer` with the post's rate: 0.001, a twentieth less every 2,500 steps."""
    return optimizer(keras.optimizers.schedules.ExponentialDecay(1e-3, 2500, 0.95, staircase=True))


def follow(trainer, steps, records):
    """Train for `steps`, and look `records` times at evenly spaced moments."""
    z = trainer.gan.latent.quantile(U)[:, None]
    middle = trainer.gan.real.quantile(np.linspace(0.025, 0.975, 101))
    samples, off_half = [], []
    for _ in range(records):
        trainer.advance(steps // records)
        run = trainer.run()
        samples.append(run.generators(z))
        off_half.append(np.abs(run.discriminate(middle) - 0.5).max(axis=-1))
    followed = Followed(np.array(samples, float), np.array(off_half, float))
    for values in followed:
        values[:, list(trainer.failed)] = np.nan
    return followed


def train_post(
    seeds,
    *,
    bumps=False,
    pretraining=True,
    independent=False,
    sigmoid=False,
    n_critic=1,
    optimizer=momentum,
    steps=10_000,
    **recipe,
):
    """The post's GAN with one thing changed, followed at 50 records.

    bumps        whether the data are three narrow bumps
    independent  whether latents are drawn independently, and not evenly spaced
    sigmoid      whether D is the sigmoid of its output, in pretraining and in the game, and not the
                 clamped tanh
    optimizer    one of this module's
    recipe       settings of the recipe's function: G's `output` and `scale`
    """
    post = recipes.perspective2016(BUMPS if bumps else None, **recipe)
    changed = post.changed(
        n_critic=n_critic, d_optimizer=falling(optimizer), g_optimizer=falling(optimizer)
    )
    if sigmoid:
        changed = changed.changed(
            losses=nonsaturating, pretraining={**post.pretraining, "loss": squared_error}
        )
    if not pretraining:
        changed = changed.changed(pretraining={})
    if independent:
        changed = changed.changed(latent=Uniform(1, -3.0, 3.0))
    trainer = Trainer(changed.ready(seeds), seeds=seeds, batch_size=post.batch_size)
    return follow(trainer, steps, 50)


RATES = (1e-4, 1e-3, 1e-2)


def train_map(seeds, *, optimizer):
    """The post's GAN at constant rates from `RATES`, all in one program, for 2,000 steps.

    Returns samples (records, D rates, G rates, seeds, 500, 1). D is pretrained at the post's rate.
    """
    post = recipes.perspective2016()
    cells = len(RATES) ** 2
    d_rates, g_rates = (np.ravel(each) for each in np.meshgrid(RATES, RATES, indexing="ij"))
    gan = post.gan.changed(
        discriminator=post.ready(seeds).discriminator.repeated(cells),
        d_optimizer=Scaled(optimizer(), np.repeat(d_rates, len(seeds))),
        g_optimizer=Scaled(optimizer(), np.repeat(g_rates, len(seeds))),
    )
    trainer = Trainer(gan, seeds=seeds * cells, batch_size=post.batch_size)
    samples = follow(trainer, 2000, 20).samples
    return samples.reshape(len(samples), len(RATES), len(RATES), len(seeds), *samples.shape[2:])
