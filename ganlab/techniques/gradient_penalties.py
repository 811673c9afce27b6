"""Penalties on how steep D is: where its samples are, or between them."""

import functools

import numpy as np

from ganlab.arguments import at_least, whole
from ganlab.backend import tf
from ganlab.gan import Added


def gradient_penalty(weight=10.0, target=1.0, one_sided=False):
    """weight E (|slope of D at x| - target)^2, added to D's loss; WGAN-GP's penalty.

    x lies between a real sample and a fake one, epsilon x real + (1 - epsilon) x fake, with an
    epsilon uniform in [0, 1] for each pair; the slope is that of D's logit, its length taken
    over all numbers of one sample. A D that looks along its batch has the slope of all logits
    together. `weight` and `target` are numbers, or one for each member. With `one_sided` only
    what is steeper than `target` is penalised.

    Gulrajani and others 2017, algorithm 1 (its weight is 10, its target 1) and section 4.
    """
    scalars = {"weight": at_least("weight", weight, 0), "target": at_least("target", target, 0)}
    return Added(_too_steep if one_sided else _not_as_steep, _epsilon, scalars)


def r1(weight, first=None):
    """weight / 2 E |slope of D at x|^2 over real samples x, added to D's loss.

    `weight` is a number, or one for each member. With `first` the slope is taken in the first so
    many numbers of a sample alone: of a joint point, picture and label say, in the picture. For if
    D may not be steep in the label either, it hardly heeds it. Of packs it is each sample's first
    numbers. Mescheder, Geiger and Nowozin 2018, section 4.1.
    """
    function = _slope_at_real if first is None else _slope_in_first(whole("first", first, 1))
    return Added(function, scalars={"weight": at_least("weight", weight, 0)})


def r2(weight):
    """The same over fake samples. Mescheder, Geiger and Nowozin 2018, section 4.1."""
    return Added(_slope_at_fake, scalars={"weight": at_least("weight", weight, 0)})


def _squared_slopes(now, x, first=None):
    """The squared length (seeds, n) of the slope of D's logit at each sample of x, in the `first`
    of its numbers, of a pack in those of each of its samples, or in all."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        logits = tf.reduce_sum(now.discriminate(x))  # samples and members do not meet in it
    slopes = tape.gradient(logits, x, unconnected_gradients="zero")
    if first is not None and x.shape[-1] != now.size:
        each = (*x.shape[:2], x.shape[-1] // now.size, now.size)
        return tf.reduce_sum(tf.square(tf.reshape(slopes, each)[..., :first]), axis=(-2, -1))
    return tf.reduce_sum(tf.square(slopes[..., :first]), axis=-1)


def _slope_between(now):
    epsilon = now.noise[:, : now.real.shape[1]]  # packed samples are fewer than were drawn for
    squared = _squared_slopes(now, epsilon * now.real + (1.0 - epsilon) * now.fake)
    # A root has no slope at 0, where a D that is flat would lose its weights to NaN.
    return tf.sqrt(tf.where(squared > 0, squared, 1.0)) * tf.cast(squared > 0, squared.dtype)


def _not_as_steep(now, weight, target):
    away = _slope_between(now) - target[:, None]
    return weight * tf.reduce_mean(tf.square(away), axis=1)


def _too_steep(now, weight, target):
    above = tf.nn.relu(_slope_between(now) - target[:, None])
    return weight * tf.reduce_mean(tf.square(above), axis=1)


def _slope_at_real(now, weight):
    return weight / 2 * tf.reduce_mean(_squared_slopes(now, now.real), axis=1)


@functools.cache  # the same function each time, so that it is not compiled anew
def _slope_in_first(first):
    def slope_in_first(now, weight):
        if first > now.size:
            wanted = f"wanted at most {now.size}, the size of a sample"
            raise ValueError(f"first={first}: {wanted}")
        return weight / 2 * tf.reduce_mean(_squared_slopes(now, now.real, first), axis=1)

    return slope_in_first


def _slope_at_fake(now, weight):
    return weight / 2 * tf.reduce_mean(_squared_slopes(now, now.fake), axis=1)


def _epsilon(rng, shape):
    return rng.random((*shape[:2], 1), dtype=np.float32)
