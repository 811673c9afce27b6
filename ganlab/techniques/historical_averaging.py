"""A penalty that draws each player back to where it was on average."""

from ganlab.arguments import at_least
from ganlab.backend import tf
from ganlab.gan import Added


def historical_averaging(weight):
    """weight |theta - mean of theta|^2, added to the losses of both players.

    theta are the player's own weights, the mean is over all its steps so far and is taken as
    given: the penalty draws each player back to where it was on average. `weight` is a number,
    or one for each member. Salimans et al. 2016, section 3.3.
    """
    scalars = {"weight": at_least("weight", weight, 0)}
    return Added(_away_from_the_mean, scalars=scalars, to="dg", averaged=True)


def _away_from_the_mean(now, weight):
    apart = [
        tf.reduce_sum(tf.square(tf.reshape(value - mean, (mean.shape[0], -1))), axis=1)
        for value, mean in zip(now.weights, now.averages, strict=True)
    ]
    return weight * tf.add_n(apart)
