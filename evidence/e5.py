"""What paired matching is: on sorted batches, a regression of quantiles that needs no D."""

from functools import lru_cache, partial

import keras
import numpy as np
from aylien2016 import SMALL, TARGET, at_the_end, distance, normal, width
from e1 import CLOSE, RATE
from highdim2018 import LAST_HIDDEN, TINY, discriminator

from ganlab.data import Gaussian
from ganlab.evidence import Protocol, Setting
from ganlab.latent import Stratified
from ganlab.losses import bounded, feature_matching, paired_feature_distance
from ganlab.networks import mlp
from ganlab.training import train


def blind():
    """A D whose first layer hands the samples on as they are: features that no training moves."""
    return mlp((1, keras.layers.Activation("linear"), 8, 8, 1), "relu", kernel=normal())


@lru_cache(maxsize=8)
def train_paired(seeds, looks=True, ordered=True):
    """highdim2018's code, plain D, with paired matching of D's features or of the samples."""
    layer = LAST_HIDDEN if looks else "hidden_1"
    return train(
        mlp(SMALL, "softplus", kernel=normal()),
        discriminator("relu", False, kernel=normal()) if looks else blind(),
        Gaussian(TARGET.mean, float(np.hypot(TARGET.std, TINY))),
        Stratified(-8.0, 8.0, jitter=0.01, noise=TINY, aligned=ordered),
        steps=5000,
        seeds=seeds,
        batch_size=8,
        losses=feature_matching(layer, base=bounded(1e-5), distance=paired_feature_distance),
        d_optimizer=keras.optimizers.Adam(1e-3),
        g_optimizer=keras.optimizers.Adam(1e-3),
        records=100,
    )


def close(looks, seeds):
    w1 = at_the_end(distance(train_paired(tuple(seeds), looks)))
    return (w1 <= CLOSE) + 0.0 * w1


def wide(looks, ordered, seeds):
    return at_the_end(width(train_paired(tuple(seeds), looks, ordered)))


protocol = partial(Protocol, source="ganlab", notebook="05")

PROTOCOLS = (
    protocol(
        id="E5a",
        claim="The post's feature matching needs no discriminator: matching the sorted samples "
        "themselves, most runs come close.",
        measured="Share of runs whose W1 at the end is at most 0.125, against one half.",
        settings={"samples, no D": Setting({"close": partial(close, False)})},
        **RATE,
    ),
    protocol(
        id="E5b",
        claim="The post's feature matching keeps the width only because the batches are sorted.",
        measured="Standard deviation of the generated samples at the end, with real batches "
        "sorted minus with real batches as they were drawn.",
        metric="width",
        margin=0.1,
        worst=0.0,
        settings={
            "features": Setting(
                {"sorted": partial(wide, True, True), "as drawn": partial(wide, True, False)}
            ),
            "samples, no D": Setting(
                {"sorted": partial(wide, False, True), "as drawn": partial(wide, False, False)}
            ),
        },
    ),
)
