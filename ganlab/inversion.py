"""Which z makes this sample? The generators of a run asked backwards, by descent.

A sample that a generator can make has a z of which it makes it; of one that is like none of its
data it makes something else, and the difference tells. T. Schlegl and others, *Unsupervised Anomaly
Detection with Generative Adversarial Networks to Guide Marker Discovery*, IPMI 2017.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from ganlab.arguments import at_least, in_short, whole
from ganlab.backend import tf
from ganlab.company import looks_along_batch
from ganlab.compiling import compiles, xla_works
from ganlab.ensemble import call, call_layers
from ganlab.guards import guard, random_numbers
from ganlab.metrics import sample_array
from ganlab.models import input_size, structure
from ganlab.own import LARGEST

RATE, BETAS, EPSILON = 0.1, (0.9, 0.999), 1e-8  # of Adam: Kingma and Ba 2015, but for the rate


class Closest(NamedTuple):
    """What comes nearest to given samples, of each seed's generator.

    z         (seeds, n, latent dim)
    made      (seeds, n, dim) what the generators make of it
    away      (seeds, n) mean squared difference to the samples, over their numbers
    features  (seeds, n) the same of D's features
    """

    z: np.ndarray
    made: np.ndarray
    away: np.ndarray
    features: np.ndarray


@guard(rng=random_numbers)
def invert(run, x, *, steps=150, weight=0.1, rng=0) -> Closest:
    """The z whose sample is nearest to each of x (n, dim), for every seed of a `Run`.

    run     of a generator whose latent is one of `ganlab.latent`, and a discriminator that is a
            Sequential or a graph, and looks at each sample alone
    steps   of Adam at a rate of 0.1, from a z that is drawn: `rng`, a NumPy Generator or a seed for
            one, draws the same for all seeds
    weight  of the features, the outputs of D's layer before the last: what is made small is the
            mean squared difference of the samples, and `weight` times that of their features

    A descent may end beside the best z, and of a latent that has ends, `latent.Uniform` say, beyond
    them. Members that failed give NaN. ValueError, in one line, for x of another shape, and for a
    run that has no latent (load it with `latent=`), or a D of one layer, or one that looks along
    its batch.
    """
    if not hasattr(run, "generators") or not hasattr(run, "discriminators"):
        raise TypeError(f"run is {in_short(run)}: wanted the Run of a GAN")
    x = sample_array(x, "x", stacks=False)
    if np.nanmax(np.abs(x), initial=0.0) > LARGEST:
        largest = np.nanmax(np.abs(x))
        raise ValueError(f"x holds {largest:.3g}: wanted numbers up to {LARGEST:.0e}, as for data")
    dim, steps = run.generators.model.output_shape[-1], whole("steps", steps, 1)
    if x.ndim != 2 or x.shape[1] != dim:
        raise ValueError(f"x has shape {x.shape}: wanted (n, {dim})")
    if run.latent is None:
        raise ValueError("run was saved with a latent of its own class: load it with latent=")
    if looks_along_batch(run.discriminators):
        told = "the discriminator of run looks along its batch"
        raise ValueError(f"{told}: wanted one that takes each sample alone")
    members, weight = len(run.seeds), float(at_least("weight", weight, 0))
    z = run.latent.sample(len(x), np.random.default_rng(rng))
    if (width := input_size(run.discriminators.model)) != dim:
        told = f"the discriminator of run takes {width} numbers, a sample has {dim}"
        raise ValueError(f"{told}: wanted one that takes a sample, and no pack of several")
    each = (run.generators, run.discriminators)
    found = _descent(*(ensemble.model for ensemble in each))(
        tf.constant(np.broadcast_to(z, (members, *z.shape)), tf.float32),
        tf.constant(np.broadcast_to(x, (members, *x.shape)), tf.float32),
        [[tf.constant(weight) for weight in ensemble.weights] for ensemble in each],
        tf.constant(steps),
        tf.constant(weight, tf.float32),
    )
    found = [np.array(part, np.float64) for part in found]
    for part in found:
        part[list(run.failed)] = np.nan
    return Closest(*found)


_by_structure = {}  # so that equal networks are compiled once


def _descent(generator, discriminator):
    """The descent through these networks, as a compiled function of what differs by run."""
    compiled = compiles() and xla_works()
    key = structure(generator), structure(discriminator), compiled
    if key not in _by_structure:
        _by_structure[key] = tf.function(
            partial(_descend, generator, discriminator), autograph=False, jit_compile=compiled
        )
    return _by_structure[key]


def _descend(generator, discriminator, z, target, weights, steps, weight):
    def apart(z):
        made = call(generator, weights[0], z)
        away = tf.reduce_mean(tf.square(made - target), axis=-1)
        seen = _features(discriminator, weights[1], made)
        return made, away, tf.reduce_mean(tf.square(seen - wanted), axis=-1)

    def step(i, z, mean, square):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            _, away, features = apart(z)
            total = tf.reduce_sum(away + weight * features)  # no sample's z meets another's
        slope = tape.gradient(total, z)
        mean = BETAS[0] * mean + (1 - BETAS[0]) * slope
        square = BETAS[1] * square + (1 - BETAS[1]) * slope**2
        count = tf.cast(i + 1, tf.float32)
        first, second = mean / (1 - BETAS[0] ** count), square / (1 - BETAS[1] ** count)
        return i + 1, z - RATE * first / (tf.sqrt(second) + EPSILON), mean, square

    wanted = _features(discriminator, weights[1], target)
    start = (tf.constant(0), z, tf.zeros_like(z), tf.zeros_like(z))
    z = tf.while_loop(lambda i, *_: i < steps, step, start)[1]
    return z, *apart(z)


def _features(model, weights, x):
    """The outputs of the layer before the last, (seeds, n, units)."""
    outputs = call_layers(model, weights, x)
    if len(outputs) < 2:
        told = "the discriminator of run has one layer, or is no Sequential and no graph of layers"
        raise ValueError(f"{told}: wanted a layer before the last")
    return tf.reshape(outputs[-2], (*x.shape[:2], -1))
