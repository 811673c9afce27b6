"""Penalties on slopes and unrolling differentiate a gradient once more: is that right as well?

Layers that serve all members themselves, one of them with a gradient written by hand, layers that
are mapped over the members, and graphs of layers: each in eager mode, in a graph, and inside the
loop of a compiled program.
"""

import numpy as np
import pytest

from ganlab.backend import keras, tf
from ganlab.ensemble import call
from ganlab.layers import MinibatchDiscrimination
from ganlab.networks import mlp

MEMBERS, N, DIM = 2, 4, 3
NORMAL = keras.initializers.RandomNormal(stddev=0.7)


def dense(dtype):
    return mlp((DIM, 4, 1), "softplus", kernel=NORMAL)


def minibatch(dtype, **options):
    layer = MinibatchDiscrimination(2, 2, kernel_initializer=NORMAL, **options)
    return mlp((DIM, 3, layer, 1), "tanh", kernel=NORMAL)


class Wavy(keras.layers.Layer):
    """A layer of a reader's own, which is mapped over the members."""

    def build(self, shape):
        self.scale = self.add_weight((shape[-1],), initializer=NORMAL, name="scale")

    def call(self, x):
        return keras.ops.sin(self.scale * x) + keras.ops.mean(x * x, axis=0)


def mapped(dtype):
    dense = [keras.layers.Dense(k, kernel_initializer=NORMAL) for k in (3, 1)]
    return keras.Sequential([keras.Input((DIM,)), dense[0], Wavy(dtype=dtype), dense[1]])


def graph(dtype):
    inputs = keras.Input((DIM,))
    x = keras.layers.Dense(3, "tanh", kernel_initializer=NORMAL)(inputs)
    x = keras.layers.Concatenate()(
        [keras.layers.Add()([x, inputs]), keras.layers.Multiply()([x, x])]
    )
    x = MinibatchDiscrimination(2, 2, kernel_initializer=NORMAL)(x)
    return keras.Model(inputs, keras.layers.Dense(1, kernel_initializer=NORMAL)(x))


def convolutions(dtype):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((DIM,)),
            layers.Dense(8, kernel_initializer=NORMAL),
            layers.Reshape((2, 2, 2)),
            layers.Conv2DTranspose(
                2, 4, strides=2, padding="same", activation="tanh", kernel_initializer=NORMAL
            ),
            layers.Conv2D(3, 3, strides=2, activation="tanh", kernel_initializer=NORMAL),
            layers.Flatten(),
            layers.Dense(1, kernel_initializer=NORMAL),
        ]
    )


MODELS = {
    "dense": dense,
    "convolutions": convolutions,
    "minibatch": minibatch,
    "neighbours": lambda dtype: minibatch(dtype, neighbours=2, include_self=False),
    "mapped": mapped,
    "graph": graph,
}


def first(model, weights, x):
    """The slope of the sum of all outputs with regard to x."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(tf.square(call(model, weights, x)))
    return tape.gradient(total, x)


def second(model, weights, x, direction):
    """The slope of direction . first with regard to the weights and to x."""
    with tf.GradientTape() as tape:
        tape.watch([*weights, x])
        along = tf.reduce_sum(direction * first(model, weights, x))
    return tape.gradient(along, [*weights, x], unconnected_gradients="zero")


def looped(function):
    """The function inside a loop, as a step of a program is."""

    def loop(*arguments):
        start = [tf.zeros_like(value) for value in arguments]
        return tf.while_loop(
            lambda i, *_: i < 2, lambda i, *_: (i + 1, *function(*arguments)), (0, *start)
        )[1:]

    return loop


WAYS = {
    "eager": lambda f: f,
    "graph": lambda f: tf.function(f, autograph=False),
    "a loop, compiled": lambda f: tf.function(looped(f), autograph=False, jit_compile=True),
}


def numbers(model):
    """Weights of all members, a batch of each, and a direction for its slope."""
    rng = np.random.default_rng(7)
    shapes = [(MEMBERS, *v.shape) for v in model.trainable_variables]
    return [rng.normal(scale=0.7, size=shape) for shape in (*shapes, *[(MEMBERS, N, DIM)] * 2)]


def differences(model, values, direction):
    """`second` from differences of `first`, in float64."""

    @tf.function(autograph=False)
    def along(*given):
        return tf.reduce_sum(direction * first(model, given[:-1], given[-1]))

    found, h = [], 1e-5
    for k, value in enumerate(values):
        change = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            ends = []
            for step in (h, -h):
                moved = [np.array(v) for v in values]
                moved[k][place] += step
                ends.append(float(along(*map(tf.constant, moved))))
            change[place] = (ends[0] - ends[1]) / (2 * h)
        found.append(change)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_second_derivatives_are_the_differences_of_first_ones(name, monkeypatch):
    *values, direction = numbers(MODELS[name]("float32"))
    exact = MODELS[name]("float64")
    with monkeypatch.context() as patch:  # the layer counts its neighbours in float32
        near = MinibatchDiscrimination._near
        patch.setattr(MinibatchDiscrimination, "_near", lambda *a: tf.cast(near(*a), tf.float64))
        wanted = differences(exact, values, direction)
    model, direction = MODELS[name]("float32"), tf.constant(direction, tf.float32)
    given = [tf.constant(value, tf.float32) for value in values]
    for way, changed in WAYS.items():
        found = changed(lambda *given: second(model, given[:-1], given[-1], direction))(*given)
        for k, (slope, right) in enumerate(zip(found, wanted, strict=True)):
            np.testing.assert_allclose(slope, right, rtol=2e-3, atol=2e-4, err_msg=f"{way}, {k}")
    assert max(np.abs(slope).max() for slope in wanted) > 0.5
