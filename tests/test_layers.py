"""What layers are made of."""

import numpy as np
import pytest

from ganlab import data, latent, techniques
from ganlab.backend import keras, tf
from ganlab.layers import MinibatchDiscrimination, joined
from ganlab.networks import mlp
from ganlab.training import Trainer


def branches():
    x = keras.Input((2,))
    parts = [keras.layers.Dense(3, "tanh")(x) for _ in range(2)]
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Concatenate()(parts)))


DISCRIMINATORS = {
    "graph": branches,
    "minibatch": lambda: mlp((2, 3, MinibatchDiscrimination(2, 2), 1), "tanh"),
}


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_a_slope_penalty_can_be_unrolled_in_a_compiled_program(kind):
    """It takes a third derivative of what joins two outputs, which XLA's own has not."""
    one = Trainer(
        mlp((2, 3, 2)),
        DISCRIMINATORS[kind](),
        data.ring(8),
        latent.Gaussian(2),
        seeds=2,
        batch_size=4,
        added=techniques.r1(0.1),
        replaced=techniques.unrolled(1, 0.1),
    )
    assert np.isfinite(one.advance(1)["g_loss"]).all()


@pytest.mark.parametrize("axis", [-1, 1])
def test_what_is_joined_has_the_derivatives_of_a_concatenation(axis):
    rng = np.random.default_rng(0)
    a, b = (tf.constant(rng.normal(size=(2, 3, 4)).astype("float32")) for _ in range(2))

    def derivatives(join):
        found = []
        with tf.GradientTape() as third:
            third.watch([a, b])
            with tf.GradientTape() as second:
                second.watch([a, b])
                with tf.GradientTape() as first:
                    first.watch([a, b])
                    value = tf.reduce_sum(join([a, b * b], axis) ** 4)
                found += first.gradient(value, [a, b])
            found += second.gradient(found[1], [a, b], unconnected_gradients="zero")
        return found + third.gradient(found[3], [a, b], unconnected_gradients="zero")

    for ours, theirs in zip(derivatives(joined), derivatives(tf.concat), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    # Of (b^2)^4: 8 b^7, 56 b^6 and 336 b^5.
    last = derivatives(joined)[5]
    np.testing.assert_allclose(last, 336 * np.asarray(b) ** 5, rtol=1e-4)
