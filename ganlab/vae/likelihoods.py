"""What a decoder says about x: three likelihoods as values, and room for one of your own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ganlab.arguments import above, per_member
from ganlab.backend import tf
from ganlab.distributions import LOG_2PI
from ganlab.lookups import asked, name_of, one_array


class Likelihood(NamedTuple):
    """p(x|z), by what the decoder puts out for z.

    log_probability  `log_probability(outputs, x, **scalars)` gives log p(x|z) in nats, (seeds, n),
                     of x (seeds, n, dim) and outputs (seeds, n, outputs * dim); in TensorFlow,
                     float32 in training and float64 in bounds
    mean             `mean(outputs, **scalars)` gives the mean of x, (seeds, n, dim)
    sample           `sample(outputs, noise, **scalars)` gives x (seeds, n, dim), distributed by
                     p(x|z) if `noise`, of that shape, is independent standard normal
    outputs          how many numbers the decoder gives for each number of x
    scalars          numbers, or arrays with one value a member, which come as (seeds, 1, 1);
                     another value needs no new program
    between          the least and the largest number that x may hold; None if any will do
    free             whether the decoder's last layer has to be able to put out any number
    """

    log_probability: Callable
    mean: Callable
    sample: Callable
    outputs: int = 1
    scalars: Mapping = {}
    between: tuple | None = None
    free: bool = False

    def of_members(self, members):
        """The same, with one value (members,) for each scalar."""
        given = {
            name: per_member(f"likelihood {name}", value, members)
            for name, value in self.scalars.items()
        }
        return self._replace(scalars=given)

    def spread(self, dtype=tf.float32):
        """The scalars of all members, as the functions want them: (seeds, 1, 1)."""
        return {
            name: tf.constant(np.reshape(value, (-1, 1, 1)), dtype)
            for name, value in self.scalars.items()
        }

    def asked(self, part, outputs, *given, **scalars):
        """What the function `part` makes of a decoder's outputs, if it is an array of their kind,
        and for a mean and a sample of the shape of x; ValueError, in one line, if not."""
        where, function = f"likelihood.{part}", getattr(self, part)
        found = asked(where, function, outputs, *given, **scalars)
        found = one_array(where, function, found, outputs.dtype.name)
        shape = (*outputs.shape[:-1], outputs.shape[-1] // self.outputs)
        if part != "log_probability" and tuple(found.shape) != shape:
            told = f"{where} ({name_of(function)}) gives shape {tuple(found.shape)}"
            raise ValueError(f"{told} for outputs {tuple(outputs.shape)}: wanted {shape}")
        return found

    def refuse(self, name, x):
        """Refuses in one line numbers that this likelihood has no probability for."""
        x = np.asarray(x)
        low, high = self.between or (-np.inf, np.inf)
        wrong = x[~((x >= low) & (x <= high) & np.isfinite(x))]
        if wrong.size:
            wanted = f"from {low:g} to {high:g}" if self.between else "that are finite"
            raise ValueError(f"{name} holds {wrong[0]:g}: wanted numbers {wanted}")


def clipped(x, low, high):
    """x between `low` and `high`, for what is minimised.

    Outside, only that part of the slope is passed on by which descent leads back in: so what is
    clipped moves no further away, and is not stuck there either, as it would be with no slope.
    """
    low, high = tf.cast(low, x.dtype), tf.cast(high, x.dtype)

    @tf.custom_gradient
    def forward(x):
        def gradient(slope):
            slope = tf.where(x > high, tf.maximum(slope, 0.0), slope)
            return tf.where(x < low, tf.minimum(slope, 0.0), slope)

        # Not minima and maxima, of which some make a number of NaN.
        return tf.where(x > high, high, tf.where(x < low, low, x)), gradient

    return forward(x)


# A normal distribution ----------------------------------------------------------------------


def _normal_log_density(x, mean, log_variance):
    each = tf.square(x - mean) * tf.exp(-log_variance) + log_variance + LOG_2PI
    return -0.5 * tf.reduce_sum(each, axis=-1)


def _fixed_log_probability(outputs, x, variance):
    return _normal_log_density(x, outputs, tf.math.log(variance))


def _fixed_mean(outputs, variance):
    return outputs


def _fixed_sample(outputs, noise, variance):
    return outputs + tf.sqrt(variance) * noise


def gaussian(variance=1.0):
    """N(mean, variance) for each number of x: the decoder gives the means, (n, dim).

    `variance`, above 0, in the square of the data's unit, is a number or one for each member.
    With it fixed, the reconstruction term is minus the squared error over 2 variance, and a
    constant; so it says how much a squared error weighs against the KL divergence. The variances
    of six seeds, in one program:

        train_vae(..., likelihood=gaussian([0.01, 0.1, 1.0] * 2), seeds=6)

    Its constant is kept, so that all terms are nats of a density. ValueError for a variance that is
    not above 0. Kingma and Welling 2014, appendix C.2.
    """
    scalars = {"variance": above("variance", variance, 0)}
    return Likelihood(_fixed_log_probability, _fixed_mean, _fixed_sample, scalars=scalars)


def _halves(outputs, least, most):
    mean, log_variance = tf.split(outputs, 2, axis=-1)
    return mean, clipped(log_variance, tf.math.log(least), tf.math.log(most))


def _learned_log_probability(outputs, x, least, most):
    return _normal_log_density(x, *_halves(outputs, least, most))


def _learned_mean(outputs, least, most):
    return _halves(outputs, least, most)[0]


def _learned_sample(outputs, noise, least, most):
    mean, log_variance = _halves(outputs, least, most)
    return mean + tf.exp(0.5 * log_variance) * noise


def learned_gaussian(least=1e-6, most=1e6):
    """N(mean, variance) with a variance of each number of x: the decoder gives means and, behind
    them, log variances, (n, 2 * dim), and ends in no activation.

    Data that lie on a line or in points have no best variance: the likelihood grows without end as
    it goes to 0. So variances are clipped between `least` and `most`, in the square of the data's
    unit, both above 0, numbers or one for each member; see `clipped`.

        train_vae(encoder, mlp((2, 32, 2 * 2)), data.ring(), likelihood=learned_gaussian(1e-5), ...)

    ValueError for bounds that are not above 0, or the wrong way round. Kingma and Welling 2014,
    appendix C.2; that the likelihood has no bound, Mattei and Frellsen 2018.
    """
    scalars = {"least": above("least", least, 0), "most": above("most", most, 0)}
    if not np.all(np.asarray(least, float) < np.asarray(most, float)):
        raise ValueError(f"least is {least!r}, most is {most!r}: wanted least below most")
    parts = _learned_log_probability, _learned_mean, _learned_sample
    return Likelihood(*parts, outputs=2, scalars=scalars, free=True)


# Of 0 and 1 ---------------------------------------------------------------------------------


def _bernoulli_log_probability(outputs, x):
    return tf.reduce_sum(x * outputs - tf.nn.softplus(outputs), axis=-1)


def _bernoulli_mean(outputs):
    return tf.sigmoid(outputs)


def _bernoulli_sample(outputs, noise):
    # A standard normal number lies below the quantile of p with probability p.
    share = 0.5 * (1.0 + tf.math.erf(noise / 2.0**0.5))
    return tf.cast(share < tf.sigmoid(outputs), outputs.dtype)


# Each number of x is 1 or 0: the decoder gives the logits of a 1, (n, dim), and ends in no
# activation. Numbers between 0 and 1 are taken too, by the same formula, as is often done with grey
# pictures: then it is no probability of x, and its bounds are none. Kingma and Welling 2014,
# appendix C.1.
bernoulli = Likelihood(
    _bernoulli_log_probability, _bernoulli_mean, _bernoulli_sample, between=(0, 1), free=True
)

# By these names a run is saved.
NAMED = {
    "gaussian": gaussian(),
    "learned_gaussian": learned_gaussian(),
    "bernoulli": bernoulli,
}
