"""highdim2018's table: {plain, minibatch} x {nothing, noise, noise and feature matching}.

The post's code is aylien2016's last one, with normal noise of standard deviation 0.001 on the
real samples and on z, and with the root of summed squares between paired features of D's last
hidden layer as G's loss. Noise on real samples of a normal distribution is a wider normal
distribution. Its batches were sorted, which matters to nothing but that loss.

The mended techniques: noise on what D sees, real and generated, which starts at half the data's
width and fades until the middle of the run; and G's loss the squared distance of the mean
features, as in Salimans et al. 2016. They are tried in the post's GAN, and in the mended GAN of
notebook 03.
"""

from functools import lru_cache

import keras
import numpy as np
from aylien2016 import SMALL, TARGET, normal
from minibatch import discriminator, small

from ganlab.data import Gaussian
from ganlab.latent import Gaussian as GaussianLatent
from ganlab.latent import Stratified
from ganlab.losses import bounded, feature_matching, nonsaturating, paired_feature_distance
from ganlab.networks import mlp
from ganlab.techniques import instance_noise
from ganlab.training import train

TINY = 0.001
NOTHING, NOISE, MATCHING = "nothing", "noise", "noise and matching"
LAST_HIDDEN = "hidden_3"


@lru_cache(maxsize=8)
def train_post(seeds, minibatch, technique):
    """The post's code."""
    noise = 0.0 if technique == NOTHING else TINY
    base = bounded(1e-5)
    if technique == MATCHING:
        base = feature_matching(LAST_HIDDEN, base=base, distance=paired_feature_distance)
    return train(
        mlp(SMALL, "softplus", kernel=normal()),
        discriminator("relu", minibatch, kernel=normal(), first=small()),
        Gaussian(TARGET.mean, float(np.hypot(TARGET.std, noise))),
        Stratified(-8.0, 8.0, jitter=0.01, noise=noise, aligned=True),
        steps=5000,
        seeds=seeds,
        batch_size=8,
        losses=base,
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        records=100,
    )


def mended(technique, base):
    """What to give to `train` for a mended technique."""
    return {
        "losses": feature_matching(LAST_HIDDEN, base=base) if technique == MATCHING else base,
        "shown": instance_noise(0.0 if technique == NOTHING else 0.25, until=2500),
    }


@lru_cache(maxsize=8)
def train_techniques(seeds, minibatch, technique):
    """The post's GAN with the mended techniques."""
    return train(
        mlp(SMALL, "softplus", kernel=normal()),
        discriminator("relu", minibatch, kernel=normal(), first=small()),
        TARGET,
        Stratified(-8.0, 8.0, jitter=0.01),
        steps=5000,
        seeds=seeds,
        batch_size=8,
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        records=100,
        **mended(technique, bounded(1e-5)),
    )


@lru_cache(maxsize=8)
def train_both(seeds, minibatch, technique):
    """The mended GAN with the mended techniques."""
    return train(
        mlp(SMALL, "softplus"),
        discriminator("tanh", minibatch),
        TARGET,
        GaussianLatent(),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        records=100,
        **mended(technique, nonsaturating),
    )


TRAIN = {
    "the post's code": train_post,
    "its GAN, techniques mended": train_techniques,
    "both mended": train_both,
}


def left(run):
    """Share of samples more than three standard deviations below the mean, (records, seeds)."""
    return np.mean(run.samples[..., 0] < TARGET.mean - 3 * TARGET.std, axis=-1)


def right(run):
    return np.mean(run.samples[..., 0] > TARGET.mean + 3 * TARGET.std, axis=-1)


def finite(values, run):
    """`values` (records, seeds), NaN where a run had failed."""
    return np.where(np.isfinite(run.samples).all(axis=(-2, -1)), values, np.nan)
