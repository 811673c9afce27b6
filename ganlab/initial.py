"""How members' weights start: drawn from the model's own initializers, all seeds at once."""

import math
import random

import numpy as np
from scipy.special import ndtr, ndtri

from ganlab.backend import keras, model_was_built
from ganlab.models import clone, owned
from ganlab.streams import WEIGHTS, stream


def initial_weights(model, seeds, network):
    """Stacked initial weights: each member's are drawn from the model's own initializers.

    Member i's depend on seeds[i], on `network` (which tells apart the networks of one run, by the
    purposes of `ganlab.streams`) and on the model, never on the other members. Returns NumPy
    arrays (seeds, *shape), float32.
    """
    model_was_built()
    distinct = list(dict.fromkeys(seeds))
    streams = [stream(seed, WEIGHTS, network) for seed in distinct]
    initializers, shapes = initializers_of(model), [v.shape for v in model.trainable_variables]
    if initializers is None:
        numbers = [_number(rng) for rng in streams]
        rebuilt = [_rebuilt_weights(model, number) for number in numbers]
        for once, again in zip(rebuilt[0], _rebuilt_weights(model, numbers[0]), strict=True):
            _refuse_chance(once, again, type(model))
        drawn = [np.stack(values) for values in zip(*rebuilt, strict=True)]
    else:
        drawn = [
            _drawn(initializer, tuple(shape), streams)
            for initializer, shape in zip(initializers, shapes, strict=True)
        ]
    places = [distinct.index(seed) for seed in seeds] if len(distinct) < len(seeds) else slice(None)
    return [np.array(values[places], "float32") for values in drawn]


def initializers_of(model):
    """How each weight starts, where layers name its initializer as Keras's do; else None."""
    pairs = owned(model)
    if [id(w) for _, w in pairs] != [id(w) for w in model.trainable_variables]:
        return None
    if any(isinstance(layer, keras.layers.EinsumDense) for layer, _ in pairs):
        return None  # which counts inputs and outputs by its equation, and tells nobody
    found = [getattr(layer, f"{weight.name}_initializer", None) for layer, weight in pairs]
    if not all(isinstance(initializer, keras.initializers.Initializer) for initializer in found):
        return None
    return found


def largest(initializer, shape):
    """The largest number, in size, that an initializer gives; infinite where nothing is known."""
    quantile = _quantile(initializer)
    if quantile is None:
        return np.inf
    return np.abs(quantile(initializer, np.array([2.0**-54, 1 - 2.0**-53]), shape)).max()


def _drawn(initializer, shape, streams):
    """One weight (streams, *shape), each member's from its own stream.

    Keras's own initializers take a millisecond for a weight of one member. So the usual ones,
    whose distributions are known, are drawn here: quantiles of uniform numbers.
    """
    quantile = _quantile(initializer)
    if quantile is None:
        return _each_by_keras(initializer, shape, streams)
    u = np.empty((len(streams), *shape))
    for rng, one in zip(streams, u, strict=True):
        rng.random(out=one)
    return quantile(initializer, np.maximum(u, 2.0**-54), shape)  # of 0 it may be infinite


def _quantile(initializer):
    """The quantiles of an initializer of the usual kinds, whose outputs are on the last axis."""
    axes = (getattr(initializer, f"{kind}_axes", None) for kind in ("input", "output"))
    usual = all(axis is None for axis in axes)
    return QUANTILES.get(type(initializer)) if usual else None


def _each_by_keras(initializer, shape, streams):
    kind, config = type(initializer), initializer.get_config()
    if "seed" not in config:  # zeros, ones
        value = np.asarray(initializer(shape))
        _refuse_chance(value, np.asarray(initializer(shape)), kind)
        return np.broadcast_to(value, (len(streams), *shape))
    numbers = [_number(rng) for rng in streams]
    made = [np.asarray(kind.from_config({**config, "seed": n})(shape)) for n in numbers]
    again = kind.from_config({**config, "seed": numbers[0]})
    _refuse_chance(made[0], np.asarray(again(shape)), kind)
    return np.stack(made)


def _refuse_chance(once, again, kind):
    if not np.array_equal(once, again, equal_nan=True):
        raise ValueError(
            f"initializer {kind.__name__} draws numbers that no seed of a run can repeat: wanted "
            "one whose constructor and get_config have a `seed`, which decides what it draws"
        )


def _number(rng):
    return int(rng.integers(2**31))


def _rebuilt_weights(model, number):
    """For layers that name no initializers: build the model anew after seeding Python's
    generator, from which Keras draws the seeds of unseeded initializers."""
    state = random.getstate()
    try:
        random.seed(number)
        return [np.asarray(v) for v in clone(model).trainable_variables]
    finally:
        random.setstate(state)


# Distributions ------------------------------------------------------------------------------


def _uniform(initializer, u, shape):
    return initializer.minval + (initializer.maxval - initializer.minval) * u


def _normal(initializer, u, shape):
    return initializer.mean + initializer.stddev * ndtri(u)


def _within_two(u):
    """Quantiles of a standard normal distribution that is cut off at -2 and 2."""
    return ndtri(ndtr(-2.0) + (ndtr(2.0) - ndtr(-2.0)) * u)


def _truncated_normal(initializer, u, shape):
    return initializer.mean + initializer.stddev * _within_two(u)


def _scaled_variance(initializer, u, shape):
    """Variance scale / n, n the weight's inputs, outputs, or their mean."""
    inputs, outputs = _fans(shape)
    n = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[initializer.mode]
    std = math.sqrt(initializer.scale / max(1.0, n))
    if initializer.distribution == "uniform":
        return std * math.sqrt(3.0) * (2.0 * u - 1.0)
    if initializer.distribution == "untruncated_normal":
        return std * ndtri(u)
    return std / 0.87962566103423978 * _within_two(u)  # what the cut leaves of a deviation of 1


def _fans(shape):
    """(inputs, outputs) of a weight, as Keras counts them: the last axis has the outputs, the one
    before it the inputs, and axes before those are places that are summed over."""
    if len(shape) < 2:
        return (shape[0],) * 2 if shape else (1, 1)
    places = math.prod(shape[:-2])
    return shape[-2] * places, shape[-1] * places


_SCALED = ("Glorot", "He", "Lecun")
QUANTILES = {
    keras.initializers.RandomUniform: _uniform,
    keras.initializers.RandomNormal: _normal,
    keras.initializers.TruncatedNormal: _truncated_normal,
    keras.initializers.VarianceScaling: _scaled_variance,
    **{
        getattr(keras.initializers, name + kind): _scaled_variance
        for name in _SCALED
        for kind in ("Normal", "Uniform")
    },
}
