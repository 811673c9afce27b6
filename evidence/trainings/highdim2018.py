"""highdim2018's noise and feature matching: as its code had them, and as their papers do.

The post's code is aylien2016's last one, with normal noise of standard deviation 0.001 on the
real samples and on z, and with the root of summed squares between paired features of D's last
hidden layer as G's loss. Noise on real samples of a normal distribution is a wider normal
distribution. Its batches were sorted, which matters to nothing but that loss.

The techniques of the papers: noise on what D sees, real and generated; and as G's loss the squared
distance of the mean features, Salimans et al. 2016.
"""

import keras
import numpy as np

from evidence.trainings.aylien2016 import LARGE, TARGET, train_2017
from evidence.trainings.mended import train_mended
from ganlab.data import Gaussian
from ganlab.latent import Stratified
from ganlab.losses import bounded, feature_matching, nonsaturating, paired_feature_distance
from ganlab.techniques import instance_noise

LAST_HIDDEN = "hidden_3"


def train_post(seeds, *, minibatch=False, noise=0.0, matched=None, aligned=True):
    """The post's code.

    noise    the standard deviation of that on real samples and on z
    matched  what G's loss pairs: D's "features", or the "samples" themselves, which are what D's
             first layer hands on; None: nothing, the loss is the usual one
    aligned  whether real batches are sorted, as z are
    """
    losses, d_sizes = bounded(1e-5), LARGE
    if matched:
        layer = {"features": LAST_HIDDEN, "samples": "hidden_1"}[matched]
        losses = feature_matching(layer, base=losses, distance=paired_feature_distance)
    if matched == "samples":
        d_sizes = (1, keras.layers.Activation("linear"), 8, 8, 1)
    return train_2017(
        seeds,
        d_sizes=d_sizes,
        minibatch=minibatch,
        real=Gaussian(TARGET.mean, float(np.hypot(TARGET.std, noise))),
        latent=Stratified(-8.0, 8.0, jitter=0.01, noise=noise, aligned=aligned),
        losses=losses,
    )


def techniques(base, std, until, matching):
    """What to give to `train` for the papers' techniques.

    std, until  of the noise, which falls to 0 by the step `until`; None: it stays
    matching    the weight of matching in G's loss, beside 1 - matching of the usual loss `base`;
                None: D's features are not looked at, and the loss is `base`
    """
    losses = base
    if matching is not None:
        losses = feature_matching(LAST_HIDDEN, matching, 1.0 - matching, base)
    return {"losses": losses, "shown": instance_noise(std, until)}


def train_2017_with(seeds, *, minibatch=False, std=0.0, until=None, matching=None):
    """The GAN of the last code, without the post's noise, with the papers' techniques."""
    return train_2017(seeds, minibatch=minibatch, **techniques(bounded(1e-5), std, until, matching))


def train_mended_with(seeds, *, minibatch=False, std=0.0, until=None, matching=None):
    """The mended GAN with the papers' techniques."""
    return train_mended(
        seeds, minibatch=minibatch, **techniques(nonsaturating, std, until, matching)
    )
