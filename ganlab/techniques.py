"""Techniques of others, as values for `shown` and `added` of `training.train`."""

from textwrap import shorten

import numpy as np

from ganlab.backend import tf
from ganlab.training import Added, Shown


def instance_noise(std, until=None, together=False):
    """Gaussian noise on all that D sees, real and fake alike.

    std       its standard deviation, in the data's units: a number, or one for each member
    until     the step of G by which it has fallen to 0, evenly; None: it stays as it is
    together  whether real and fake samples go through D as one batch, as in `Shown`

    Arjovsky and Bottou 2017, section 3; Sønderby and others 2017.
    """
    until = np.inf if until is None else until
    ends = np.minimum(_at_least(1, "until", until), 1e30)  # scalars are finite
    scalars = {"std": _at_least(0, "std", std), "until": ends}
    return Shown(_blurred, _standard_normal, scalars, bool(together))


def _at_least(least, name, value):
    try:
        good = np.size(value) and (np.asarray(value, float) >= least).all()
    except (TypeError, ValueError):
        good = False
    if not good:
        given = shorten(repr(value), 60, placeholder="...")
        raise ValueError(f"{name} is {given}: wanted at least {least}, or as much for each member")
    return value


def _blurred(batch, now, std, until):
    return batch + std * tf.maximum(1.0 - now.step / until, 0.0) * now.noise


def _standard_normal(rng, shape):
    return rng.standard_normal(shape, dtype=np.float32)


def historical_averaging(weight):
    """weight |theta - mean of theta|^2, added to the losses of both players.

    theta are the player's own weights, the mean is over all its steps so far and is taken as
    given: the penalty draws each player back to where it was on average. `weight` is a number,
    or one for each member. Salimans et al. 2016, section 3.3.
    """
    return Added(
        _away_from_the_mean,
        scalars={"weight": _at_least(0, "weight", weight)},
        to="dg",
        averaged=True,
    )


def _away_from_the_mean(now, weight):
    apart = [
        tf.reduce_sum(tf.square(tf.reshape(value - mean, (mean.shape[0], -1))), axis=1)
        for value, mean in zip(now.weights, now.averages, strict=True)
    ]
    return weight * tf.add_n(apart)
