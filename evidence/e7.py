"""highdim2018's table with mended techniques: noise as wide as matters, on all that D sees, and
matching of mean features, as in Salimans et al. 2016. The level is E6's.
"""

from functools import lru_cache, partial

import keras
from aylien2016 import SMALL, TARGET, at_the_end, distance, normal
from e1 import NEARNESS
from e6 import LARGE
from highdim2018 import LAST_HIDDEN
from minibatch import discriminator, small

from ganlab.evidence import Protocol, Setting
from ganlab.latent import Gaussian, Stratified
from ganlab.losses import bounded, feature_matching, nonsaturating
from ganlab.networks import mlp
from ganlab.techniques import instance_noise
from ganlab.training import train


def techniques(noise, matching, base):
    """What to give to `train`; G minimises the distance of features alone if it matches."""
    return {
        "losses": feature_matching(LAST_HIDDEN, float(matching), 1.0 - matching, base),
        "shown": instance_noise(LARGE * noise),
    }


@lru_cache(maxsize=16)
def train_last_code(seeds, minibatch, noise, matching):
    """The post's GAN, with mended techniques."""
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
        **techniques(noise, matching, bounded(1e-5)),
    )


@lru_cache(maxsize=16)
def train_mended(seeds, minibatch, noise, matching):
    """Notebook 03's mended GAN, with mended techniques."""
    return train(
        mlp(SMALL, "softplus"),
        discriminator("tanh", minibatch),
        TARGET,
        Gaussian(),
        steps=5000,
        seeds=seeds,
        batch_size=64,
        d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
        records=100,
        **techniques(noise, matching, nonsaturating),
    )


def ends(training, cell, seeds):
    return at_the_end(distance(training(tuple(seeds), *cell)))


def compared(**cells):
    """Two cells (minibatch, noise, matching) by name, in the two GANs."""
    trainings = {"the post's GAN": train_last_code, "mended GAN": train_mended}
    return {
        setting: Setting(
            {name.replace("_", " "): partial(ends, training, cell) for name, cell in cells.items()}
        )
        for setting, training in trainings.items()
    }


protocol = partial(Protocol, source="ganlab", notebook="05", **NEARNESS)

PROTOCOLS = (
    protocol(
        id="E7a",
        claim="Beside mended noise and matching, minibatch discrimination helps.",
        measured="W1 to the data at the end with noise and matching, with minibatch discrimination "
        "minus without.",
        direction=-1,
        settings=compared(minibatch=(True, True, True), plain=(False, True, True)),
    ),
    protocol(
        id="E7b",
        claim="All three techniques together, mended, bring the generator nearer to the data than "
        "none.",
        measured="W1 to the data at the end with minibatch discrimination, noise and matching, "
        "minus with none of them.",
        direction=-1,
        settings=compared(all_three=(True, True, True), nothing=(False, False, False)),
    ),
    protocol(
        id="E7c",
        claim="Without minibatch discrimination, mended matching does harm beside mended noise.",
        measured="W1 to the data at the end with noise and matching minus with noise alone.",
        settings=compared(noise_and_matching=(False, True, True), noise=(False, True, False)),
    ),
)
