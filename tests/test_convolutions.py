"""Convolutions of all members at once give what Keras's own layer gives for each of them."""

import numpy as np
import pytest

from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble, call, mapped_parts
from ganlab.layers import DepthToSpace

pytestmark = pytest.mark.rest

layers = keras.layers
MEMBERS, N = 2, 3
# name: (layer, (height, width, channels) of what it is given)
SERVED = {
    "3x3": (lambda: layers.Conv2D(4, 3, padding="same"), (5, 6, 2)),
    "3x3, to fewer channels": (lambda: layers.Conv2D(1, 3, padding="same"), (5, 6, 3)),
    "3x3, valid": (lambda: layers.Conv2D(2, 3, activation="tanh"), (5, 6, 2)),
    "1x1, no bias": (lambda: layers.Conv2D(3, 1, use_bias=False), (3, 4, 2)),
    "4x4, strides of 2": (lambda: layers.Conv2D(4, 4, strides=2, padding="same"), (8, 6, 2)),
    "4x4, odd pictures": (lambda: layers.Conv2D(2, 4, strides=2, padding="same"), (7, 5, 3)),
    "3x3, strides of 2, valid": (lambda: layers.Conv2D(2, 3, strides=2), (8, 7, 1)),
    "2x2, strides of 3": (lambda: layers.Conv2D(2, 2, strides=3, padding="same"), (8, 7, 2)),
    "uneven": (lambda: layers.Conv2D(2, (3, 2), strides=(2, 1), padding="same"), (6, 5, 2)),
    "up": (lambda: layers.Conv2DTranspose(2, 4, strides=2, padding="same"), (3, 4, 4)),
    "up, to more": (lambda: layers.Conv2DTranspose(5, 4, strides=2, padding="same"), (3, 2, 2)),
    "up, valid": (lambda: layers.Conv2DTranspose(2, 3, strides=2), (3, 4, 2)),
    "up by 3 with 2x2": (lambda: layers.Conv2DTranspose(2, 2, strides=3), (3, 2, 2)),
    "up, uneven": (
        lambda: layers.Conv2DTranspose(1, (2, 3), strides=(1, 2), padding="same", use_bias=False),
        (3, 2, 2),
    ),
    "pooled": (lambda: layers.AveragePooling2D(2), (4, 6, 3)),
    "pooled over all": (lambda: layers.GlobalAveragePooling2D(), (4, 3, 3)),
    "twice as large": (lambda: layers.UpSampling2D(2), (2, 3, 2)),
    "padded": (lambda: layers.ZeroPadding2D((1, 2)), (2, 3, 2)),
    "cropped": (lambda: layers.Cropping2D((1, 0)), (4, 3, 2)),
    "channels to pixels": (lambda: DepthToSpace(2), (3, 2, 8)),
}
NOT_SERVED = {
    "dilated": (lambda: layers.Conv2D(2, 3, dilation_rate=2), (7, 6, 2)),
    "in groups": (lambda: layers.Conv2D(4, 3, groups=2), (4, 4, 2)),
    "with an output padding": (
        lambda: layers.Conv2DTranspose(2, 3, strides=2, output_padding=1),
        (3, 3, 2),
    ),
}


def a_case(which, seed=0):
    """(layer, weights of all members, x): random numbers, with digits enough for two slopes."""
    make, shape = which
    rng = np.random.default_rng(seed)
    layer = type(made := make()).from_config(made.get_config() | {"dtype": "float64"})
    layer.build((None, *shape))
    shapes = [tuple(v.shape) for v in layer.trainable_variables]
    weights = [tf.constant(rng.standard_normal((MEMBERS, *s))) for s in shapes]
    x = tf.constant(rng.standard_normal((MEMBERS, N, *shape)))
    return layer, weights, x


def one_by_one(layer, weights, x):
    """What Keras makes of each member."""
    each = [layer.stateless_call([w[i] for w in weights], [], x[i])[0] for i in range(len(x))]
    return tf.stack(each)


def values_and_slopes(compute, weights, x):
    """The outputs; their slopes, along weights and inputs; the slopes of these slopes' size."""
    with tf.GradientTape() as outer:
        outer.watch([*weights, x])
        with tf.GradientTape() as inner:
            inner.watch([*weights, x])
            y = compute(weights, x)
            total = tf.reduce_sum(tf.sin(y))
        first = inner.gradient(total, [*weights, x])
        size = tf.add_n([tf.reduce_sum(tf.cos(slope) * slope) for slope in first])
    return [y, *first, *outer.gradient(size, [*weights, x])]


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
@pytest.mark.parametrize("name", SERVED)
def test_values_and_both_orders_of_slopes_are_those_of_keras(name, compiled):
    layer, weights, x = a_case(SERVED[name])
    assert mapped_parts(layer) == []

    def ours(weights, x):
        return call(layer, weights, x)

    def compute(weights, x):
        return values_and_slopes(ours, weights, x)

    found = (tf.function(compute, jit_compile=True) if compiled else compute)(weights, x)
    wanted = values_and_slopes(lambda *given: one_by_one(layer, *given), weights, x)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def test_channels_become_pixels_in_rows_and_then_beside_each_other():
    """By hand, and as PyTorch's pixel shuffle does where there is one channel in the end."""
    x = np.arange(8.0, dtype="float32").reshape(1, 1, 2, 4)
    wanted = [[0, 1, 4, 5], [2, 3, 6, 7]]
    np.testing.assert_array_equal(DepthToSpace(2)(x)[0, :, :, 0], wanted)
    copy = DepthToSpace.from_config(DepthToSpace(3).get_config())
    assert copy.block == 3 and copy.compute_output_shape((None, 2, 4, 9)) == (None, 6, 12, 1)
    with pytest.raises(ValueError, match=r"given \(1, 1, 2, 4\): wanted .* a multiple of 9"):
        copy(x)
    with pytest.raises(ValueError, match="block=1: wanted a whole number, at least 2"):
        DepthToSpace(1)


@pytest.mark.parametrize("name", ["LayerNormalization", "GroupNormalization", "MaxPooling2D"])
def test_normalisations_that_look_at_one_sample_are_what_keras_says(name):
    keywords = {"groups": 2} if name == "GroupNormalization" else {}
    layer, weights, x = a_case((lambda: getattr(layers, name)(**keywords), (4, 4, 4)))
    found = values_and_slopes(lambda *given: call(layer, *given), weights, x)
    wanted = values_and_slopes(lambda *given: one_by_one(layer, *given), weights, x)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NOT_SERVED)
def test_other_convolutions_are_still_called_as_keras_does(name):
    made = NOT_SERVED[name][0]()
    if getattr(made, "output_padding", None) and "output_padding" not in made.get_config():
        pytest.skip("this Keras forgets the output padding in get_config: copies are refused")
    layer, _, _ = a_case(NOT_SERVED[name])
    assert mapped_parts(layer) == [layer]


def of_pictures():
    return keras.Sequential(
        [
            keras.Input((32,)),
            layers.Reshape((4, 4, 2)),
            layers.Conv2D(6, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2DTranspose(3, 4, strides=2, padding="same"),
            layers.UpSampling2D(2),
            layers.Conv2D(1, 3, padding="same"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def test_a_member_is_what_its_own_keras_model_says():
    many = Ensemble.of(of_pictures(), 3)
    rng = np.random.default_rng(1)
    many.weights = [rng.standard_normal(w.shape).astype("float32") for w in many.weights]
    for n in (1, 5, 64):  # one program serves batches of any size
        x = rng.standard_normal((n, 32)).astype("float32")
        for i in range(3):
            np.testing.assert_allclose(many(x)[i], many.member(i)(x), rtol=1e-3, atol=1e-3)


def test_members_never_mix():
    """With one of them not a number, the others are the same to the last bit."""
    many = Ensemble.of(of_pictures(), 3)
    rng = np.random.default_rng(2)
    many.weights = [rng.standard_normal(w.shape).astype("float32") for w in many.weights]
    x = rng.standard_normal((3, 7, 32)).astype("float32")

    @tf.function(jit_compile=True)
    def slopes(weights, x):
        with tf.GradientTape() as tape:
            tape.watch([*weights, x])
            y = call(many.model, weights, x)
        return [y, *tape.gradient(y, [*weights, x])]

    before = slopes(list(map(tf.constant, many.weights)), tf.constant(x))
    broken = [np.where(np.arange(3).reshape(-1, *[1] * (w.ndim - 1)) == 1, np.nan, w) for w in
              many.weights]  # fmt: skip
    after = slopes([tf.constant(w, tf.float32) for w in broken], tf.constant(x))
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a.numpy()[[0, 2]], b.numpy()[[0, 2]])
    assert np.isnan(after[0].numpy()[1]).all()
