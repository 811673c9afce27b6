"""Noise and feature matching: as highdim2018's code had them, and as their papers do.

The post's code is aylien2016's last one, with normal noise of standard deviation 0.001 on the
real samples and on z, and with the root of summed squares between paired features of D's last
hidden layer as G's loss. Noise on real samples of a normal distribution is a wider normal
distribution. Its batches were sorted, which matters to nothing but that loss.

The techniques of the papers: noise on what D sees, real and generated; and as G's loss the squared
distance of the mean features, Salimans et al. 2016.
"""

import numpy as np

from ganlab import recipes
from ganlab.backend import keras
from ganlab.data import Gaussian
from ganlab.latent import Stratified
from ganlab.losses import feature_matching, paired_feature_distance
from ganlab.techniques import instance_noise

NOISE = 0.001  # the post's
LAST_HIDDEN = "hidden_3"


def train_highdim2018(seeds, *, minibatch=False, matched=None, aligned=True):
    """highdim2018's code, with its noise.

    matched  what G's loss pairs: D's "features", or the "samples" themselves, which are what D's
             first layer hands on; None: nothing, the loss is the usual one
    aligned  whether real batches are sorted, as z are
    """
    blind = (keras.layers.Activation("linear"), 8, 8)
    how = {"d_hidden": blind} if matched == "samples" else {}
    recipe = recipes.aylien2016_last(minibatch, **how)
    bell, losses = recipe.gan.real, recipe.gan.losses
    if matched:
        layer = {"features": LAST_HIDDEN, "samples": "hidden_1"}[matched]
        losses = feature_matching(layer, base=losses, distance=paired_feature_distance)
    changed = recipe.changed(
        real=Gaussian(bell.mean, float(np.hypot(bell.std, NOISE))),
        latent=Stratified(-8.0, 8.0, jitter=0.01, noise=NOISE, aligned=aligned),
        losses=losses,
    )
    return changed.train(seeds=seeds, records=100)


def with_techniques(recipe, seeds, std, until, matching):
    """Train a recipe with the papers' techniques.

    std, until  of the noise, which falls to 0 by the step `until`; None: it stays
    matching    whether matching of mean features takes the place of G's usual loss
    """
    losses = recipe.gan.losses
    if matching:
        losses = feature_matching(LAST_HIDDEN, base=losses)
    changed = recipe.changed(losses=losses, shown=instance_noise(std, until))
    return changed.train(seeds=seeds, records=100)


def train_last_with(seeds, *, minibatch=False, std=0.0, until=None, matching=False):
    """The GAN of aylien2016's last code, without the post's noise."""
    return with_techniques(recipes.aylien2016_last(minibatch), seeds, std, until, matching)


def train_ours_with(seeds, *, minibatch=False, std=0.0, until=None, matching=False):
    """The GAN that notebook 03 ends with."""
    return with_techniques(recipes.ours_after_03(minibatch), seeds, std, until, matching)
