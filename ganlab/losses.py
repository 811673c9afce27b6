"""What the two players minimise: pairs of losses on logits, real before fake.

A loss takes logits of shape (..., batch) and averages over the last axis, so the same
function serves one network (batch,) and an ensemble (seeds, batch). The discriminator's
probability is D = sigmoid(logit); real is 1, fake is 0. All logarithms are computed from
the logit, log D = -softplus(-logit), and stay finite where sigmoid has rounded to 0 or 1;
only `clamped`, which repeats an early code, takes the logarithm of a cut D.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ganlab.arguments import at_least, in_short
from ganlab.backend import tf
from ganlab.guards import a_function, as_given, guard, tensor, text, told


class Losses(NamedTuple):
    """A discriminator loss, a generator loss, and how a logit is read as a score.

    `discriminator(real_logits, fake_logits, **scalars)` and
    `generator(fake_logits, **scalars)` return one loss per member. `scalars` are numbers that
    the losses need, each a float or one value per member; they come as (seeds, 1), to go with
    logits, and both losses get all of them. Another value needs no new program. `score` turns
    logits into the discriminator's score of a sample.

    With `layer`, the name of one of D's layers, the generator's loss also gets what that
    layer puts out, each (..., batch, units):
    `generator(fake_logits, real_features, fake_features, **scalars)`. With `relative` it gets
    the logits of real samples as well, and first: `generator(real_logits, fake_logits, ...)`.
    """

    discriminator: Callable
    generator: Callable
    score: Callable = tf.sigmoid
    scalars: Mapping = {}
    layer: str | None = None
    relative: bool = False


_LOGITS, _FEATURES = tensor(1), tensor(2)
_KINDS = dict.fromkeys(("real_logits", "fake_logits", "logits"), _LOGITS)
_KINDS |= dict.fromkeys(("real_features", "fake_features"), _FEATURES)
_KINDS |= dict.fromkeys(("low", "high", "real_label"), tensor(0, from_0=True))
_KINDS |= dict.fromkeys(("targets", "outputs"), tensor(0))


def _of_logits(function):
    """A decorator for losses: what they get are tensors, refused in one line if they are not."""
    named = inspect.signature(function).parameters
    return told(guard(**{name: _KINDS[name] for name in named})(function))


def _mean(values):
    return tf.reduce_mean(values, axis=-1)


@_of_logits
def nonsaturating_discriminator_loss(real_logits, fake_logits):
    """-E log D(real) - E log(1 - D(fake)), in nats. Goodfellow et al. 2014, eq. 1."""
    return _mean(tf.nn.softplus(-real_logits)) + _mean(tf.nn.softplus(fake_logits))


@_of_logits
def nonsaturating_generator_loss(fake_logits):
    """-E log D(fake), in nats. Goodfellow et al. 2014, section 3."""
    return _mean(tf.nn.softplus(-fake_logits))


@_of_logits
def minimax_discriminator_loss(real_logits, fake_logits):
    """The same as `nonsaturating_discriminator_loss`: only the generators differ."""
    return nonsaturating_discriminator_loss(real_logits, fake_logits)


@_of_logits
def minimax_generator_loss(fake_logits):
    """E log(1 - D(fake)), in nats: the saturating loss. Goodfellow et al. 2014, eq. 1."""
    return -_mean(tf.nn.softplus(fake_logits))


@_of_logits
def least_squares_discriminator_loss(real_logits, fake_logits):
    """(E (D(real) - 1)^2 + E D(fake)^2) / 2, D the bare output. Mao et al. 2017, eq. 9."""
    return 0.5 * (_mean(tf.square(real_logits - 1.0)) + _mean(tf.square(fake_logits)))


@_of_logits
def least_squares_generator_loss(fake_logits):
    """E (D(fake) - 1)^2 / 2, D the bare output. Mao et al. 2017, eq. 9."""
    return 0.5 * _mean(tf.square(fake_logits - 1.0))


@_of_logits
def wasserstein_discriminator_loss(real_logits, fake_logits):
    """E D(fake) - E D(real), D the bare output. Arjovsky, Chintala and Bottou 2017, algorithm 1.

    It is a distance only for a D that cannot be steep, which clipping, a gradient penalty or
    spectral normalisation sees to.
    """
    return _mean(fake_logits) - _mean(real_logits)


@_of_logits
def wasserstein_generator_loss(fake_logits):
    """-E D(fake), D the bare output. Arjovsky, Chintala and Bottou 2017, algorithm 1."""
    return -_mean(fake_logits)


@_of_logits
def hinge_discriminator_loss(real_logits, fake_logits):
    """E max(0, 1 - D(real)) + E max(0, 1 + D(fake)), D the bare output. Lim and Ye 2017."""
    return _mean(tf.nn.relu(1.0 - real_logits)) + _mean(tf.nn.relu(1.0 + fake_logits))


@_of_logits
def hinge_generator_loss(fake_logits):
    """-E D(fake), D the bare output. Lim and Ye 2017."""
    return -_mean(fake_logits)


@_of_logits
def relativistic_discriminator_loss(real_logits, fake_logits):
    """-E log sigmoid(real - fake) over pairs of logits. Jolicoeur-Martineau 2019."""
    return _mean(tf.nn.softplus(fake_logits - real_logits))


@_of_logits
def relativistic_generator_loss(real_logits, fake_logits):
    """-E log sigmoid(fake - real) over pairs of logits. Jolicoeur-Martineau 2019."""
    return _mean(tf.nn.softplus(real_logits - fake_logits))


@_of_logits
def relativistic_average_discriminator_loss(real_logits, fake_logits):
    """Cross-entropy of each logit less the mean logit of the other kind, in nats.

    -E log sigmoid(real - E fake) - E log(1 - sigmoid(fake - E real)). Jolicoeur-Martineau 2019.
    """
    real = real_logits - _mean(fake_logits)[..., None]
    fake = fake_logits - _mean(real_logits)[..., None]
    return nonsaturating_discriminator_loss(real, fake)


@_of_logits
def relativistic_average_generator_loss(real_logits, fake_logits):
    """The same with real and fake exchanged. Jolicoeur-Martineau 2019."""
    return relativistic_average_discriminator_loss(fake_logits, real_logits)


def _bounded_log_sigmoid(logits, low, high):
    """log of sigmoid(logits) clipped to [low, high]; no gradient where it is clipped."""
    low, high = (tf.math.log(tf.cast(bound, logits.dtype)) for bound in (low, high))
    return tf.minimum(tf.maximum(-tf.nn.softplus(-logits), low), high)


@_of_logits
def bounded_discriminator_loss(real_logits, fake_logits, low, high):
    """The non-saturating loss with D and 1 - D clipped to [low, high] before the log.

    `low` and `high` broadcast against the logits.
    """
    real = _bounded_log_sigmoid(real_logits, low, high)
    fake = _bounded_log_sigmoid(-fake_logits, low, high)
    return -_mean(real) - _mean(fake)


@_of_logits
def bounded_generator_loss(fake_logits, low, high):
    """The non-saturating generator loss with D clipped to [low, high] before the log."""
    return -_mean(_bounded_log_sigmoid(fake_logits, low, high))


nonsaturating = Losses(nonsaturating_discriminator_loss, nonsaturating_generator_loss)
minimax = Losses(minimax_discriminator_loss, minimax_generator_loss)
least_squares = Losses(
    least_squares_discriminator_loss, least_squares_generator_loss, score=tf.identity
)
# Of a Wasserstein D, as of a relativistic one, only differences mean something: its scores have
# no zero, and its accuracy says nothing.
wasserstein = Losses(wasserstein_discriminator_loss, wasserstein_generator_loss, score=tf.identity)
hinge = Losses(hinge_discriminator_loss, hinge_generator_loss)
relativistic = Losses(relativistic_discriminator_loss, relativistic_generator_loss, relative=True)
relativistic_average = Losses(
    relativistic_average_discriminator_loss, relativistic_average_generator_loss, relative=True
)


def bounded(low=1e-5, high=1.0):
    """Non-saturating losses as early code wrote them, with bounds inside the logarithm.

    `bounded(1e-5)` is the floor of aylien2016's last code. Beyond a bound the sample gives no
    gradient. ValueError, in one line, unless `low` is below `high`, and `high` at most 1: with
    other bounds no sample would give a gradient, or none would ever meet them.
    """
    scalars = {"low": at_least("low", low, 0), "high": at_least("high", high, 0)}
    if np.max(high) > 1:
        raise ValueError(f"high={np.max(high):g}: wanted at most 1, the largest that D says")
    pairs = np.ravel(low), np.ravel(high)
    if len({len(values) for values in pairs} - {1}) <= 1:  # members that do not fit are told later
        for one, other in zip(*np.broadcast_arrays(*pairs), strict=True):
            if one >= other:
                raise ValueError(f"low={one:g}, high={other:g}: wanted low below high")
    return Losses(bounded_discriminator_loss, bounded_generator_loss, scalars=scalars)


@_of_logits
def smoothed_discriminator_loss(real_logits, fake_logits, real_label):
    """Cross-entropy with `real_label` in place of 1 on real samples, and 0 on fake ones.

    The best D is real_label p / (p + q). Salimans et al. 2016, 3.4.
    """
    real = _mean(tf.nn.softplus(real_logits) - real_label * real_logits)
    return real + _mean(tf.nn.softplus(fake_logits))


@_of_logits
def smoothed_generator_loss(fake_logits, real_label):
    """The non-saturating loss: G wants to be called real, whatever D was taught to say."""
    return nonsaturating_generator_loss(fake_logits)


@guard(real_label=as_given)
def smoothed(real_label=0.9):
    """One-sided label smoothing: a number in (0, 1], or one for each member; 1 smooths nothing."""
    labels = np.asarray(real_label, float)
    if labels.size == 0 or not np.all((labels > 0) & (labels <= 1)):
        told = f"real_label is {in_short(real_label)}"
        raise ValueError(f"{told}: wanted above 0 and at most 1")
    scalars = {"real_label": real_label}
    return Losses(smoothed_discriminator_loss, smoothed_generator_loss, scalars=scalars)


@_of_logits
def clamped_tanh(outputs):
    """tanh of D's bare output, cut to [0.01, 0.99]: what perspective2016 takes for D."""
    return tf.clip_by_value(tf.tanh(outputs), 0.01, 0.99)


def _clamped_discriminator_loss(real_outputs, fake_outputs):
    real, fake = clamped_tanh(real_outputs), clamped_tanh(fake_outputs)
    return -_mean(tf.math.log(real)) - _mean(tf.math.log(1.0 - fake))


def _clamped_generator_loss(fake_outputs):
    return -_mean(tf.math.log(clamped_tanh(fake_outputs)))


# The non-saturating losses on a D that is a clamped tanh; beyond the clamp there is no gradient.
clamped = Losses(_clamped_discriminator_loss, _clamped_generator_loss, score=clamped_tanh)


@_of_logits
def feature_distance(real_features, fake_features):
    """|E f(real) - E f(fake)|^2 for features f (..., batch, units). Salimans et al. 2016, 3.1."""
    means = (tf.reduce_mean(f, axis=-2) for f in (real_features, fake_features))
    return tf.reduce_sum(tf.math.squared_difference(*means), axis=-1)


@_of_logits
def paired_feature_distance(real_features, fake_features):
    """The root of sum over i of |f(real_i) - f(fake_i)|^2, as highdim2018 wrote it.

    It depends on the order of both batches. Where it is 0 its gradient is 0 too (in the post's
    code it was not a number).
    """
    total = tf.reduce_sum(tf.math.squared_difference(real_features, fake_features), axis=(-2, -1))
    # Not `> 0`, which would make 0 of NaN.
    return tf.sqrt(tf.where(total != 0, total, 1.0)) * tf.cast(total != 0, total.dtype)


@guard(layer=text, weight=as_given, usual=as_given, base=Losses, distance=a_function)
def feature_matching(layer, weight=1.0, usual=0.0, base=nonsaturating, distance=feature_distance):
    """G brings what D sees in its samples near to what D sees in real ones; D learns by `base`.

    The generator's loss is weight * distance + usual * (the loss of `base`); both factors are
    numbers, or one for each member.

    layer     name of one of D's layers, "hidden_2" say: its outputs are the features
    distance  `feature_distance`, or `paired_feature_distance`

    ValueError for a base whose scalars have these names, another feature matching's say.
    """
    if taken := sorted({"weight", "usual"} & set(base.scalars)):
        told = f"base has scalars of the name {' and '.join(taken)}"
        raise ValueError(f"{told}: wanted other names, these are feature matching's own")
    losses = _matching(base.discriminator, base.generator, distance)
    scalars = {**base.scalars, "weight": weight, "usual": usual}
    return Losses(*losses, base.score, scalars, layer, base.relative)


@functools.cache  # the same functions each time, so that they are not compiled anew
def _matching(base_discriminator, base_generator, distance):
    def discriminator(real_logits, fake_logits, weight, usual, **scalars):
        return base_discriminator(real_logits, fake_logits, **scalars)

    def generator(*seen, weight, usual, **scalars):
        *logits, real_features, fake_features = seen
        apart = distance(real_features, fake_features)
        fooled = base_generator(*logits, **scalars)
        # Factors come as (seeds, 1), or as plain numbers.
        return (weight * apart[..., None] + usual * fooled[..., None])[..., 0]

    return discriminator, generator


@_of_logits
def squared_error(logits, targets):
    """E (sigmoid(logit) - target)^2: how the posts pretrain D onto a density."""
    return _mean(tf.square(tf.sigmoid(logits) - targets))


@_of_logits
def tanh_squared_error(outputs, targets):
    """E (tanh(output) - target)^2, the same for a D that is a tanh, as in perspective2016."""
    return _mean(tf.square(tf.tanh(outputs) - targets))


@_of_logits
def cross_entropy(logits, targets):
    """-E [target log D + (1 - target) log(1 - D)], in nats, for targets in [0, 1]."""
    return _mean(tf.nn.softplus(logits) - targets * logits)
