"""Is it the clamp that leaves runs stuck? Not a claim of the post: found while measuring it.

Where tanh of D's output lies beyond [0.01, 0.99], the sample gives no gradient, to G nor to D. A
sigmoid has no such places.
"""

from functools import lru_cache

import numpy as np
from perspective2016 import POST, at_the_end, follow, momentum, networks, train

from ganlab.data import Uniform
from ganlab.evidence import Protocol, Setting
from ganlab.latent import Stratified
from ganlab.losses import nonsaturating
from ganlab.pretraining import pretrain
from ganlab.training import Trainer


@lru_cache(maxsize=2)
def train_sigmoid(seeds):
    """The post's GAN with D = sigmoid(output), in pretraining and in the game."""
    generator, discriminator = networks(POST.hidden)
    discriminators, _, _ = pretrain(
        discriminator,
        Uniform(-3.0, 3.0),
        POST.target.density,
        steps=1000,
        seeds=seeds,
        batch_size=200,
        optimizer=momentum(),
    )
    trainer = Trainer(
        generator,
        discriminators,
        POST.target,
        Stratified(-3.0, 3.0, jitter=0.01),
        seeds=seeds,
        batch_size=200,
        losses=nonsaturating,
        d_optimizer=momentum(),
        g_optimizer=momentum(),
    )
    return follow(trainer, POST.target, 10_000, 100)


def stuck(training):
    def arm(seeds):
        w1 = at_the_end(training(tuple(seeds)).w1)
        return np.where(np.isfinite(w1), w1 > 1.0, np.nan)

    return arm


PROTOCOLS = (
    Protocol(
        id="B7",
        source="perspective2016",
        claim="With a sigmoid in place of the clamped tanh fewer runs get stuck far from the data. "
        "(Our question, not the post's.)",
        measured="Share of runs whose W1 at the end of 10,000 steps is above 1, the data's "
        "standard deviation: with D = tanh cut to [0.01, 0.99] minus with D = sigmoid; D "
        "pretrained in both.",
        notebook="02",
        metric="share of runs",
        kind="rate",
        worst=1,
        margin=0.02,
        settings={
            "the post": Setting({"clamped tanh": stuck(train), "sigmoid": stuck(train_sigmoid)})
        },
    ),
)
