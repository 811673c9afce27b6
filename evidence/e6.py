"""Instance noise at a level that matters: chosen by a sweep over seeds from 1000 on."""

from functools import lru_cache, partial

import keras
from aylien2016 import SMALL, TARGET, at_the_end, distance, normal
from e1 import NEARNESS
from minibatch import discriminator

from ganlab.evidence import Protocol, Setting
from ganlab.latent import Gaussian, Stratified
from ganlab.losses import bounded
from ganlab.networks import mlp
from ganlab.techniques import instance_noise
from ganlab.training import train

LARGE = 1.0  # twice the data's width


@lru_cache(maxsize=8)
def train_last_code(seeds, std):
    """highdim2018's GAN without its noise, with noise on what D sees."""
    return train(
        mlp(SMALL, "softplus", kernel=normal()),
        discriminator("relu", False, kernel=normal()),
        TARGET,
        Stratified(-8.0, 8.0, jitter=0.01),
        steps=5000,
        seeds=seeds,
        batch_size=8,
        losses=bounded(1e-5),
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        shown=instance_noise(std),
        records=100,
    )


@lru_cache(maxsize=8)
def train_mended(seeds, std):
    """Notebook 03's mended GAN, with noise on what D sees."""
    return train(
        mlp(SMALL, "softplus"),
        discriminator("tanh", False),
        TARGET,
        Gaussian(),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        shown=instance_noise(std),
        records=100,
    )


def ends(training, std, seeds):
    return at_the_end(distance(training(tuple(seeds), std)))


def against_none(std):
    trainings = {"the post's GAN": train_last_code, "mended GAN": train_mended}
    return {
        name: Setting({"noise": partial(ends, training, std), "none": partial(ends, training, 0.0)})
        for name, training in trainings.items()
    }


protocol = partial(
    Protocol,
    source="ganlab",
    notebook="05",
    direction=-1,
    **NEARNESS,
)

PROTOCOLS = (
    protocol(
        id="E6a",
        claim="Noise twice as wide as the data, on all that D sees, brings the generator nearer "
        "to them.",
        measured="W1 to the data at the end of a plain GAN whose D sees everything through normal "
        "noise of standard deviation 1, minus without noise.",
        settings=against_none(LARGE),
    ),
    protocol(
        id="E6b",
        claim="Noise at the post's level, put where it belongs, brings the generator nearer to "
        "the data.",
        measured="The same with a standard deviation of 0.001, a five-hundredth of the data's.",
        settings=against_none(0.001),
    ),
)
